import {
  type BoundedWindow,
  ConnectorError,
  type Host,
  MAX_TIMESTAMP,
  messageOf,
  MIN_TIMESTAMP,
  PipelineError,
  type SourceContext,
  type Step,
  type Timestamp,
} from '../../model/index.ts';
import type { Batch } from '../execution/index.ts';
import {
  type AnyReader,
  checkParts,
  FROM_NOTHING,
  named,
  type Origin,
  type ReadProgress,
  type RunReader,
  sizeOf,
  type SplitAt,
} from '../run/index.ts';
import { SplitReader } from './split-reader.ts';
import { SplitSet } from './split-set.ts';

/** Milliseconds by which time carries the watermark of a source that is idle. */
const CARRY_STEP = 100;

/** Into so many splits a restriction is divided at first, where its reader can. */
const SPLITS = 8;

/** What the reads of a step take from the run. */
export interface ReadsEnvironment {
  readonly host: Host;
  readonly signal: AbortSignal;
  readonly progress: ReadProgress;
  readonly scoped: RunReader;
  /** Whether what is read is split while it is read, and where. */
  readonly splitAt: SplitAt | undefined;
  readonly wake: () => void;
  /** What a reader with side inputs sees from a window. */
  readonly sideInputs: (window: BoundedWindow) => Readonly<Record<string, unknown>>;
}

/** Where a split stood at a cut. */
export interface SavedSplit {
  readonly origin: Origin;
  readonly restriction: unknown;
  readonly watermark: Timestamp;
}

/** What a system could not be told need not come again, and why. */
export interface Untold {
  readonly rests: readonly unknown[];
  readonly error: ConnectorError;
}

/** All restrictions that one step reads, a Read or a splittable DoFn, side by side. */
export class SourceReads {
  readonly step: Step;
  readonly #reader: AnyReader;
  readonly #environment: ReadsEnvironment;
  readonly #context: SourceContext;
  readonly #splits: SplitSet;
  /** Elements whose restrictions are being found. */
  readonly #starting = new Set<Origin>();
  #startingFrom: Timestamp = MAX_TIMESTAMP;
  /** What was left of restrictions that ended, nothing as a rule, until their system has been told. */
  readonly #ended: unknown[] = [];
  #watermark: Timestamp = MIN_TIMESTAMP;
  #idleSince: number | undefined;
  /** Where the watermark was when all splits fell idle, and where the clock has carried it, this time or an earlier one. */
  #idleFrom: Timestamp = MIN_TIMESTAMP;
  #carriedTo: Timestamp = MIN_TIMESTAMP;
  #failure: { readonly error: unknown } | undefined;
  #isDraining = false;

  constructor(step: Step, environment: ReadsEnvironment) {
    this.step = step;
    const { primitive } = step;
    if (primitive.kind !== 'Read' && primitive.kind !== 'SplittableParDo') {
      throw new PipelineError(step.path, 'it reads nothing. This is a bug in Viga; please report it.');
    }
    // A source is a reader whose element is undefined.
    this.#reader = primitive.kind === 'Read' ? primitive.source : primitive.reader;
    this.#environment = environment;
    this.#splits = new SplitSet(environment.host.clock);
    this.#context = { host: environment.host, signal: environment.signal, step: step.path };
  }

  /** Whether all that was begun is read. */
  get isDone(): boolean {
    return this.#starting.size === 0 && this.#splits.size === 0 && this.#failure === undefined;
  }

