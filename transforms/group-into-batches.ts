import {
  bagState,
  type Duration,
  END_OF_GLOBAL_WINDOW,
  eventTimer,
  type KV,
  kv,
  type PCollection,
  PipelineError,
  processingTimer,
  type PTransform,
  ptransform,
  showValue,
  structuralCoder,
  toBytes,
  valueState,
} from '../model/index.ts';

/** When a batch of {@link groupIntoBatches} is full; the first that is reached counts. */
export interface BatchLimits<in V> {
  /** So many values. */
  readonly size?: number;
  /** So many bytes, as {@link sizeOf} counts them; the value that reaches it is in the batch. */
  readonly bytes?: number;
  /** How many bytes a value has. Default: as many as it takes encoded. */
  readonly sizeOf?: (value: V) => number;
  /** So long after its first value, in processing time, even if it is not full. */
  readonly maxBufferingDuration?: Duration;
}

/**
 * Groups the values of each key and window into batches of a limited size; for systems that take many at once.
 *
 * Values have no order. A batch that is not full comes out when its window is over, and holds the watermark at its earliest
 * value until then. Of late values the first may come out at once, the others when the window expires. A full batch has the
 * timestamp of its last value.
 *
 * @throws PipelineError if neither `size` nor `bytes` is given, or for windows that merge.
 * @example
 * import { create, groupIntoBatches, Pipeline } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * const batches = p.apply(create([1, 2, 3, 4, 5])).keyBy(() => 'all').apply(groupIntoBatches({ size: 2 }));
 * assertThat(batches.map(({ value }) => value.length)).containsInAnyOrder([2, 2, 1]);
 * await p.run(directRunner());
 */
export function groupIntoBatches<K, V>(
  limits: BatchLimits<V>,
): PTransform<PCollection<KV<K, V>>, PCollection<KV<K, readonly V[]>>> {
  checkLimits(limits);
  return ptransform('GroupIntoBatches', (input: PCollection<KV<K, V>>) => batched(input, limits));
}

/** No timer fires later. */
const LAST = END_OF_GLOBAL_WINDOW;

/** What is kept of a batch: its values, how many and how large they are, and the earliest timestamp. */
interface Filled {
  readonly count: number;
  readonly bytes: number;
  readonly earliest: number;
}

function batched<K, V>(
  input: PCollection<KV<K, V>>,
  { size, bytes, sizeOf = encodedSize, maxBufferingDuration }: BatchLimits<V>,
): PCollection<KV<K, readonly V[]>> {
  const bytesOf = (value: V): number => {
    const held = bytes === undefined ? 0 : sizeOf(value);
    if (held >= 0) return held;
    throw new RangeError(
      `sizeOf gave ${showValue(held)} for a value. A batch would never be full. Return its bytes, a number of 0 or more.`,
    );
  };
  const isFull = (filled: Filled): boolean =>
    filled.count >= (size ?? Number.POSITIVE_INFINITY) || filled.bytes >= (bytes ?? Number.POSITIVE_INFINITY);
  const lateness = input.windowing.allowedLateness;
  return input.parDo({
    name: 'Batch',
    // Late values, which come when the window is over, hold nothing: they wait for the last moment.
    state: { values: bagState<V>(), filled: valueState<Filled>(), isOver: valueState<boolean>() },
    timers: { end: eventTimer(), longest: processingTimer() },
    process({ key, value }: KV<K, V>, { state, timers, timestamp, window }): readonly KV<K, readonly V[]>[] {
      const before = state.filled.read();
      const filled = {
        count: (before?.count ?? 0) + 1,
        bytes: (before?.bytes ?? 0) + bytesOf(value),
        earliest: Math.min(before?.earliest ?? timestamp, timestamp),
      };
      state.values.add(value);
      if (isFull(filled)) {
        timers.end.clear();
        timers.longest.clear();
        return [kv(key, taken<V>(state))];
      }
      state.filled.write(filled);
      if (before === undefined || timestamp < before.earliest) {
        const end = state.isOver.read() ? Math.min(window.maxTimestamp + lateness, LAST) : window.maxTimestamp;
        timers.end.set(end, { outputTimestamp: timestamp });
      }
      if (before === undefined && maxBufferingDuration !== undefined) timers.longest.setAfter(maxBufferingDuration);
      return [];
    },
    onTimer: {
      end({ key, state, timers }) {
        state.isOver.write(true);
        timers.longest.clear();
        return batchOf(key, taken<V>(state));
      },
      longest({ key, state, timers }) {
        timers.end.clear();
        return batchOf(key, taken<V>(state));
      },
    },
  });
}

const batchOf = <K, V>(key: K, values: readonly V[]): readonly KV<K, readonly V[]>[] =>
  values.length === 0 ? [] : [kv(key, values)];

/** The values of the batch; the next one begins empty. */
function taken<V>(state: {
  readonly values: { read(): Iterable<V>; clear(): void };
  readonly filled: { clear(): void };
}): readonly V[] {
  const values = [...state.values.read()];
  state.values.clear();
  state.filled.clear();
  return values;
}

const encodedSize = (value: unknown): number => toBytes(structuralCoder, value).length;

function checkLimits({ size, bytes, maxBufferingDuration }: BatchLimits<never>): void {
  if (size === undefined && bytes === undefined) {
    throw new PipelineError(
      undefined,
      'groupIntoBatches: neither size nor bytes is given. A batch would only end with its window. Pass e.g. { size: 100 }.',
    );
  }
  for (const [name, limit] of [
    ['size', size],
    ['bytes', bytes],
  ] as const) {
    if (limit === undefined || (Number.isSafeInteger(limit) && limit >= 1)) continue;
    throw new PipelineError(
      undefined,
      `groupIntoBatches: ${name} is ${showValue(limit)} but must be a whole number of 1 or more. A batch holds a value at least. Pass e.g. 100.`,
    );
  }
  if (maxBufferingDuration === undefined || maxBufferingDuration >= 0) return;
  throw new PipelineError(
    undefined,
    `groupIntoBatches: maxBufferingDuration is ${showValue(maxBufferingDuration)} ms but must be 0 or more. It is how long a value waits at most. Pass e.g. seconds(5), or leave it out.`,
  );
}
