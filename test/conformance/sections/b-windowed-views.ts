// B. Side inputs: which window of the side an element sees.
import {
  afterCount,
  asIterable,
  fixedWindows,
  globalWindows,
  outputTag,
  type PCollection,
  type Pipeline,
  repeatedly,
  seconds,
  sessions,
} from '../../../index.ts';
import { assertThat, at as element, testStream } from '../../../testing/index.ts';
import { at, tens } from '../collections.ts';
import { item, refused, succeeds } from '../item.ts';

/** What an element at 5 s sees of a side input. */
const seenAtFive = (p: Pipeline, side: PCollection<string>): PCollection<readonly string[]> =>
  at(p, [5, 'a'])
    .windowInto(tens)
    .map((_, { sideInputs }) => [...sideInputs.side].sort(), { sideInputs: { side: asIterable(side) } });

export const windowedViews = [
  item(
    32,
    'With the same windows on both sides, an element sees what is in its own window.',
    succeeds((p) => {
      const side = at(p, [1, 'same'], [9, 'same too'], [11, 'next']).windowInto(tens);
      assertThat(seenAtFive(p, side)).containsInAnyOrder([['same', 'same too']]);
    }),
  ),
  item(
    33,
    'With smaller windows on the side, an element sees the window that holds the last instant of its own.',
    succeeds((p) => {
      const side = at(p, [1, 'first half'], [6, 'second half']).windowInto(fixedWindows({ size: seconds(5) }));
      assertThat(seenAtFive(p, side)).containsInAnyOrder([['second half']]);
    }),
  ),
  item(
    34,
    'A side input in the global window is seen as a whole from every window.',
    succeeds((p) => {
      const side = at(p, [1, 'early'], [1_000, 'late']);
      assertThat(seenAtFive(p, side)).containsInAnyOrder([['early', 'late']]);
    }),
  ),
  item(
    35,
    'A side input in windows that merge is refused when the step is made.',
    refused(
      (p) => void seenAtFive(p, at(p, [1, 'a']).windowInto(sessions({ gap: seconds(10) }))),
      /'side'/,
      /[Mm]erging|merge/,
    ),
  ),
  item(
    40,
    'A side input in the global window that fires again and again shows later elements a newer pane.',
    succeeds((p) => {
      const { main, side } = p.apply(
        testStream({ main: outputTag<string>(), side: outputTag<string>() })
          .addElements('side', element(0, 'old'))
          .addElements('main', element(0, 'a'))
          .addElements('side', element(0, 'new'))
          .addElements('main', element(0, 'b'))
          .advanceWatermarkToInfinity(),
      );
      const versions = side.windowInto(globalWindows(), {
        trigger: repeatedly(afterCount(1)),
        accumulationMode: 'discarding',
      });
      const seen = main.map((letter, { sideInputs }) => [letter, ...sideInputs.side], {
        sideInputs: { side: asIterable(versions) },
      });
      assertThat(seen).containsInAnyOrder([
        ['a', 'old'],
        ['b', 'new'],
      ]);
    }),
  ),
];
