import { expect, test } from 'vitest';
import {
  asIterable,
  asSingleton,
  create,
  fixedWindows,
  interval,
  type OffsetRange,
  OffsetTracker,
  Pipeline,
  type PCollectionView,
  type RestrictionReader,
  seconds,
  sessions,
  slidingWindows,
  splittableParDo,
} from '../../index.ts';
import { assertThat } from '../../testing/index.ts';
import { directRunner } from '../../runners/direct/index.ts';
import { bothPaths } from '../helpers/runners.ts';

type Sides = { readonly factor: PCollectionView<number> };

/** Gives the numbers below an element, each times the side input. */
const timesFactor: RestrictionReader<number, number, OffsetRange, number, Sides> = {
  name: 'TimesFactor',
  initialRestriction: (to) => ({ from: 0, to }),
  createTracker: (range) => new OffsetTracker(range),
  async read(_, tracker, output, { sideInputs }) {
    const { from } = tracker.currentRestriction();
    for (let i = from; tracker.tryClaim(i); i++) await output.emit({ values: [i * sideInputs.factor] });
    return undefined;
  },
};

test.each(bothPaths)('a reader sees the side inputs of its step, complete, on the $path path', async ({ runner }) => {
  const p = new Pipeline();
  const source = p.apply(create([3]));
  // From the same source as the main input.
  const factor = source.map((n) => n + 7);
  const read = source.apply(splittableParDo(timesFactor, { sideInputs: { factor: asSingleton(factor) } }));
  assertThat(read).containsInAnyOrder([0, 10, 20]);
  await p.run(runner());
});

test('an element in several windows is read once for each, as each sees its own side inputs', async () => {
  const windows = slidingWindows({ size: seconds(10), period: seconds(5) });
  const reader: RestrictionReader<
    string,
    string,
    OffsetRange,
    number,
    { readonly side: PCollectionView<Iterable<string>> }
  > = {
    name: 'Sides',
    initialRestriction: () => ({ from: 0, to: 1 }),
    createTracker: (range) => new OffsetTracker(range),
    read(element, tracker, output, { sideInputs }) {
      if (tracker.tryClaim(0)) void output.emit({ values: [`${element} ${[...sideInputs.side].sort().join('')}`] });
      return undefined;
    },
  };
  const p = new Pipeline();
  const side = p.apply(create(['x', 'y', 'z'], { timestamps: [1, 7, 12].map(seconds) })).windowInto(windows);
  const main = p.apply(create(['a'], { timestamps: [seconds(7)] })).windowInto(windows);
  const read = main.apply(splittableParDo(reader, { sideInputs: { side: asIterable(side) } }));
  assertThat(read)
    .inWindow(interval(0, seconds(10)))
    .containsInAnyOrder(['a xy']);
  assertThat(read)
    .inWindow(interval(seconds(5), seconds(15)))
    .containsInAnyOrder(['a yz']);
  assertThat(read).hasCount(2);
  await p.run(directRunner());
});

test('what is no view, or in windows that merge, is refused when the step is made', () => {
  const p = new Pipeline();
  const main = p.apply(create([1], { timestamps: [0] }));
  const merging = main.windowInto(sessions({ gap: seconds(1) }));
  expect(() => main.apply(splittableParDo(timesFactor, { sideInputs: { factor: asSingleton(merging) } }))).toThrow(
    /SplittableParDo: the side input 'factor' has merging windows \(Sessions\)/,
  );
  const noView = main as unknown as PCollectionView<number>; // as a program without types may pass it
  expect(() =>
    main
      .windowInto(fixedWindows({ size: 1 }))
      .apply(splittableParDo(timesFactor, { name: 'Read', sideInputs: { factor: noView } })),
  ).toThrow(/Read: the side input 'factor' is no view\..*Pass e\.g\. asList/);
});
