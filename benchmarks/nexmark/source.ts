import {
  type OffsetRange,
  OffsetTracker,
  type PBegin,
  type PCollection,
  type PTransform,
  read,
  type RestrictionTracker,
  type Source,
  type SourceOutput,
} from 'viga';
import type { Configuration } from './configuration.ts';
import type { Event } from './events.ts';
import { EventGenerator } from './generator.ts';

/** How events are read. */
export interface ReadEventsOptions {
  /** Whether they are known to end. */
  readonly isBounded: boolean;
  /** After how many events the watermark moves. Default 1,000. */
  readonly batchSize?: number;
}

/**
 * Reads the events of a configuration, with their event times. A position is that of an event, so a job that goes on after a
 * crash reads the same ones.
 *
 * Unbounded, the watermark follows the events: all that come later are at most a group of events older.
 */
export const readEvents = (
  configuration: Configuration,
  { isBounded, batchSize = 1_000 }: ReadEventsOptions,
): PTransform<PBegin, PCollection<Event>> =>
  read(eventSource(configuration, batchSize), { name: 'ReadEvents', isBounded });

function eventSource(configuration: Configuration, batchSize: number): Source<Event, OffsetRange, number> {
  const generator = new EventGenerator(configuration);
  return {
    kind: 'source',
    name: 'Nexmark',
    location: `${configuration.numEvents} events`,
    initialRestriction: () => ({ from: 0, to: configuration.numEvents }),
    split: (range) => generator.rangesOf(range),
    createTracker: (range) => new OffsetTracker(range),
    size: ({ from, to }) => to - from,
    read: (_, tracker, output, { signal }) => readRange({ generator, batchSize, signal }, tracker, output),
  };
}

/** What a reading is done with. */
interface Reading {
  readonly generator: EventGenerator;
  readonly batchSize: number;
  readonly signal: AbortSignal;
}

async function readRange(
  { generator, batchSize, signal }: Reading,
  tracker: RestrictionTracker<OffsetRange, number>,
  output: SourceOutput<Event>,
): Promise<undefined> {
  let { from } = tracker.currentRestriction();
  for (;;) {
    // Read anew for each batch: the end moves when the rest is split off.
    const { to } = tracker.currentRestriction();
    const end = Math.min(to, from + batchSize);
    if (signal.aborted || from >= to || !tracker.tryClaim(end - 1)) return undefined;
    const room = output.emit(batchOf(generator, from, end));
    output.advanceWatermark(generator.watermarkBefore(end, to));
    if (room !== undefined) await room;
    from = end;
  }
}

function batchOf(generator: EventGenerator, from: number, to: number): { values: Event[]; timestamps: Float64Array } {
  const values = new Array<Event>(to - from);
  const timestamps = new Float64Array(to - from);
  for (let i = from; i < to; i++) {
    const event = generator.eventAt(i);
    values[i - from] = event;
    timestamps[i - from] = event.dateTime;
  }
  return { values, timestamps };
}
