// What slots that are forgotten become: sorted runs on disk, which are read side by side.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  encodeKey,
  fixedWindows,
  interval,
  structuralCoder,
  tableKey,
  windowingStrategy,
} from '../../../model/index.ts';
import { SlotRows } from '../../../runners/panes/slot-rows.ts';
import { MemoryDisk } from '../../../runners/state/index.ts';
import { add, end, restart, Script, spill } from './script.ts';

const WINDOW = interval(0, 10);

/** A key of any kind, many of them equal. */
const anyKey = fc.oneof(
  fc.integer({ min: -3, max: 300 }),
  fc.string({ maxLength: 2 }),
  fc.constantFrom<unknown>(null, true, 3n, -0, '\0', '\ud800', 'ñ'.repeat(20), { a: 1, b: [2] }, ['x']),
);

/** Rows in a store that is there for the whole test. */
function openRows() {
  const store = new MemoryDisk('job').open();
  const spaces = { saved: store.space('saved'), runs: store.space('runs'), counter: store.space('counter') };
  return { spaces, open: () => new SlotRows(spaces, structuralCoder) };
}

const formOf = (key: unknown) => tableKey(key, encodeKey);

test('what a key has in several runs comes out once, however often reading is broken off and begun again', () => {
  const oneRun = fc.array(fc.tuple(anyKey, fc.string({ maxLength: 400 })), { maxLength: 120 });
  const pieces = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(fc.array(oneRun, { maxLength: 5 }), pieces, (runs, sizes) => {
      const { spaces, open } = openRows();
      const expected = new Map<string, string[]>();
      let rows = open();
      for (const run of runs) {
        const slots = new Map(run.map(([key, part]) => [formOf(key), [key, part] as const]));
        const writer = rows.replace(WINDOW);
        for (const [form, [key, part]] of slots) {
          writer.add(form, key, part);
          const name = encodeKey(key);
          expected.set(name, [...(expected.get(name) ?? []), part]);
        }
        writer.finish();
        rows.endRun();
      }
      const given = new Map<string, unknown>();
      for (let round = 0; given.size < expected.size; round++) {
        rows = open();
        expect([...rows.windows()]).toEqual([WINDOW]);
        const merge = rows.merge(WINDOW);
        for (let i = sizes[round % sizes.length] ?? 1; i > 0; i--) {
          const group = merge.next();
          if (group === undefined) break;
          expect(given.has(encodeKey(group.key))).toBe(false);
          given.set(encodeKey(group.key), group.parts);
        }
        merge.trim();
      }
      expect(given).toEqual(expected);
      // What was given out is gone.
      expect([...open().windows()]).toEqual([]);
      expect([...spaces.runs.scan(), ...spaces.saved.scan()]).toEqual([]);
    }),
  );
});

test('what was saved of slots counts once when they are written as a run', () => {
  const { open } = openRows();
  const rows = open();
  rows.put(WINDOW, 'a', 'a', 1);
  rows.put(WINDOW, 'b', 'b', 2);
  const writer = rows.replace(WINDOW);
  writer.add('a', 'a', 1);
  writer.add('b', 'b', 5);
  writer.finish();
  rows.endRun();
  rows.put(WINDOW, 'b', 'b', 10);
  // A process that ends here leaves a run of its own behind.
  const merge = open().merge(WINDOW);
  expect([merge.next(), merge.next(), merge.next()]).toEqual([
    { key: 'a', parts: [1] },
    { key: 'b', parts: [5, 10] },
    undefined,
  ]);
});

test('a window that is larger than memory comes out bit by bit, and is gone from the store as far as it has come out', async () => {
  const store = new MemoryDisk('job').open();
  const script = new Script(windowingStrategy('Window', fixedWindows({ size: 10 }), {}), { store: () => store });
  const keys = 20_000;
  for (const value of ['first', 'second']) {
    await script.tell(...Array.from({ length: keys }, (_, i) => add(`key ${i}`, value, 0)), spill);
  }
  const rows = (): number => [...store.space('runs').scan()].length;
  const all = rows();
  expect(all).toBeGreaterThan(20);
  expect(all).toBeLessThan(keys / 10);
  script.time.inputWatermark = 10;
  for (let given = 1_000; given < keys; given += 1_000) {
    expect(script.grouping.advance(1_000)).toBe(false);
    expect(script.fired.length).toBe(given);
    expect(script.grouping.bytes()).toBe(0);
    expect(rows()).toBeLessThanOrEqual(all * (1 - given / keys) + 4);
  }
  await script.tell(end);
  expect(rows()).toBe(0);
  expect(new Set(script.fired.map(({ key }) => key)).size).toBe(keys);
  expect(script.fired.every(({ value }) => (value as string[]).join() === 'first,second')).toBe(true);
});

test('other windows go to disk and come back while one comes out of it', async () => {
  const disk = new MemoryDisk('job');
  const script = new Script(windowingStrategy('Window', fixedWindows({ size: 10 }), {}), { store: () => disk.open() });
  await script.tell(add('a', 1, 0), add('b', 2, 0), spill, add('a', 3, 5), add('c', 4, 12), add('c', 5, 13));
  script.time.inputWatermark = 10;
  expect(script.grouping.advance(1)).toBe(false);
  await script.tell(spill, restart, end);
  const fired = script.fired.map(({ key, value, window }) => [key, value, window]);
  expect(fired.map(([key, value]) => [key, value])).toEqual([
    ['a', [1, 3]],
    ['b', [2]],
    ['c', [4, 5]],
  ]);
});