  /** Elements of which it is not known yet what is to be read: they are begun again after a crash. */
  get starting(): readonly Origin[] {
    return [...this.#starting];
  }

  /** How many restrictions are read now. */
  get size(): number {
    return this.#splits.size;
  }

  get isReady(): boolean {
    return this.#failure !== undefined || this.#splits.isReady;
  }

  /** Whether some reader works, so that something may come any moment. */
  get isReading(): boolean {
    return this.#starting.size > 0 || [...this.#splits].some(({ isReading }) => isReading);
  }

  /** Where the step's own elements come from. */
  async start(): Promise<void> {
    await this.begin([FROM_NOTHING]);
  }

  /** Begins to read what elements name, one after another. */
  async begin(origins: readonly Origin[]): Promise<void> {
    for (const origin of origins) {
      this.#starting.add(origin);
      const from = this.#reader.watermark === undefined ? origin.timestamp : MIN_TIMESTAMP;
      this.#startingFrom = Math.min(this.#startingFrom, from);
    }
    for (const origin of origins) await this.#begin(origin);
  }

  async #begin(origin: Origin): Promise<void> {
    const { step } = this;
    try {
      const initial = await named(step.path, 'finding what to read', () =>
        this.#reader.initialRestriction(origin.element, this.#context),
      );
      this.#environment.progress.expect(sizeOf(step.path, this.#reader, initial));
      const parts = await named(step.path, 'dividing what is read', async () =>
        this.#reader.split === undefined
          ? [initial]
          : checkParts(step.path, await this.#reader.split(initial, SPLITS, this.#context)),
      );
      for (const restriction of parts) {
        const split = this.#add(origin, restriction);
        if (this.#isDraining) this.#drain(split, false);
      }
    } catch (error) {
      this.#failure = { error };
    }
    this.#starting.delete(origin);
    if (this.#starting.size === 0) this.#startingFrom = MAX_TIMESTAMP;
    this.#environment.wake();
  }

  /** Goes on where a cut was; `told` is the watermark that those behind it had been told of. */
  restore(saved: readonly SavedSplit[], ended: readonly unknown[], told: Timestamp): void {
    this.#ended.push(...ended);
    this.#carriedTo = told;
    for (const { origin, restriction, watermark } of saved) this.#add(origin, restriction, watermark);
  }

  /** Where to go on after what was taken. */
  save(): readonly SavedSplit[] {
    // A reader that came to its end at the cut has nothing left, though its split is not tidied up yet.
    return [...this.#splits]
      .filter(({ isDone }) => !isDone)
      .map(({ origin, restriction, watermark }) => ({ origin, restriction, watermark }));
  }

  /** Whether all splits can say where to go on; those that can't are made to come to an end soon. */
  settle(): boolean {
    return [...this.#splits].map((split) => split.settle()).every(Boolean);
  }

  /**
   * Ends what never ends by itself, or what of it its reader leaves over; bounded restrictions are read to their end. So does
   * what begins later. `isResumed` says that it was begun before a restart: what is bounded then was left over by the reader.
   */
  drain(isResumed: boolean): void {
    this.#isDraining = true;
    for (const split of Array.from(this.#splits)) this.#drain(split, isResumed);
  }

  #drain(split: SplitReader, isResumed: boolean): void {
    const { truncate } = this.#reader;
    if (split.isBounded && (isResumed || truncate === undefined)) return;
    const left = truncate?.call(this.#reader, split.restriction);
    if (left !== undefined) this.#add(split.origin, left, split.watermark);
    split.stop();
    this.#splits.notice(split);
  }

  /** Ends all readers. */
  async close(): Promise<void> {
    await Promise.all([...this.#splits].map((split) => split.close()));
  }

  /** Lets readers go on that wait for it. */
  poke(): void {
    this.#splits.poke();
  }

  /** The next batch of the split whose turn it is. @throws what a reader threw. */
  take(): { readonly batch: Batch; readonly tag: string } | undefined {
    if (this.#failure !== undefined) throw this.#failure.error;
    for (let split = this.#splits.next(); split !== undefined; split = this.#splits.next()) {
      const taken = split.take();
      this.#splits.taken(split);
      if (taken === undefined) continue;
      this.#splitAfterBatch(split);
      return taken;
    }
    return undefined;
  }

  #splitAfterBatch(split: SplitReader): void {
    const fraction = this.#environment.splitAt?.();
    const rest = fraction === undefined ? undefined : split.split(fraction);
    if (rest !== undefined) this.#add(split.origin, rest, split.watermark);
  }

  /** Forgets splits that are done, which hold the watermark until then; returns whether there were any. */
  tidy(): boolean {
    const done = this.#splits.tidy();
    for (const { restriction } of done) this.#ended.push(restriction);
    return done.length > 0;
  }

  /** When the first resting reader may be called again. */
  get restsUntil(): number | undefined {
    return this.#splits.restsUntil;
  }

  /** No element comes with an earlier timestamp; {@link MAX_TIMESTAMP} when nothing is read. */
  watermark(): Timestamp {
    const active = this.#splits.watermark();
    if (active !== undefined || this.#starting.size > 0 || this.#splits.size === 0) {
      this.#idleSince = undefined;
      this.#watermark = Math.min(active ?? MAX_TIMESTAMP, this.#startingFrom);
      return this.#watermark;
    }
    const seen = [...this.#splits].map(({ watermark }) => watermark).filter((watermark) => watermark > MIN_TIMESTAMP);
    if (seen.length > 0) this.#watermark = Math.max(this.#watermark, Math.min(...seen));
    if (this.#reader.isLive !== true || this.#watermark === MIN_TIMESTAMP) return this.#watermark;
    return this.#carried();
  }

  /** Nothing is left to read: time itself says that nothing earlier can come, from where the watermark has been already. */
  #carried(): Timestamp {
    const now = this.#environment.host.clock.monotonic();
    if (this.#idleSince === undefined) {
      this.#idleSince = now;
      this.#idleFrom = Math.max(this.#watermark, this.#carriedTo);
    }
    // In steps: a watermark that moves with each look would leave operators something to do for ever, and no cut possible.
    this.#carriedTo = this.#idleFrom + Math.floor((now - this.#idleSince) / CARRY_STEP) * CARRY_STEP;
    return this.#carriedTo;
  }

  /** Whether time alone moves the watermark now. */
  get isCarriedByClock(): boolean {
    return (
      (this.#reader.isLive === true && this.#splits.size > 0 && [...this.#splits].every(({ isIdle }) => isIdle)) ||
      this.#reader.watermark?.kind === 'wall-time'
    );
  }

  /** What is left of each restriction at this moment, of those that ended since the last time too. */
  rests(): readonly unknown[] {
    return [...this.#ended, ...[...this.#splits].map(({ restriction }) => restriction)];
  }

  /** What was left of restrictions that ended and whose system was not told yet: a crash may come before it is. */
  get ended(): readonly unknown[] {
    // Those that came to their end at the cut are not tidied up yet.
    return [...this.#ended, ...[...this.#splits].filter(({ isDone }) => isDone).map(({ restriction }) => restriction)];
  }

  /**
   * Tells the system that what was taken before a durable cut need not come again. Returns those restrictions of which it
   * could not be told, for want of a connection say, with what it said last.
   */
  async finalize(rests: readonly unknown[]): Promise<Untold | undefined> {
    const untold: unknown[] = [];
    let last: ConnectorError | undefined;
    for (const rest of rests) {
      try {
        await this.#reader.finalize?.(rest, this.#context);
        const place = this.#ended.indexOf(rest);
        if (place >= 0) this.#ended.splice(place, 1);
      } catch (error) {
        if (!(error instanceof ConnectorError)) throw notTold(this.step.path, error);
        if (!error.retryable) throw error;
        untold.push(rest);
        last = error;
      }
    }
    return last && { rests: untold, error: last };
  }

  #add(origin: Origin, restriction: unknown, watermark?: Timestamp): SplitReader {
    const { step } = this;
    const { host, progress, scoped, wake, sideInputs } = this.#environment;
    const [window] = origin.windows;
    const context = { ...this.#context, sideInputs: window === undefined ? {} : sideInputs(window) };
    const noticed = (): void => {
      this.#splits.notice(split);
      wake();
    };
    const environment = { step, reader: this.#reader, host, context, progress, scoped, wake: noticed };
    // Without timestamps of its own what is read has those of the element that names it.
    const from = watermark ?? (this.#reader.watermark === undefined ? origin.timestamp : MIN_TIMESTAMP);
    const split = new SplitReader(environment, origin, restriction, from);
    this.#splits.add(split);
    return split;
  }
}

const notTold = (step: string, error: unknown): ConnectorError =>
  new ConnectorError(
    step,
    `its source could not be told what was read: ${messageOf(error).replace(/\.$/, '')}. All up to the last epoch is durable, and the source may give it again. Mend what the message says, then start again.`,
    { cause: error },
  );
