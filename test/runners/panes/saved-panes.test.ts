// What a save writes, and what is given back with memory.
import { describe, expect, test } from 'vitest';
import {
  afterCount,
  ElementError,
  fixedWindows,
  type Firing,
  mean,
  never,
  type StateStore,
  sum,
  windowingStrategy,
} from '../../../model/index.ts';
import { MemoryDisk } from '../../../runners/state/index.ts';
import { add, type AnyCombineFn, end, type Event, restart, save, Script, spill } from './script.ts';

const tens = fixedWindows({ size: 10 });
const KEPT: Firing = { trigger: never(), accumulationMode: 'discarding' };

/** A store that counts what is written to it. */
function counted(): { readonly store: () => StateStore; readonly rows: string[]; bytes: number } {
  const disk = new MemoryDisk('job');
  const counts = {
    rows: [] as string[],
    bytes: 0,
    store(): StateStore {
      const store = disk.open();
      const open = store.space.bind(store);
      store.space = (name) => {
        const space = open(name);
        const put = space.put.bind(space);
        space.put = (key, value) => {
          counts.rows.push(name);
          counts.bytes += value.length;
          put(key, value);
        };
        return space;
      };
      return store;
    },
  };
  return counts;
}

const scriptOn = (store: () => StateStore, firing: Firing, fn?: AnyCombineFn): Script =>
  new Script(windowingStrategy('Window', tens, firing), { store, fn });

test.each<[string, AnyCombineFn | undefined]>([
  ['numbers', sum],
  ['objects', mean],
  ['lists', undefined],
])('a save writes the slots that have changed since the last one: %s', async (_name, fn) => {
  const counts = counted();
  const script = scriptOn(counts.store, {}, fn);
  const slots = (): number => counts.rows.splice(0).filter((name) => name === 'slots').length;
  await script.tell(add('a', 1, 0), add('b', 2, 0), add('a', 3, 15), save);
  expect(slots()).toBe(3);
  await script.tell(add('b', 4, 0), save);
  expect(slots()).toBe(1);
  await script.tell(save);
  expect(slots()).toBe(0);
});

describe.each<[string, Firing]>([
  ['with the default trigger', {}],
  ['with any other', KEPT],
])('lists, %s,', (_name, firing) => {
  test('are never written again: a save appends what is new', async () => {
    const counts = counted();
    const script = scriptOn(counts.store, firing);
    await script.tell(...Array.from({ length: 1_000 }, (_, i) => add('a', `value ${i}`, 0)), save);
    expect(counts.bytes).toBeGreaterThan(10_000);
    counts.bytes = 0;
    await script.tell(add('a', 'more', 0), save, restart, add('a', 'last', 0), save);
    expect(counts.bytes).toBeLessThan(200);
    await script.tell(end);
    expect(script.fired.map(({ value }) => (value as unknown[]).length)).toEqual([1_002]);
    expect(script.fired.map(({ value }) => (value as unknown[]).slice(-2))).toEqual([['more', 'last']]);
  });

  test('take no memory once they are on disk, and hold the watermark all the same', async () => {
    const script = scriptOn(counted().store, firing);
    const many = Array.from({ length: 40_000 }, (_, i): Event => add(`key ${i % 10_000}`, `value ${i}`, 0));
    await script.tell(...many);
    expect([script.grouping.canSpill, script.grouping.hold()]).toEqual([true, 9]);
    await script.tell(spill);
    expect([script.grouping.canSpill, script.grouping.hold()]).toEqual([false, 9]);
    // What is left is that a timestamp is owed.
    expect(script.grouping.bytes()).toBeLessThan(500);
    await script.tell(end);
    expect(script.fired.length).toBe(10_000);
    expect(script.fired.every(({ value }) => (value as unknown[]).length === 4)).toBe(true);
  });
});

test('without a store nothing can be given back', async () => {
  const script = new Script(windowingStrategy('Window', tens, {}));
  await script.tell(...Array.from({ length: 30_000 }, (_, i) => add(i, 'value', 0)));
  expect(script.grouping.bytes()).toBeGreaterThan(1 << 20);
  expect(script.grouping.canSpill).toBe(false);
  await script.tell(spill, end);
  expect(script.fired.length).toBe(30_000);
});

test.each<[string, Firing]>([
  ['in slots', {}],
  ['in cells', { trigger: afterCount(9), accumulationMode: 'discarding', allowDataLoss: true }],
])('what has no bytes can not be saved, which names the step and two ways out: %s', async (_name, firing) => {
  const script = scriptOn(counted().store, firing);
  const error: unknown = await script
    .tell(
      add('a', () => 1, 0),
      save,
    )
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ElementError);
  expect((error as Error).message).toMatch(
    /^Group: what it keeps can't be saved: .*\. It has to outlive the process\. Group plain data, or give the combine function an accumulatorCoder\.$/,
  );
});
