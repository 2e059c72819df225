import { describe, expect, test } from 'vitest';
import { nodeHost } from '../../host/index.ts';
import {
  count,
  fixedWindows,
  generateStream,
  Pipeline,
  reifyTimestamps,
  reifyWindows,
  type Source,
} from '../../index.ts';
import { directRunner } from '../../runners/direct/index.ts';
import { assertSourceLaws, assertThat } from '../../testing/index.ts';
import { virtualHost } from '../helpers/virtual-host.ts';
import type { TickRange } from '../../transforms/tick-range.ts';

const sourceOf = (transform: ReturnType<typeof generateStream<number>>): Source<number, TickRange, number> => {
  const p = new Pipeline();
  p.apply(transform);
  const primitive = p.graph.steps[0]?.primitive;
  if (primitive?.kind !== 'Read') throw new Error('no read');
  return primitive.source as Source<number, TickRange, number>; // the only one there is
};

test('elements are made by their numbers, with their timestamps, as an unbounded collection', async () => {
  const p = new Pipeline();
  const made = p.apply(generateStream({ element: (i) => i * 2, timestamp: (i) => i * 100, maxElements: 5_000 }));
  expect(made.isBounded).toBe(false);
  assertThat(made).hasCount(5_000);
  assertThat(made.apply(reifyTimestamps())).satisfies((all) =>
    all.every(({ value, timestamp }) => timestamp === value * 50),
  );
  await p.run(directRunner());
});

test('windows close while it goes on', async () => {
  const p = new Pipeline();
  const made = p.apply(generateStream({ element: (i) => i, timestamp: (i) => i, maxElements: 10_000 }));
  const counts = made
    .windowInto(fixedWindows({ size: 1_000 }))
    .keyBy(() => 'all')
    .combinePerKey(count)
    .apply(reifyWindows())
    .map(({ value, pane }) => `${value.value} ${pane.timing}`);
  assertThat(counts).containsInAnyOrder(Array.from({ length: 10 }, () => '1000 ON_TIME'));
  await p.run(directRunner());
});

test('without a timestamp of its own an element has the time at which it is made', async () => {
  const before = Date.now();
  const p = new Pipeline();
  const made = p.apply(generateStream({ element: (i) => i, maxElements: 3 })).apply(reifyTimestamps());
  assertThat(made).satisfies((all) => all.every(({ timestamp }) => timestamp >= before && timestamp <= Date.now()));
  await p.run(directRunner());
});

test('a rate says when elements are due, on the clock of the run', async () => {
  const host = virtualHost();
  const p = new Pipeline();
  const early: number[] = [];
  p.apply(generateStream({ element: (i) => i, elementsPerSecond: 10, maxElements: 50 })).map((i) => {
    if (host.clock.now() < i * 100) early.push(i);
    return i;
  });
  await p.run(directRunner({ host }));
  expect(early).toEqual([]);
  expect(host.clock.now()).toBeGreaterThanOrEqual(4_900);
  expect(host.clock.now()).toBeLessThan(10_000);
});

test('it goes on where it was: reading it in parts, at any moment, gives each element once', async () => {
  await assertSourceLaws(sourceOf(generateStream({ element: (i) => i, timestamp: (i) => i, maxElements: 4_500 })));
});

describe('one that never ends', () => {
  test('says so, and ends when the job drains', async () => {
    const source = sourceOf(generateStream({ element: (i) => i }));
    const context = { host: nodeHost(), signal: new AbortController().signal, step: 'x' };
    const restriction = await source.initialRestriction(undefined, context);
    expect({ isBounded: source.isBounded?.(restriction), left: source.truncate?.(restriction) }).toEqual({
      isBounded: false,
      left: undefined,
    });
    const p = new Pipeline();
    const drain = new AbortController();
    const made = p.apply(generateStream({ element: (i) => i, timestamp: (i) => i })).map((i) => {
      if (i === 3_000) drain.abort();
      return i;
    });
    assertThat(made.filter((i) => i <= 3_000)).hasCount(3_001);
    await p.run(directRunner(), { drain: drain.signal });
  });
});

test.each([
  [{ elementsPerSecond: 0 }, /elementsPerSecond is 0 but must be above 0/],
  [{ elementsPerSecond: Number.POSITIVE_INFINITY }, /elementsPerSecond is Infinity/],
  [{ maxElements: 1.5 }, /maxElements is 1\.5 but must be a whole number of 0 or more/],
])('%o is refused', (options, message) => {
  expect(() => generateStream({ element: (i) => i, ...options })).toThrow(message);
});

test('elements that are promises are refused with the step and what to do', async () => {
  const p = new Pipeline();
  p.apply(generateStream({ element: async (i) => i, maxElements: 3 }), { name: 'Ticks' });
  await expect(p.run(directRunner())).rejects.toThrow(/^Ticks.*: its function element gives a promise\..*\.map\(async/);
});
