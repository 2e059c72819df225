import type {
  OffsetRange,
  ReadResult,
  RestrictionTracker,
  Source,
  SourceOutput,
  Timestamp,
} from '../../model/index.ts';
import { OffsetTracker } from '../../model/index.ts';
import type { SimulatedProcess } from './process.ts';
import { transient } from './table.ts';
import type { World } from './world.ts';

/** A record of a topic. */
export interface TopicRecord<out T> {
  readonly value: T;
  readonly timestamp: Timestamp;
  /** Milliseconds from the world's begin at which it is there. */
  readonly there: number;
}

/** Offsets of one partition. */
export interface TopicRange extends OffsetRange {
  readonly partition: number;
}

/** How a topic is read. */
export interface TopicReadOptions {
  readonly maxOutOfOrder: number;
  /** Whether the clock carries the watermark while nothing is left to read. */
  readonly isLive: boolean;
  /** Whether the reader can say at any moment where to go on; else it is cut at each epoch. */
  readonly tellsRemaining: boolean;
  readonly batch: number;
  /** Whether more might come for ever, so that reading ends by a drain alone. Default: it is read up to its end. */
  readonly isEndless?: boolean;
}

/** Milliseconds after which a reader that has read all looks again. */
const POLL = 50;

/**
 * A replayable, partitioned topic, as a broker keeps it. What was written stays, so a restored job reads the same again; it
 * notes from where each partition was read and up to where it was told that nothing need come again.
 */
export class Topic<T> {
  readonly name: string;
  readonly partitions: readonly (readonly TopicRecord<T>[])[];
  readonly #world: World;
  /** Up to where readers finalized, by partition. */
  readonly finalized: number[];
  finalizations = 0;
  /** What no reader may do and one did. */
  readonly problems: string[] = [];

  constructor(world: World, name: string, partitions: readonly (readonly TopicRecord<T>[])[]) {
    this.#world = world;
    this.name = name;
    this.partitions = partitions;
    this.finalized = partitions.map(() => 0);
  }

  /** All records. */
  get records(): readonly TopicRecord<T>[] {
    return this.partitions.flat();
  }

  /** The topic as a process reads it. */
  source(process: SimulatedProcess, options: TopicReadOptions): Source<T, TopicRange, number> {
    const { isEndless = false } = options;
    const ends = this.partitions.map((records) => (isEndless ? Number.MAX_SAFE_INTEGER : records.length));
    return {
      kind: 'source',
      name: `Read(${this.name})`,
      location: `simulated:${this.name}`,
      isLive: options.isLive,
      isBounded: () => !isEndless,
      watermark: { kind: 'observed', maxOutOfOrder: options.maxOutOfOrder },
      initialRestriction: () => ({ partition: 0, from: 0, to: ends[0] ?? 0 }),
      split: () => ends.map((to, partition) => ({ partition, from: 0, to })),
      createTracker: (range) => new TopicTracker(range, options.tellsRemaining),
      read: (_element, tracker, output) => this.#read(process, options, tracker, output),
      finalize: ({ partition, from }) =>
        process.call('topic finalize', () => this.#finalize(partition, from), { fail: () => transient(this.name) }),
    };
  }

  async #read(
    process: SimulatedProcess,
    { batch }: TopicReadOptions,
    tracker: RestrictionTracker<TopicRange, number>,
    output: SourceOutput<T>,
  ): Promise<ReadResult> {
    const { partition, from } = tracker.currentRestriction();
    this.#checkStart(partition, from);
    process.enter('running');
    for (let at = from; ; ) {
      const end = tracker.currentRestriction().to;
      if (at >= end) {
        tracker.tryClaim(at);
        return undefined;
      }
      const records = await process.call('topic fetch', () => this.#available(partition, at, batch), { isLook: true });
      if (records.length === 0) {
        output.setIdle(true);
        return { resumeAfter: POLL };
      }
      // Another may have been given a part of the rest meanwhile.
      const mine = records.slice(0, Math.max(0, tracker.currentRestriction().to - at));
      if (!tracker.tryClaim(at + Math.max(0, mine.length - 1))) return undefined;
      at += mine.length;
      output.setIdle(false);
      await output.emit({
        values: mine.map(({ value }) => value),
        timestamps: Float64Array.from(mine, ({ timestamp }) => timestamp),
        coordinate: (index) => `${this.name}/${partition}@${at - mine.length + index}`,
      });
    }
  }

  #available(partition: number, from: number, most: number): readonly TopicRecord<T>[] {
    const { now } = this.#world.schedule;
    const records = this.partitions[partition]?.slice(from, from + most) ?? [];
    const missing = records.findIndex(({ there }) => there > now);
    return missing === -1 ? records : records.slice(0, missing);
  }

  #checkStart(partition: number, from: number): void {
    const finalized = this.finalized[partition] ?? 0;
    if (from < finalized) {
      this.problems.push(`${this.name}/${partition} is read from ${from}, and was finalized up to ${finalized}`);
    }
  }

  #finalize(partition: number, upTo: number): void {
    this.finalizations++;
    this.finalized[partition] = Math.max(this.finalized[partition] ?? 0, upTo);
  }
}

/** Offsets of a partition; `remaining` is left out for a reader that can't tell. */
class TopicTracker implements RestrictionTracker<TopicRange, number> {
  readonly #partition: number;
  readonly #offsets: OffsetTracker;
  readonly remaining?: () => TopicRange;

  constructor({ partition, from, to }: TopicRange, tellsRemaining: boolean) {
    this.#partition = partition;
    this.#offsets = new OffsetTracker({ from, to });
    if (tellsRemaining) this.remaining = () => this.#in(this.#offsets.remaining());
  }

  currentRestriction(): TopicRange {
    return this.#in(this.#offsets.currentRestriction());
  }

  tryClaim(position: number): boolean {
    return this.#offsets.tryClaim(position);
  }

  trySplit(fraction: number): { readonly primary: TopicRange; readonly residual: TopicRange } | undefined {
    const parts = this.#offsets.trySplit(fraction);
    return parts && { primary: this.#in(parts.primary), residual: this.#in(parts.residual) };
  }

  progress(): { readonly completed: number; readonly remaining: number } {
    return this.#offsets.progress();
  }

  checkDone(): void {
    this.#offsets.checkDone();
  }

  #in(range: OffsetRange): TopicRange {
    return { partition: this.#partition, ...range };
  }
}
