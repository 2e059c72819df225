import { describe, expect, test } from 'vitest';
import {
  afterCount,
  asList,
  combiningState,
  createElements,
  eventTimer,
  fixedWindows,
  flatten,
  impulse,
  minutes,
  OutputAt,
  outputAt,
  outputTag,
  type PCollection,
  Pipeline,
  PipelineError,
  read,
  repeatedly,
  sessions,
  type Sink,
  type Source,
  sum,
  write,
} from '../../model/index.ts';

const numbersOf = (p = new Pipeline()): PCollection<number> => p.apply(createElements([1]));
const last = (p: Pipeline) => p.graph.steps.at(-1);

const endless = { kind: 'source', name: 'Endless' } as unknown as Source<number, undefined, undefined>; // never read
const nowhere = { kind: 'sink', name: 'Nowhere' } as unknown as Sink<number>; // never written

describe('what a step can be asked for is checked when it is built, with a way out', () => {
  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('concurrency %d', (concurrency) => {
    const build = () => numbersOf().map((n) => n, { name: 'Load', concurrency });
    expect(build).toThrow(PipelineError);
    expect(build).toThrow(/^Load: concurrency is .+ but must be a whole number of 1 or more\..*Pass e\.g\. 16/);
  });

  test.each([0, 1.5])('retry.attempts %d', (attempts) => {
    const build = () => numbersOf().parDo({ name: 'Load', process: (n) => [n], retry: { attempts } });
    expect(build).toThrow(/^Load: retry\.attempts is .+, the first attempt included\. Pass e\.g\. 3/);
  });

  test.each(['main', '', 'viga:x'])("an output called '%s'", (tag) => {
    const build = () => numbersOf().parDo({ name: 'Split', outputs: { [tag]: outputTag<number>() }, process() {} });
    expect(build).toThrow(PipelineError);
    expect(build).toThrow(/^Split: .+ can't name an output\..*Choose another tag/);
  });

  test('as many timestamps as elements', () => {
    expect(() => new Pipeline().apply(createElements([1, 2], [0]))).toThrow(
      /^Create\/Create: there are 2 elements and 1 timestamps\..*Give as many of both/,
    );
  });

  test('state or timers in windows that merge', () => {
    const keyed = numbersOf()
      .windowInto(sessions({ gap: minutes(1) }))
      .keyBy((n) => n);
    const stateful = { name: 'Total', state: { total: combiningState(sum) }, process() {} };
    expect(() => keyed.parDo(stateful)).toThrow(
      /^Total: it has state or timers.*merging windows \(Sessions\).*Group first/,
    );
    const timed = { name: 'Wait', timers: { end: eventTimer() }, process() {}, onTimer: { end() {} } };
    expect(() => keyed.parDo(timed)).toThrow(/^Wait: it has state or timers/);
    expect(() => keyed.groupByKey().parDo({ ...stateful, name: 'After' })).not.toThrow();
  });

  test('a side input of another pipeline', () => {
    const other = asList(numbersOf());
    expect(() => numbersOf().map((n) => n, { name: 'Add', sideInputs: { other } })).toThrow(
      /^Add: .*belongs to another pipeline/,
    );
  });
});

test('what comes out of a step is windowed and bounded as what went in', () => {
  const p = new Pipeline();
  const stream = p.apply(read(endless, { isBounded: false })).windowInto(fixedWindows({ size: minutes(1) }));
  const keyed = stream.filter((n) => n > 0).keyBy((n) => n);
  for (const output of [keyed, keyed.mapValues((n) => n), keyed.groupByKey(), keyed.combinePerKey(sum)]) {
    expect(output.isBounded).toBe(false);
    expect(output.windowing).toEqual(stream.windowing);
  }
});

test('a collection joined with an endless one is endless', () => {
  const p = new Pipeline();
  const both = flatten([numbersOf(p), p.apply(read(endless, { isBounded: false }))]);
  expect(both.isBounded).toBe(false);
  expect(flatten([numbersOf(p), p.apply(createElements([2]))]).isBounded).toBe(true);
});

test('a list of no collections can be flattened where the pipeline is given', () => {
  const p = new Pipeline();
  expect(flatten([], { pipeline: p }).isBounded).toBe(true);
  expect(() => flatten([])).toThrow(/Pass \{ pipeline \} where the list may be empty/);
});

test('a trigger lets endless input be grouped in the global window', () => {
  const p = new Pipeline();
  const keyed = p.apply(read(endless, { isBounded: false })).keyBy((n) => n);
  const global = keyed.windowing.windowFn;
  const triggered = keyed.windowInto(global, { trigger: repeatedly(afterCount(5)), accumulationMode: 'discarding' });
  expect(() => triggered.groupByKey()).not.toThrow();
});

test('a write has no output but the elements that it could not write', () => {
  const p = new Pipeline();
  numbersOf(p).apply(write(nowhere));
  expect([...(last(p)?.outputs.keys() ?? [])]).toEqual([]);
  let failed: PCollection<unknown> | undefined;
  numbersOf(p).apply(write(nowhere, { name: 'Careful', deadLetters: (letters) => (failed = letters) }));
  expect(failed?.producer).toBe('Nowhere-2/Careful');
});

test('an impulse is one step, and what the caller does to its array later does not change the pipeline', () => {
  const p = new Pipeline();
  p.apply(impulse());
  expect(last(p)?.primitive).toEqual({ kind: 'Impulse' });
  const elements = [1];
  p.apply(createElements(elements));
  elements.push(2);
  expect(last(p)?.primitive).toMatchObject({ kind: 'Create', elements: [1] });
});

test('an element that looks like an output with a timestamp is not taken for one', () => {
  expect(OutputAt.is(outputAt('a', 5))).toBe(true);
  expect(OutputAt.is({ value: 'a', timestamp: 5, window: undefined })).toBe(false);
  for (const other of [null, undefined, 'a', 5]) expect(OutputAt.is(other)).toBe(false);
});
