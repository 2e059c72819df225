import { PipelineError, showValue } from './errors.ts';
import type { SideInputs } from './side-input.ts';
import type { RestrictionReader, SourceBatch, SourceContext, SourceOutput, WatermarkPolicy } from './source.ts';
import { type Duration, MAX_TIMESTAMP, MIN_TIMESTAMP, minutes, type Timestamp } from './time.ts';

// Event time that is set where records are read. The reader is wrapped, so runners only see a reader that gives timestamps
// and moves its watermark itself:
//
//   watermark of a restriction = highest stamp so far, of those not too far ahead, less maxOutOfOrder

/** How a read finds the event time of its records. */
export interface EventTimeOptions<in T> {
  /**
   * The event time of a record, in milliseconds. Sync, and called once per record.
   *
   * A record without a readable one (undefined, NaN, no instant) gets the lowest timestamp and does not move the watermark:
   * it reaches every step, and is late for all windows where time passes, so branch it off before groupings. A function
   * that throws makes a dead letter of the record where the read was asked for them, and ends the run otherwise.
   */
  readonly timestamp?: (record: T) => Timestamp | undefined;
  /** How far behind the highest timestamp so far a record may come without being late. Default 0. */
  readonly maxOutOfOrder?: Duration;
  /**
   * How far a timestamp may lie ahead of the record's second clock, the time that the source itself gives it, or else the
   * wall clock. A record beyond that keeps its timestamp and does not move the watermark: one device whose clock is wrong
   * must not make all others late. Default five minutes.
   */
  readonly maxAhead?: Duration;
}

interface EventTime {
  readonly timestamp: (record: unknown) => Timestamp | undefined;
  readonly maxOutOfOrder: Duration;
  readonly maxAhead: Duration;
}

/** @throws PipelineError for a span of time that is none, or one that has no effect. */
export function checkEventTime(step: string, options: EventTimeOptions<never>): void {
  for (const name of ['maxOutOfOrder', 'maxAhead'] as const) {
    const span = options[name];
    if (span === undefined) continue;
    if (!(span >= 0)) {
      throw new PipelineError(
        step,
        `${name} is ${String(span)} ms but must be 0 or more. It says how far timestamps may lie apart. Pass e.g. minutes(1), or leave it out.`,
      );
    }
    if (options.timestamp === undefined) {
      throw new PipelineError(
        step,
        `${name} is given without timestamp. It is about event time that is read from the records. Pass timestamp: (record) => record.time as well, or leave it out.`,
      );
    }
  }
}

/** The reader as it is, or one that sets the event time of its records where a function for it was given. */
export function withEventTime<E, T, R, P, V extends SideInputs>(
  reader: RestrictionReader<E, T, R, P, V>,
  options: EventTimeOptions<T>,
): RestrictionReader<E, T, R, P, V> {
  const { timestamp, maxOutOfOrder = 0, maxAhead = minutes(5) } = options;
  if (timestamp === undefined) return reader;
  // It is only given records of this reader.
  const eventTime = { timestamp: timestamp as EventTime['timestamp'], maxOutOfOrder, maxAhead };
  const read: RestrictionReader<E, T, R, P, V>['read'] = (element, tracker, output, context) =>
    reader.read(element, tracker, new StampedOutput(output, eventTime, context), context);
  const watermark: WatermarkPolicy = { kind: 'manual' };
  // All the rest is the reader's own, which may be of a class with private fields: a copy of its properties is not enough.
  return new Proxy(reader, {
    get(target, name) {
      if (name === 'read') return read;
      if (name === 'watermark') return watermark;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

class StampedOutput<T> implements SourceOutput<T> {
  readonly #output: SourceOutput<T>;
  readonly #eventTime: EventTime;
  readonly #context: SourceContext;
  #highest = MIN_TIMESTAMP;

  constructor(output: SourceOutput<T>, eventTime: EventTime, context: SourceContext) {
    this.#output = output;
    this.#eventTime = eventTime;
    this.#context = context;
  }

  emit(batch: SourceBatch<T>): void | Promise<void> {
    const stamped = this.#stamp(batch);
    const room = this.#output.emit(stamped);
    // It takes effect behind the batch, so none of that comes late.
    if (this.#highest > MIN_TIMESTAMP) this.#output.advanceWatermark(this.#highest - this.#eventTime.maxOutOfOrder);
    return room;
  }

  reject(record: unknown, error: Error, coordinate?: string): void {
    this.#output.reject(record, error, coordinate);
  }

  /** What the source says is about its own timestamps, which its elements no longer have. */
  advanceWatermark(): void {}

  setIdle(idle: boolean): void {
    this.#output.setIdle(idle);
  }

  #stamp(batch: SourceBatch<T>): SourceBatch<T> {
    const { values } = batch;
    // What is no array is refused, in words, by the runner.
    if (!Array.isArray(values)) return batch;
    const stamps = new Float64Array(values.length);
    const now = this.#context.host.clock.now();
    let rejected: Set<number> | undefined;
    for (let i = 0; i < values.length; i++) {
      try {
        stamps[i] = this.#stampOf(values[i]);
      } catch (error) {
        if (error instanceof PipelineError) throw error;
        this.#output.reject(values[i], toError(error), batch.coordinate?.(i));
        rejected ??= new Set();
        rejected.add(i);
        continue;
      }
      this.#observe(stamps[i] as Timestamp, secondClock(batch, i) ?? now); // within the array
    }
    return rejected === undefined
      ? { ...batch, timestamps: stamps }
      : without(rejected, { ...batch, timestamps: stamps });
  }

  #stampOf(record: T): Timestamp {
    const stamp: unknown = this.#eventTime.timestamp(record);
    if (typeof stamp === 'number') return stamp >= MIN_TIMESTAMP && stamp <= MAX_TIMESTAMP ? stamp : MIN_TIMESTAMP;
    if (stamp === undefined || stamp === null) return MIN_TIMESTAMP;
    throw new PipelineError(
      this.#context.step,
      `timestamp gave ${showValue(stamp)} for a record. Event time is a number of milliseconds, known at once. Give e.g. Date.parse(record.time).`,
    );
  }

  #observe(stamp: Timestamp, second: Timestamp): void {
    if (stamp > this.#highest && stamp <= second + this.#eventTime.maxAhead) this.#highest = stamp;
  }
}

/** The time that the source itself gives a record, where it gives one. */
function secondClock({ timestamps }: SourceBatch<unknown>, index: number): Timestamp | undefined {
  const own = typeof timestamps === 'number' ? timestamps : timestamps?.[index];
  return own === undefined || own <= MIN_TIMESTAMP ? undefined : own;
}

/** A batch without the records at some indices. */
function without<T>(
  rejected: ReadonlySet<number>,
  batch: SourceBatch<T> & { timestamps: Float64Array },
): SourceBatch<T> {
  const kept = batch.values.flatMap((_, i) => (rejected.has(i) ? [] : [i]));
  const { coordinate } = batch;
  return {
    ...batch,
    values: kept.map((i) => batch.values[i] as T), // indices of the batch
    timestamps: Float64Array.from(kept, (i) => batch.timestamps[i] as Timestamp),
    coordinate: coordinate && ((i) => coordinate(kept[i] ?? i)),
  };
}

const toError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(showValue(thrown)));
