import { describe, expect, test } from 'vitest';
import {
  asList,
  combiningState,
  createElements,
  eventTimer,
  customWindows,
  type Firing,
  fixedWindows,
  type PCollection,
  Pipeline,
  PipelineError,
  sessions,
  slidingWindows,
  sum,
  valueState,
} from '../../model/index.ts';

// What the types refuse, and programs without types still do.

const numbers = (): PCollection<number> => new Pipeline().apply(createElements([1]));
const pairs = () => numbers().keyBy((n) => n, { name: 'Pairs' });

const misuses: readonly (readonly [what: string, build: () => unknown, message: RegExp])[] = [
  ['no function', () => numbers().map(5 as never, { name: 'M' }), /^M: its function is 5\..*Pass a function/],
  ['no process', () => numbers().parDo({ name: 'P' } as never), /^P: its function is undefined\..*process/],
  [
    'no function for a timer',
    () => pairs().parDo({ name: 'P', timers: { due: eventTimer() }, process() {}, onTimer: { dew() {} } } as never),
    /^P: it declares the timer 'due', and onTimer has no function for it.* Give onTimer: \{ due\(context\)/,
  ],
  [
    'no functions for timers',
    () => pairs().parDo({ name: 'P', timers: { toString: eventTimer() }, process() {} } as never),
    /^P: it declares the timer 'toString', and onTimer has no function/,
  ],
  [
    'something else for a timer',
    () => pairs().parDo({ name: 'P', timers: { due: eventTimer() }, process() {}, onTimer: { due: 5 } } as never),
    /^P: .*timer 'due', and onTimer has 5 for it/,
  ],
  [
    'a function for no timer',
    () => pairs().parDo({ name: 'P', process() {}, onTimer: { due() {} } } as never),
    /^P: onTimer has a function for 'due', and no timer/,
  ],
  ...(
    [
      ['a timer that was not made', eventTimer, /the timer 't' is .*eventTimer\(\) or processingTimer\(\)/],
      ['a timer by no known time', { kind: 'timer', domain: 'event' }, /the timer 't' is .*eventTimer\(\)/],
      ['nothing for a timer', undefined, /the timer 't' is undefined/],
    ] as const
  ).map(
    ([what, t, message]) =>
      [
        what,
        () => pairs().parDo({ name: 'P', timers: { t }, process() {}, onTimer: { t() {} } } as never),
        message,
      ] as const,
  ),
  [
    "a timer with a name of Viga's own",
    () =>
      pairs().parDo({
        name: 'P',
        timers: { 'viga:turn': eventTimer() },
        process() {},
        onTimer: { 'viga:turn'() {} },
      } as never),
    /^P: 'viga:turn' can't name a timer/,
  ],
  ...(
    [
      ['a state that was not made', valueState, /^P: the state 's' is .*valueState\(\)/],
      ['a state of no known kind', { kind: 'queue' }, /^P: the state 's' is \{"kind":"queue"\}/],
      ['nothing for a state', undefined, /^P: the state 's' is undefined/],
      [
        'a combining state without a combiner',
        combiningState(undefined as never),
        /^P: its combine function is undefined/,
      ],
    ] as const
  ).map(
    ([what, s, message]) =>
      [what, () => pairs().parDo({ name: 'P', state: { s }, process() {} } as never), message] as const,
  ),
  [
    'no function for the end of windows',
    () => pairs().parDo({ name: 'P', process() {}, onWindowExpiration: 5 } as never),
    /^P: its onWindowExpiration is 5/,
  ],
  [
    'a skew below zero',
    () => numbers().parDo({ name: 'P', allowedTimestampSkew: -1, process() {} }),
    /^P: allowedTimestampSkew is -1/,
  ],
  ['no transform', () => numbers().apply(sum as never), /^its transform is \{"name":"sum".*Pass a PTransform/],
  ['a transform not called', () => numbers().apply((() => numbers()) as never), /^its transform is .*call it/],
  ['no combiner', () => pairs().combinePerKey(((a: number) => a) as never), /combine function is .* addInput/],
  ['no combiner of all', () => numbers().combineGlobally(5 as never), /combine function is 5.* addInput/],
  ['no window function', () => numbers().windowInto({ size: 5 } as never), /window function is \{"size":5\}/],
  [
    'no side input',
    () => numbers().map((n) => n, { name: 'M', sideInputs: { s: 5 as never } }),
    /^M: .*'s' is 5.*asList/,
  ],
  ['half a part', () => pairs().combinePerKey(sum, { name: 'C', hotKeyFanout: 1.5 }), /^C: hotKeyFanout is 1\.5/],
  ['no part', () => pairs().combinePerKey(sum, { name: 'C', hotKeyFanout: 0 }), /^C: hotKeyFanout is 0/],
  [
    'a wait below zero',
    () => numbers().map((n) => n, { name: 'M', retry: { attempts: 2, backoff: -1 } }),
    /^M: retry\.backoff is -1/,
  ],
  [
    'a wait without end',
    () => numbers().map((n) => n, { name: 'M', retry: { attempts: 2, maxBackoff: Number.NaN } }),
    /^M: retry\.maxBackoff is NaN/,
  ],
  ['a name of two lines', () => numbers().map((n) => n, { name: 'a\nb' }), /^'a\\nb' is not a step's name/],
  ['a name that is no text', () => numbers().map((n) => n, { name: 5 as never }), /^'5' is not a step's name/],
  ['no elements', () => new Pipeline().apply(createElements(5 as never)), /^Create\/Create: its elements are 5/],
  [
    'a timestamp that is none',
    () => new Pipeline().apply(createElements([1, 2], [0, Number.NaN])),
    /^Create\/Create: the timestamp of element 1 is NaN/,
  ],
  [
    'a timestamp beyond time',
    () => new Pipeline().apply(createElements([1], [1e17])),
    /^Create\/Create: the timestamp of element 0 is 100000000000000000/,
  ],
  ['windows without end', () => fixedWindows({ size: Number.POSITIVE_INFINITY }), /^fixedWindows: size is Infinity ms/],
  ['an offset of no size', () => fixedWindows({ size: 5, offset: Number.NaN }), /^fixedWindows: offset is NaN ms/],
  ['an offset', () => slidingWindows({ size: 5, period: 1, offset: Infinity }), /^slidingWindows: offset is Infinity/],
  ['a gap without end', () => sessions({ gap: Number.POSITIVE_INFINITY }), /^sessions: gap is Infinity ms/],
  [
    'an unknown mode',
    () => numbers().windowInto(fixedWindows({ size: 5 }), { accumulationMode: 'all' } as unknown as Firing),
    /^WindowInto\(FixedWindows\): accumulationMode is "all"/,
  ],
];

describe('what the types refuse is refused without them as well, with the place and a way out', () => {
  test.each(misuses)('%s', (_, build, message) => {
    expect(build).toThrow(PipelineError);
    expect(build).toThrow(message);
  });
});

test('a size below zero says which step it is', () => {
  const build = () => numbers().windowInto(fixedWindows({ size: 5 }), { allowedLateness: -1 });
  expect(build).toThrow(/^WindowInto\(FixedWindows\): allowedLateness is -1 ms/);
});

test('a side input that is a view is taken', () => {
  const p = new Pipeline();
  const side = p.apply(createElements([1]));
  expect(() => side.map((n) => n, { sideInputs: { side: asList(side) } })).not.toThrow();
});

test('custom windows are taken as they are', () => {
  const windowFn = customWindows({ name: 'All', assign: () => [{ maxTimestamp: 5 }] });
  expect(numbers().windowInto(windowFn).windowing.windowFn).toBe(windowFn);
});

test.each([[undefined], [(() => 1) as never]])('a pipeline with no runner says so: %s', async (runner) => {
  const p = new Pipeline();
  await expect(p.run(runner as never)).rejects.toThrow(/^its runner is .* run\(directRunner\(\)\)/);
  expect(p.hasRun).toBe(false);
});

test('a step that is made while its pipeline runs is refused, and may be made afterwards', async () => {
  const p = new Pipeline();
  const running = p.run({ name: 'Waits', run: () => new Promise(() => {}) });
  void running;
  expect(() => p.apply(createElements([1]))).toThrow(/^Create\/Create: its pipeline is running\..*before run/);
  const q = new Pipeline();
  await q.run({ name: 'Fails', run: () => Promise.reject(new Error('no')) }).catch(() => {});
  expect(() => q.apply(createElements([1]))).not.toThrow();
});
