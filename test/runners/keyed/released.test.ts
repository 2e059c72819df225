import { expect, test } from 'vitest';
import { fixedWindows, type KV } from '../../../model/index.ts';
import { memoryPlace } from '../state/stores.ts';
import { keyedStep } from './step.ts';

/** Elements in order of time, and no state: nothing but what waits is kept. */
const inOrder = {
  requiresTimeSortedInput: true,
  process: ({ value }: KV<string, number>) => [value],
};

test('a step in order of time holds nothing of windows that are over, also of those from before a restart', async () => {
  const disk = memoryPlace();
  const options = { windowFn: fixedWindows({ size: 10 }), allowedLateness: 5 };
  let store = await disk.open();
  const first = keyedStep(inOrder, { ...options, store });
  await first.elements(['a', 1, 1], ['b', 2, 2], ['a', 21, 21]);
  first.operator.save();
  await store.commit(1);
  store.close();

  store = await disk.open();
  const second = keyedStep(inOrder, { ...options, store });
  await second.elements(['a', 3, 3], ['c', 22, 22]);
  expect(second.operator.bytes()).toBeGreaterThan(0);
  await second.watermark(100);
  expect(second.values.toSorted()).toEqual([1, 2, 21, 22, 3]);
  expect(second.operator.bytes()).toBe(0);
  second.operator.save();
  await store.commit(2);
  expect([...store.space('waiting').scan()].length).toBeLessThanOrEqual(1);
  store.close();
  disk.dispose();
});
