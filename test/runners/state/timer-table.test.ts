import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CoderError,
  GLOBAL_WINDOW,
  interval,
  MAX_TIMESTAMP,
  type StateSpace,
  type StateStore,
  type Timestamp,
} from '../../../model/index.ts';
import { MemoryDisk, type SetTimer, type TimerId, TimerTable } from '../../../runners/state/index.ts';
import { type Place, PLACES } from './stores.ts';

const codegen = process.env['VIGA_CODEGEN'] !== 'off';
const WINDOW = interval(0, 1000);

const timer = (key: unknown, timestamp: Timestamp, more: Partial<SetTimer> = {}): SetTimer => ({
  key,
  window: WINDOW,
  family: 'f',
  tag: '',
  timestamp,
  outputTimestamp: timestamp,
  ...more,
});

const popAll = (table: TimerTable, until: Timestamp = MAX_TIMESTAMP): SetTimer[] => {
  const popped: SetTimer[] = [];
  for (let next = table.pop(until); next !== undefined; next = table.pop(until)) popped.push(next);
  return popped;
};

describe.each([
  ['in memory only', false],
  ['with all timers on disk', true],
])('a table %s', (_name, spills) => {
  const make = (timers: readonly SetTimer[]): TimerTable => {
    const table = new TimerTable({ space: spills ? new MemoryDisk('a').open().space('timers') : undefined, codegen });
    for (const one of timers) {
      table.set(one);
      table.spill();
    }
    return table;
  };

  test('gives timers by time, up to an instant', () => {
    const table = make([timer('a', 30), timer('b', 10), timer('c', 20)]);
    expect(table.next()).toBe(10);
    expect(popAll(table, 20).map(({ key }) => key)).toEqual(['b', 'c']);
    expect([table.next(), popAll(table).map(({ key }) => key), table.next()]).toEqual([30, ['a'], undefined]);
  });

  test('gives timers of one time in the same order, however they were set', () => {
    const timers = ['b', 'a', 1, { x: 1 }, 'c'].flatMap((key) => [timer(key, 5), timer(key, 5, { tag: 't' })]);
    const keys = popAll(make(timers)).map(({ key, tag }) => [key, tag]);
    expect(popAll(make(timers.toReversed())).map(({ key, tag }) => [key, tag])).toEqual(keys);
  });

  test('the latest set of a timer counts', () => {
    const table = make([timer('a', 10), timer('a', 20), timer('a', 15)]);
    expect(popAll(table).map(({ timestamp }) => timestamp)).toEqual([15]);
  });

  test('families, tags, windows and keys tell timers apart', () => {
    const table = make([
      timer('a', 1),
      timer('a', 2, { tag: 't' }),
      timer('a', 3, { family: 'g' }),
      timer('a', 4, { window: GLOBAL_WINDOW }),
      timer('b', 5),
    ]);
    table.clear(timer('a', 0, { tag: 't' }));
    expect(popAll(table).map(({ timestamp }) => timestamp)).toEqual([1, 3, 4, 5]);
  });

  test('holds the earliest output timestamp of those that are set', () => {
    const table = make([
      timer('a', 50, { outputTimestamp: 5 }),
      timer('b', 40, { outputTimestamp: 3 }),
      timer('c', 10),
    ]);
    expect(table.hold()).toBe(3);
    table.clear(timer('b', 0));
    expect(table.hold()).toBe(5);
    table.clear(timer('a', 0));
    expect(table.hold()).toBe(10);
    popAll(table);
    expect(table.hold()).toBe(MAX_TIMESTAMP);
  });

  test('timers whose output is at the end of time hold nothing', () => {
    const table = make([
      timer('a', 1, { outputTimestamp: MAX_TIMESTAMP }),
      timer('b', 2, { outputTimestamp: MAX_TIMESTAMP }),
    ]);
    expect(table.hold()).toBe(MAX_TIMESTAMP);
    expect(popAll(table)).toHaveLength(2);
  });

  test('a timer that is set while others fire comes in its place', () => {
    const table = make([timer('a', 10), timer('b', 20)]);
    expect(table.pop(100)?.key).toBe('a');
    table.set(timer('a', 15));
    expect(popAll(table).map(({ key, timestamp }) => [key, timestamp])).toEqual([
      ['a', 15],
      ['b', 20],
    ]);
  });

  test('keys and windows come back as they were', () => {
    const window = { maxTimestamp: 7, name: 'x' };
    const key = { z: 1, a: [new Date(3)] };
    const [popped] = popAll(make([timer(key, 1, { window, tag: 'é€', outputTimestamp: 0 })]));
    expect(popped).toMatchObject({ key, window, family: 'f', tag: 'é€', timestamp: 1, outputTimestamp: 0 });
    expect(Object.keys(popped?.key as object)).toEqual(['z', 'a']);
  });
});

