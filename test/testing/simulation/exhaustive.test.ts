import { expect, test } from 'vitest';
import { exhaust } from './exhaustive.ts';
import { plainShape, SINKS, type Shape } from './shapes.ts';

/** All but the panes of one sink: timers, side inputs, two topics, panes that repeat, a reader that can't say where it is. */
const FULL: Shape = {
  ...plainShape('table'),
  records: 6,
  topics: 2,
  windows: 'sliding',
  trigger: 'early and late',
  mode: 'accumulating',
  isStateful: true,
  hasSideInput: true,
  tellsRemaining: false,
};

/** Late elements come while a step behind the grouping is at work on panes before theirs. */
const SLOW: Shape = { ...plainShape('table'), records: 16, windows: 'sliding', slow: 300 };

const shapes: readonly (readonly [string, Shape])[] = [
  ...SINKS.map((sink) => [`a job of three epochs into ${sink}`, plainShape(sink)] as const),
  ['a whole of files', { ...plainShape('files'), isBounded: true }],
  ['a job with state, timers, a side input and repeating panes', FULL],
  ['a job that is drained while it reads', { ...plainShape('table'), isEndless: true, isStateful: true }],
  ['a job with late elements and a slow step behind its grouping', SLOW],
];

test.each(shapes)(
  '%s comes out the same whatever the point at which its process ends',
  async (_name, shape) => {
    const { points, epochs, problems } = await exhaust(1, shape);
    expect(problems).toEqual([]);
    expect(epochs).toBeGreaterThanOrEqual(3);
    expect(points).toBeGreaterThan(20);
  },
  120_000,
);
