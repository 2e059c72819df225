import { expect, test } from 'vitest';
import {
  afterCount,
  createElements,
  DEAD_LETTERS,
  fixedWindows,
  flatten,
  globalWindows,
  MAIN,
  minutes,
  outputTag,
  Pipeline,
  PipelineError,
  ptransform,
  type PCollection,
  read,
  repeatedly,
  sessions,
  type Source,
  sum,
  asIterable,
} from '../../model/index.ts';

const endless: Source<number, undefined, undefined> = {
  kind: 'source',
  name: 'Endless',
  initialRestriction: () => undefined,
  createTracker: () => {
    throw new Error('never read');
  },
  read: () => undefined,
};

const paths = (p: Pipeline): readonly string[] => p.graph.steps.map((step) => step.path);

test('derived names that repeat are numbered in the order of the graph', () => {
  const p = new Pipeline();
  const numbers = p.apply(createElements([1]));
  numbers.map((n) => n + 1);
  numbers.map((n) => n + 2);
  expect(paths(p)).toEqual(['Create/Create', 'Map', 'Map-2']);
  expect(p.graph.steps.map((step) => step.hasNumberedName)).toEqual([false, false, true]);
});

test('a name that is given twice in a scope is an error that names the step', () => {
  const p = new Pipeline();
  const numbers = p.apply(createElements([1]));
  numbers.map((n) => n, { name: 'Double' });
  expect(() => numbers.map((n) => n, { name: 'Double' })).toThrow(/^Double: another step already has this name/);
});

test('the same given name may stand in two scopes', () => {
  const p = new Pipeline();
  const numbers = p.apply(createElements([1]));
  const twice = () => ptransform('Twice', (input: PCollection<number>) => input.map((n) => 2 * n, { name: 'Double' }));
  numbers.apply(twice());
  numbers.apply(twice(), { name: 'Again' });
  expect(paths(p).slice(1)).toEqual(['Twice/Double', 'Again/Double']);
});

test('a slash in a name is refused', () => {
  const p = new Pipeline();
  expect(() => p.apply(createElements([1])).map((n) => n, { name: 'a/b' })).toThrow(PipelineError);
});

test('grouping an endless collection in the global window without a trigger is refused', () => {
  const p = new Pipeline();
  const keyed = p.apply(read(endless, { isBounded: false })).keyBy((n) => n);
  expect(() => keyed.groupByKey()).toThrow(/No pane would ever fire/);
  expect(() => keyed.windowInto(fixedWindows({ size: minutes(1) })).groupByKey()).not.toThrow();
});

test('combining windows globally asks for withoutDefaults', () => {
  const p = new Pipeline();
  const windowed = p.apply(createElements([1])).windowInto(fixedWindows({ size: minutes(1) }));
  expect(() => windowed.combineGlobally(sum)).toThrow(/withoutDefaults: true/);
  expect(() => windowed.combineGlobally(sum, { withoutDefaults: true })).not.toThrow();
});

test('a side input that would never be ready is refused when it is declared; with a trigger it is taken', () => {
  const p = new Pipeline();
  const numbers = p.apply(createElements([1]));
  const unbounded = p.apply(read(endless, { isBounded: false }));
  const seeing = (side: PCollection<number>) => () => numbers.map((n) => n, { sideInputs: { side: asIterable(side) } });
  expect(seeing(unbounded)).toThrow(/^Map: the side input 'side' never ends.*Give its windowInto a trigger/);
  const firing = { trigger: repeatedly(afterCount(1)), accumulationMode: 'discarding' } as const;
  expect(seeing(unbounded.windowInto(globalWindows(), firing))).not.toThrow();
});

test('a side input with merging windows is refused when it is declared', () => {
  const p = new Pipeline();
  const numbers = p.apply(createElements([1]));
  const side = numbers.windowInto(sessions({ gap: minutes(1) }));
  expect(() => numbers.map((n) => n, { sideInputs: { side: asIterable(side) } })).toThrow(/merging windows/);
});

test('a trigger that can finish early is refused unless data loss is allowed', () => {
  const p = new Pipeline();
  const numbers = p.apply(createElements([1]));
  const windows = fixedWindows({ size: minutes(1) });
  expect(() => numbers.windowInto(windows, { trigger: afterCount(2), accumulationMode: 'discarding' })).toThrow(
    /repeatedly/,
  );
  const trigger = repeatedly(afterCount(2));
  expect(() => numbers.windowInto(windows, { trigger, accumulationMode: 'discarding' })).not.toThrow();
});

test('additional outputs and dead letters are outputs of the one step', () => {
  const p = new Pipeline();
  let failed: PCollection<unknown> | undefined;
  const { main, odd } = p.apply(createElements([1])).parDo({
    name: 'Split',
    outputs: { odd: outputTag<number>() },
    process: (n: number, { emit }) => {
      emit.odd(n);
      return [String(n)];
    },
    deadLetters: (letters) => {
      failed = letters;
    },
  });
  const step = p.graph.steps.at(-1);
  expect([...(step?.outputs.keys() ?? [])]).toEqual([MAIN, 'odd', DEAD_LETTERS]);
  expect([main.tag, odd.tag, failed?.tag]).toEqual([MAIN, 'odd', DEAD_LETTERS]);
});

test('collections of two pipelines do not meet', () => {
  const other = new Pipeline().apply(createElements([1]));
  expect(() => flatten([new Pipeline().apply(createElements([1])), other])).toThrow(/another pipeline/);
});

test('collections in different windows are not flattened', () => {
  const p = new Pipeline();
  const numbers = p.apply(createElements([1]));
  expect(() => flatten([numbers, numbers.windowInto(fixedWindows({ size: minutes(1) }))])).toThrow(/windowInto/);
});