test('a thousand timers go to disk and come back in order, some at a time', () => {
  const table = new TimerTable({ space: new MemoryDisk('a').open().space('timers'), codegen });
  for (let i = 0; i < 1000; i += 1) table.set(timer(i, (i * 7919) % 1000));
  table.spill();
  expect(table.bytes()).toBe(0);
  expect(table.pop(0)?.timestamp).toBe(0);
  expect(table.bytes()).toBeLessThan(500 * 400);
  expect(popAll(table).map(({ timestamp }) => timestamp)).toEqual(Array.from({ length: 999 }, (_, i) => i + 1));
});

test('timers that are new take memory back and forth without a look at those on disk', async () => {
  const disk = new MemoryDisk('a');
  const store = disk.open();
  const space = store.space('timers');
  let reads = 0;
  const counted: StateSpace = {
    get(key) {
      reads++;
      return space.get(key);
    },
    put: (...row) => space.put(...row),
    delete: (key) => space.delete(key),
    deleteRange: (...range) => space.deleteRange(...range),
    scan: (...range) => space.scan(...range),
  };
  const table = new TimerTable({ space: counted, codegen });
  const times = Array.from({ length: 10_000 }, (_, i) => (i * 7919) % 10_000);
  for (const time of times) {
    table.add(timer(time, time));
    if (time % 1_000 === 0) table.spill();
  }
  expect(reads).toBe(0);
  for (let i = 0; i < 5_000; i++) expect(table.pop(MAX_TIMESTAMP)?.timestamp).toBe(i);
  table.add(timer(1, 1));
  table.save();
  await store.commit(1);
  store.close();
  const again = new TimerTable({ space: disk.open().space('timers'), codegen });
  const expected = [1, ...Array.from({ length: 5_000 }, (_, i) => 5_000 + i)];
  expect(popAll(again).map(({ timestamp }) => timestamp)).toEqual(expected);
});

test('timers that have fired leave nothing behind', () => {
  const store = new MemoryDisk('a').open();
  const table = new TimerTable({ space: store.space('timers'), codegen });
  for (let i = 0; i < 10_000; i += 1) table.set(timer(i, i));
  table.save();
  popAll(table);
  table.save();
  expect([store.spaces(), table.bytes()]).toEqual([[], 0]);
});

test('more runs than are read side by side become fewer, and the latest set of each timer counts, after a restart too', async () => {
  const disk = new MemoryDisk('a');
  const store = disk.open();
  const table = new TimerTable({ space: store.space('timers'), codegen });
  const expected = new Map<string, number>();
  const output = (at: number): number => at - 5 + (at % 3);
  for (let round = 0; round < 70; round += 1) {
    for (let i = 0; i < 60; i += 1) {
      const key = `key ${(round * 37 + i * 11) % 1500}`;
      if (i % 20 === 19) {
        table.clear(timer(key, 0));
        expected.delete(key);
        continue;
      }
      const at = 100 + ((round * 7919 + i * 104_729) % 10_000);
      table.set(timer(key, at, { outputTimestamp: output(at) }));
      expected.set(key, at);
    }
    table.spill();
  }
  table.save();
  await store.commit(1);
  disk.crash();
  const restored = new TimerTable({ space: disk.open().space('timers'), codegen });
  expect(restored.hold()).toBe(Math.min(...[...expected.values()].map(output)));
  const popped = popAll(restored);
  expect(popped.map(({ timestamp }) => timestamp)).toEqual([...expected.values()].sort((a, b) => a - b));
  expect(new Map(popped.map(({ key, timestamp }) => [key, timestamp]))).toEqual(expected);
});

test('a timer without bytes ends the spill, and none is lost', () => {
  const table = new TimerTable({ space: new MemoryDisk('a').open().space('timers'), codegen });
  for (let i = 0; i < 1_000; i += 1) table.set(timer(i, i));
  table.spill();
  table.set(timer(1, 5_000));
  class Point {
    readonly x = 1;
  }
  table.set(timer(new Point(), 10_000));
  expect(() => table.spill()).toThrow(CoderError);
  expect(() => table.save()).toThrow(CoderError);
  table.clear(timer(new Point(), 0));
  table.spill();
  const times = popAll(table).map(({ timestamp }) => timestamp);
  expect(times).toEqual([0, ...Array.from({ length: 998 }, (_, i) => i + 2), 5_000]);
});

