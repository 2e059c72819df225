// #region transform
import { asSingleton, kv, type KV, type PCollection, type PTransform, ptransform, sum } from 'viga';

/**
 * The share of each key in the sum of all values, from 0 to 1.
 *
 * Per window, as all groupings. Values must not be negative; a sum of 0 gives a share of 0.
 */
export const shares = <K>(): PTransform<PCollection<KV<K, number>>, PCollection<KV<K, number>>> =>
  ptransform('Shares', (input) => {
    const total = asSingleton(input.map(({ value }) => value).combineGlobally(sum));
    return input
      .combinePerKey(sum)
      .map(({ key, value }, { sideInputs }) => kv(key, value / (sideInputs.total || 1)), { sideInputs: { total } });
  });
// #endregion

// #region test
import test from 'node:test';
import { create } from 'viga';
import { assertThat, testPipeline } from 'viga/testing';

test('each key has its share of the sum', async (t) => {
  const p = testPipeline(t);
  const votes = p.apply(create([kv('red', 1), kv('blue', 2), kv('red', 1)]));
  assertThat(votes.apply(shares())).containsInAnyOrder([kv('red', 0.5), kv('blue', 0.5)]);
  await p.run();
});

test('a sum of nothing gives shares of nothing', async (t) => {
  const p = testPipeline(t);
  assertThat(p.apply(create([kv('red', 0)])).apply(shares())).containsInAnyOrder([kv('red', 0)]);
  await p.run();
});
// #endregion
