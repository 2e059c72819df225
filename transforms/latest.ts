import {
  type CombineFn,
  type KV,
  type PCollection,
  type PTransform,
  ptransform,
  type TimestampedValue,
} from '../model/index.ts';
import { totalOrder } from './natural-order.ts';

const byTimestamp = totalOrder<TimestampedValue<unknown>>((a, b) => a.timestamp - b.timestamp);

/** Keeps the value with the latest timestamp; none or one. */
function latestOf<T>(): CombineFn<TimestampedValue<T>, readonly TimestampedValue<T>[], T> {
  const none: readonly TimestampedValue<T>[] = [];
  const isLater = (one: TimestampedValue<T>, kept: readonly TimestampedValue<T>[]): boolean =>
    kept[0] === undefined || byTimestamp(one, kept[0]) > 0;
  return {
    name: 'latest',
    createAccumulator: () => none,
    addInput: (kept, input) => (isLater(input, kept) ? [input] : kept),
    mergeAccumulators(accumulators) {
      let all = none;
      for (const kept of accumulators) if (kept[0] !== undefined && isLater(kept[0], all)) all = kept;
      return all;
    },
    // Outputs are made of windows and keys that have a value.
    extractOutput: (kept) => (kept[0] as TimestampedValue<T>).value,
  };
}

/**
 * The element with the latest timestamp, per window; nothing of no elements.
 *
 * Of elements with the same timestamp the one with the greatest canonical bytes counts as the latest. The output has the
 * timestamp of the end of its window.
 *
 * @example
 * import { create, latestGlobally, Pipeline } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * const prices = p.apply(create([10, 12, 11], { timestamps: [1_000, 3_000, 2_000] }));
 * assertThat(prices.apply(latestGlobally())).containsInAnyOrder([12]);
 * await p.run(directRunner());
 */
export const latestGlobally = <T>(): PTransform<PCollection<T>, PCollection<T>> =>
  ptransform('LatestGlobally', (input) =>
    input
      .map((value, { timestamp }) => ({ value, timestamp }), { name: 'Timestamp' })
      .combineGlobally(latestOf<T>(), { name: 'Latest', withoutDefaults: true }),
  );

/**
 * The value with the latest timestamp of each key, per window; otherwise like {@link latestGlobally}.
 *
 * @example
 * import { create, kv, latestPerKey, Pipeline } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * const prices = p.apply(create([kv('tea', 4), kv('tea', 3)], { timestamps: [2_000, 1_000] }));
 * assertThat(prices.apply(latestPerKey())).containsInAnyOrder([kv('tea', 4)]);
 * await p.run(directRunner());
 */
export const latestPerKey = <K, V>(): PTransform<PCollection<KV<K, V>>, PCollection<KV<K, V>>> =>
  ptransform('LatestPerKey', (input) =>
    input
      .map(({ key, value }, { timestamp }) => ({ key, value: { value, timestamp } }), { name: 'Timestamp' })
      .combinePerKey(latestOf<V>(), { name: 'Latest' }),
  );
