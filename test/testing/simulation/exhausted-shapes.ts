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
  isSorted: true,
  tellsRemaining: false,
};

/** Late elements come while a step behind the grouping is at work on panes before theirs. */
const SLOW: Shape = { ...plainShape('table'), records: 16, windows: 'sliding', slow: 300 };

/** Jobs that are run through a crash at every point, and what they are. */
export const CRASHED: readonly (readonly [string, Shape])[] = [
  ...SINKS.map((sink) => [`a job of three epochs into ${sink}`, plainShape(sink)] as const),
  ['a whole of files', { ...plainShape('files'), isBounded: true }],
  ['a job with state, timers, a side input and repeating panes', FULL],
  ['a job that is drained while it reads', { ...plainShape('table'), isEndless: true, isStateful: true }],
  ['a job with late elements and a slow step behind its grouping', SLOW],
];

/** Jobs that the disk damages after a crash at every point, by where they write. */
export const DAMAGED: readonly (readonly [string, Shape])[] = [
  ...SINKS.map((sink) => [sink, { ...plainShape(sink), records: 6 }] as const),
  ['a whole of files', { ...plainShape('files'), records: 6, isBounded: true }],
];
