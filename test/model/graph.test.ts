import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createElements,
  NameScope,
  Pipeline,
  PipelineError,
  ptransform,
  type PCollection,
  sum,
} from '../../model/index.ts';

const start = (): { readonly p: Pipeline; readonly numbers: PCollection<number> } => {
  const p = new Pipeline();
  return { p, numbers: p.apply(createElements([1])) };
};
const paths = (p: Pipeline): readonly string[] => p.graph.steps.map(({ path }) => path);

describe('the derived name of a step', () => {
  test('is its kind, with the name of its function where that tells something', () => {
    const { p, numbers } = start();
    const double = (n: number): number => 2 * n;
    numbers.map(double);
    numbers.map((n) => n);
    numbers.filter(function isEven(n) {
      return n % 2 === 0;
    });
    numbers.parDo({ process: (n) => [n] });
    numbers.keyBy((n) => n).combinePerKey(sum);
    expect(paths(p).slice(1)).toEqual(['Map(double)', 'Map', 'Filter(isEven)', 'ParDo', 'KeyBy', 'CombinePerKey(sum)']);
  });

  test('never holds a slash, which joins the names of a path', () => {
    const { p, numbers } = start();
    numbers.map(Object.defineProperty((n: number) => n, 'name', { value: 'a/b' }));
    expect(paths(p).at(-1)).toBe('Map');
  });
});

test('composites are scopes, numbered like steps when they repeat, with all that is in them', () => {
  const { p, numbers } = start();
  const twice = ptransform('Twice', (input: PCollection<number>) => input.map((n) => n).map((n) => n));
  numbers.apply(twice).apply(twice);
  expect(paths(p).slice(1)).toEqual(['Twice/Map', 'Twice/Map-2', 'Twice-2/Map', 'Twice-2/Map-2']);
  expect(p.graph.steps.map(({ hasNumberedName }) => hasNumberedName)).toEqual([false, false, true, true, true]);
});

test('a given name that a derived one took first is still refused', () => {
  const { numbers } = start();
  numbers.map((n) => n);
  expect(() => numbers.map((n) => n, { name: 'Map' })).toThrow(/^Map: another step already has this name/);
});

test('a derived name goes round one that was given', () => {
  const { p, numbers } = start();
  numbers.map((n) => n, { name: 'Map' });
  numbers.map((n) => n);
  expect(paths(p).slice(1)).toEqual(['Map', 'Map-2']);
});

test.each(['', 'a/b', '/'])("'%s' is refused as a name, with the reason", (name) => {
  const { numbers } = start();
  expect(() => numbers.map((n) => n, { name })).toThrow(PipelineError);
  expect(() => numbers.map((n) => n, { name })).toThrow(
    /is not a step's name\. Names are joined by '\/'.*Choose another name/,
  );
});

test('whatever names are derived, no two are the same and the same come out again', () => {
  const derived = fc.array(fc.constantFrom('Map', 'Map-2', 'Map-3', 'Filter'));
  fc.assert(
    fc.property(derived, (names) => {
      const take = (): string[] => {
        const scope = new NameScope('', false);
        return names.map((name) => scope.enter({ derived: name }).path);
      };
      const taken = take();
      expect(new Set(taken).size).toBe(names.length);
      expect(take()).toEqual(taken);
    }),
  );
});

test('producers come before consumers, and each step knows where it was made', () => {
  const { p, numbers } = start();
  numbers
    .map((n) => n)
    .keyBy((n) => n)
    .groupByKey();
  const { steps } = p.graph;
  const made = new Set<string>();
  for (const step of steps) {
    for (const input of step.inputs) expect(made).toContain(input.producer);
    made.add(step.path);
  }
  expect(steps.map(({ id }) => id)).toEqual([0, 1, 2, 3]);
  expect(steps.at(-1)?.callSite.stack).toContain('graph.test.ts');
});