const id = fc.record({
  key: fc.constantFrom<unknown>('a', 'b', { x: 1 }),
  window: fc.constantFrom(WINDOW, GLOBAL_WINDOW),
  family: fc.constantFrom('f', 'g'),
  tag: fc.constantFrom('', 't'),
});
const time = fc.integer({ min: 0, max: 9 });
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('set' as const), id, time, output: fc.option(time) }) },
  fc.record({ kind: fc.constant('clear' as const), id }),
  fc.record({ kind: fc.constant('undone' as const), id, time: fc.option(time), until: time }),
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('pop' as const), until: time }) },
  fc.record({ kind: fc.constant('spill' as const) }),
  fc.record({ kind: fc.constant('commit' as const) }),
  fc.record({ kind: fc.constant('crash' as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const textOf = ({ key, window, family, tag }: TimerId): string => JSON.stringify([key, window, family, tag]);
const setOf = ({ id: of, time: timestamp, output }: Extract<Step, { kind: 'set' }>): SetTimer => ({
  ...of,
  timestamp,
  outputTimestamp: output ?? timestamp,
});

/** A table on a store that crashes, beside a plain map that does the same. */
class Job {
  readonly #place: Place;
  #store!: StateStore;
  #table!: TimerTable;
  #durable = new Map<string, SetTimer>();
  #now = new Map<string, SetTimer>();

  constructor(place: Place) {
    this.#place = place;
  }

  async open(): Promise<void> {
    this.#store = await this.#place.open();
    this.#table = new TimerTable({ space: this.#store.space('timers'), codegen });
  }

  async do(one: Step): Promise<void> {
    if (one.kind === 'set') {
      this.#table.set(setOf(one));
      this.#now.set(textOf(one.id), setOf(one));
    } else if (one.kind === 'clear') {
      this.#table.clear(one.id);
      this.#now.delete(textOf(one.id));
    } else if (one.kind === 'undone') this.#doAndUndo(one);
    else if (one.kind === 'pop') this.#pop(one.until);
    else if (one.kind === 'spill') this.#table.spill();
    else await this.#atCut(one.kind);
  }

  /** A call that fails: it sets or clears a timer while others fire, and takes that back. */
  #doAndUndo({ id: of, time: at, until }: Extract<Step, { kind: 'undone' }>): void {
    const undo = this.#table.remember(of);
    const before = this.#now.get(textOf(of));
    this.#now.delete(textOf(of));
    if (at === null) this.#table.clear(of);
    else {
      // It is not to fire meanwhile: its key waits for the call.
      this.#table.set(setOf({ kind: 'set', id: of, time: at + 100, output: at }));
      this.#now.set(textOf(of), setOf({ kind: 'set', id: of, time: at + 100, output: at }));
    }
    this.#pop(until);
    if (at !== null) this.compare();
    undo();
    this.#now.delete(textOf(of));
    if (before !== undefined) this.#now.set(textOf(of), before);
  }

  async #atCut(kind: 'commit' | 'crash'): Promise<void> {
    if (kind === 'commit') {
      this.#table.save();
      await this.#store.commit(this.#store.epoch + 1);
      this.#durable = new Map(this.#now);
    } else {
      this.#place.crash();
      await this.open();
      this.#now = new Map(this.#durable);
    }
  }

  #pop(until: Timestamp): void {
    const first = Math.min(...Array.from(this.#now.values(), ({ timestamp }) => timestamp));
    const popped = this.#table.pop(until);
    expect(popped?.timestamp).toBe(first <= until ? first : undefined);
    if (popped === undefined) return;
    expect(this.#now.get(textOf(popped))).toMatchObject({ timestamp: first, outputTimestamp: popped.outputTimestamp });
    this.#now.delete(textOf(popped));
  }

  compare(): void {
    const timers = [...this.#now.values()];
    expect(this.#table.hold()).toBe(Math.min(MAX_TIMESTAMP, ...timers.map(({ outputTimestamp }) => outputTimestamp)));
    expect(this.#table.next() ?? Number.POSITIVE_INFINITY).toBe(Math.min(...timers.map(({ timestamp }) => timestamp)));
    for (const set of timers) {
      const held = this.#table.inMemory(set);
      if (held !== undefined)
        expect(held).toMatchObject({ timestamp: set.timestamp, outputTimestamp: set.outputTimestamp });
    }
  }
}

test.each(PLACES)(
  'any use of timers, with spills, crashes and restarts, is that of a plain map (%s)',
  async (_name, makePlace) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.array(fc.boolean()), async (steps, compares) => {
        const place = makePlace();
        const job = new Job(place);
        try {
          await job.open();
          for (const [at, one] of steps.entries()) {
            await job.do(one);
            // Not always: what is looked at is read from disk.
            if (compares[at] === true) job.compare();
          }
          job.compare();
        } finally {
          place.dispose();
        }
      }),
      { numRuns: makePlace === PLACES[0]?.[1] ? 500 : 40 },
    );
  },
);

test('a timer that was read from disk, has fired and is saved holds nothing any more', () => {
  const table = new TimerTable({ space: new MemoryDisk('a').open().space('timers'), codegen });
  table.set(timer('a', 10, { outputTimestamp: 1 }));
  table.set(timer('b', 20, { outputTimestamp: 2 }));
  table.spill();
  expect(table.hold()).toBe(1);
  expect(table.pop(10)?.key).toBe('a');
  table.save();
  expect(table.hold()).toBe(2);
});
