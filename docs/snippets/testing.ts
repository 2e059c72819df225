// #region under-test
import { count, type KV, type PCollection, ptransform } from 'viga';

/** How often each word occurs, case aside. */
export const countWords = ptransform(
  'CountWords',
  (lines: PCollection<string>): PCollection<KV<string, number>> =>
    lines
      .flatMap((line) => line.toLowerCase().match(/[a-z]+/g) ?? [])
      .keyBy((word) => word)
      .combinePerKey(count),
);
// #endregion

// #region test
import test from 'node:test';
import { create, kv } from 'viga';
import { assertThat, testPipeline } from 'viga/testing';

test('case makes no difference', async (t) => {
  const p = testPipeline(t);
  const counts = p.apply(create(['To be', 'or not to be'])).apply(countWords);
  assertThat(counts).containsInAnyOrder([kv('to', 2), kv('be', 2), kv('or', 1), kv('not', 1)]);
  await p.run();
});
// #endregion

// #region time
import { afterCount, afterWatermark, fixedWindows, hours, minutes } from 'viga';
import { at, testStream } from 'viga/testing';

test('a word that comes late corrects its count', async (t) => {
  const words = testStream<string>()
    .addElements(at(0, 'beam'), at(minutes(4), 'beam'))
    .advanceWatermarkTo(minutes(5))
    .addElements(at(minutes(1), 'beam'))
    .advanceWatermarkToInfinity();
  const p = testPipeline(t);
  const counts = p
    .apply(words)
    .windowInto(fixedWindows({ size: minutes(5) }), {
      trigger: afterWatermark({ late: afterCount(1) }),
      accumulationMode: 'accumulating',
      allowedLateness: hours(1),
    })
    .apply(countWords);
  assertThat(counts).hasPanes([
    { timing: 'ON_TIME', elements: [kv('beam', 2)] },
    { timing: 'LATE', elements: [kv('beam', 3)] },
  ]);
  await p.run();
});
// #endregion

// #region laws
import { type CombineFn } from 'viga';
import { assertCombineFnLaws } from 'viga/testing';

const longest: CombineFn<string, string, string> = {
  name: 'longest',
  createAccumulator: () => '',
  addInput: (best, word) => (word.length > best.length || (word.length === best.length && word < best) ? word : best),
  mergeAccumulators: (all) => [...all].reduce((best, word) => longest.addInput(best, word), ''),
  extractOutput: (best) => best,
};

test('longest combines in any order', () => assertCombineFnLaws(longest, { inputs: ['to', 'be', 'not', ''] }));
// #endregion
