import { expect, test } from 'vitest';
import { asIterable, asSingleton, count, fixedWindows, generateStream, outputTag, Pipeline } from '../../../index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { at, testStream } from '../../../testing/index.ts';

const TAGS = { main: outputTag<number>(), side: outputTag<number>() };
const inTens = fixedWindows({ size: 10 });

test('an element that waits for its side input holds the watermark: it is not late behind its step', async () => {
  const fired: string[] = [];
  const p = new Pipeline();
  const { main, side } = p.apply(
    testStream(TAGS)
      .addElements('main', at(3, 1), at(15, 2))
      .advanceWatermarkTo('main', 30)
      .addElements('side', at(4, 7), at(5, 8))
      .advanceWatermarkTo('side', 10)
      .advanceWatermarkTo('side', 20)
      .advanceWatermarkToInfinity(),
  );
  main
    .windowInto(inTens)
    .map((n, { sideInputs }) => `${n} beside ${[...sideInputs.side].sort().join()}`, {
      sideInputs: { side: asIterable(side.windowInto(inTens)) },
    })
    .keyBy(() => 'all')
    .groupByKey()
    .map(({ value }, { pane }) => fired.push(`${[...value].join('; ')} ${pane.timing}`));
  await p.run(directRunner());
  expect(fired).toEqual(['1 beside 7,8 ON_TIME', '2 beside  ON_TIME']);
});

test('a side input is not ready when the watermark stands at the last instant of its window, but past it', async () => {
  const seen: string[] = [];
  const p = new Pipeline();
  const { main, side } = p.apply(
    testStream(TAGS)
      .addElements('main', at(3, 1))
      .advanceWatermarkTo('side', 9)
      .addElements('side', at(9, 7))
      .advanceWatermarkTo('side', 10)
      .advanceWatermarkToInfinity(),
  );
  main.windowInto(inTens).map((n, { sideInputs }) => seen.push(`${n} beside ${[...sideInputs.side].join()}`), {
    sideInputs: { side: asIterable(side.windowInto(inTens)) },
  });
  await p.run(directRunner());
  expect(seen).toEqual(['1 beside 7']);
});

test('a source that feeds both a step and its side input never blocks, however many elements wait for their window', async () => {
  const seen = new Map<number, number>();
  const p = new Pipeline();
  const all = p
    .apply(generateStream({ element: (i) => i, timestamp: (i) => i, maxElements: 40_000 }))
    .windowInto(fixedWindows({ size: 10_000 }));
  const counts = all.combineGlobally(count, { withoutDefaults: true });
  // Each of the ten thousand elements of a window waits for what only the last of them completes.
  all.map(
    async (n, { sideInputs }) => {
      if (n % 1_000 === 0) await undefined;
      const beside = sideInputs.total;
      seen.set(beside, (seen.get(beside) ?? 0) + 1);
    },
    { sideInputs: { total: asSingleton(counts) } },
  );
  await p.run(directRunner({ memoryLimit: 64 << 20 }));
  expect([...seen]).toEqual([[10_000, 40_000]]);
});
