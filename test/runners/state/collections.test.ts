import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BoundedWindow, GLOBAL_WINDOW, interval, type StateStore, windowKey } from '../../../model/index.ts';
import { type CellCodec, ListCells, MapCells, MemoryDisk, SortedCells } from '../../../runners/state/index.ts';
import { type Place, PLACES } from './stores.ts';

const codegen = process.env['VIGA_CODEGEN'] !== 'off';
const WINDOW = interval(0, 10);

const texts: CellCodec<string> = {
  encode: (content, writer) => writer.writeString(content),
  decode: (reader) => reader.readString(),
};
/** What a set has beside its members. */
const nothing: CellCodec<undefined> = { encode: () => {}, decode: () => undefined };

describe('a list', () => {
  test('of a million bytes that went to disk has few rows, and is read without being held', () => {
    const store = new MemoryDisk('a').open();
    const space = store.space('list');
    const list = new ListCells({ space, codec: texts, codegen });
    const values = Array.from({ length: 10_000 }, (_, i) => String(i).padEnd(100));
    for (const value of values) list.add(WINDOW, 'k', value);
    list.spill();
    expect([...space.scan()].length).toBeLessThan(80);
    expect([...list.read(WINDOW, 'k')]).toEqual(values);
    expect(list.bytes()).toBeLessThan(1000);
  });

  test('that grows slowly has no row for each value', () => {
    const store = new MemoryDisk('a').open();
    const list = new ListCells({ space: store.space('list'), codec: texts, codegen });
    for (let i = 0; i < 100; i += 1) {
      list.add(WINDOW, 'k', 'a');
      list.save();
    }
    expect([...store.space('list').scan()].length).toBeLessThan(4);
    expect([...list.read(WINDOW, 'k')]).toHaveLength(100);
  });

  test('of values without bytes is as long as it was', () => {
    const list = new ListCells({ space: new MemoryDisk('a').open().space('list'), codec: nothing, codegen });
    for (let i = 0; i < 3; i += 1) list.add(WINDOW, 'k', undefined);
    list.spill();
    expect([...list.read(WINDOW, 'k')]).toEqual([undefined, undefined, undefined]);
  });

  test('is read as often as one likes, and as it is at that time', () => {
    const list = new ListCells({ space: undefined, codec: texts, codegen });
    const values = list.read(WINDOW, 'k');
    expect([...values]).toEqual([]);
    list.add(WINDOW, 'k', 'a');
    const seen = [];
    for (const value of values) {
      seen.push(value);
      list.add(WINDOW, 'k', 'added');
    }
    expect([seen, [...values]]).toEqual([['a'], ['a', 'added']]);
  });

  test('goes on being read when memory is given back', () => {
    const list = new ListCells({ space: new MemoryDisk('a').open().space('list'), codec: texts, codegen });
    list.add(WINDOW, 'k', 'a');
    list.spill();
    list.add(WINDOW, 'k', 'b');
    const seen = [];
    for (const value of list.read(WINDOW, 'k')) {
      seen.push(value);
      list.spill();
    }
    expect(seen).toEqual(['a', 'b']);
  });
});

describe('a map', () => {
  test('larger than memory gives each entry once, while they are deleted', () => {
    const map = new MapCells({ space: new MemoryDisk('a').open().space('map'), codec: texts, codegen });
    for (let i = 0; i < 1000; i += 1) map.set(WINDOW, 'k', i, 'v');
    map.spill();
    const seen = new Set<unknown>();
    for (const [key] of map.entries(WINDOW, 'k')) {
      expect(seen.has(key)).toBe(false);
      seen.add(key);
      map.delete(WINDOW, 'k', key);
      map.delete(WINDOW, 'k', (key as number) + 1);
    }
    expect(seen.size).toBe(500);
    expect(map.isEmpty(WINDOW, 'k')).toBe(true);
  });

  test('has the keys that it was given', () => {
    const map = new MapCells({ space: new MemoryDisk('a').open().space('map'), codec: texts, codegen });
    map.set(WINDOW, 'k', { z: 1, a: 2 }, 'v');
    map.spill();
    expect(map.get(WINDOW, 'k', { a: 2, z: 1 })).toBe('v');
    expect(Array.from(map.entries(WINDOW, 'k'), ([key]) => Object.keys(key as object))).toEqual([['z', 'a']]);
  });
});

const key = fc.constantFrom<unknown>('a', 'ab', { x: 1 });
const window = fc.constantFrom<BoundedWindow>(WINDOW, GLOBAL_WINDOW);
const time = fc.integer({ min: -3, max: 3 });
const member = fc.constantFrom<unknown>(1, '1', 'b', { y: 1 });
const value = fc.string({ maxLength: 2 });
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('add' as const), window, key, value }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('put' as const), window, key, member, value }) },
  fc.record({ kind: fc.constant('delete' as const), window, key, member }),
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('insert' as const), window, key, time, value }) },
  fc.record({ kind: fc.constant('clearRange' as const), window, key, from: time, to: time }),
  fc.record({ kind: fc.constant('take' as const), window, key, to: time, most: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ kind: fc.constant('clear' as const), window, key }),
  fc.record({ kind: fc.constant('deleteWindow' as const), window }),
  fc.record({ kind: fc.constant('save' as const) }),
  fc.record({ kind: fc.constant('spill' as const) }),
  fc.record({ kind: fc.constant('commit' as const) }),
  fc.record({ kind: fc.constant('crash' as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
type Of<K extends Step['kind']> = Extract<Step, { kind: K }>;

/** What one key has in one window, plainly. */
interface Plain {
  readonly list: readonly string[];
  readonly map: ReadonlyMap<string, readonly [unknown, string]>;
  readonly sorted: readonly { readonly timestamp: number; readonly value: string }[];
}
const NOTHING: Plain = { list: [], map: new Map(), sorted: [] };
const idOf = (at: BoundedWindow, of: unknown): string => `${windowKey(at)} ${JSON.stringify(of)}`;

/** Changes what a key has in a window. */
type Change = Of<'add' | 'put' | 'delete' | 'insert' | 'clearRange' | 'take'>;

/** The first of them that come before a time. */
const firstOf = ({ sorted }: Plain, { to, most }: Of<'take'>): Plain['sorted'] =>
  sorted.filter(({ timestamp }) => timestamp < to).slice(0, most);

function plainly(before: Plain, one: Change): Plain {
  const { list, map, sorted } = before;
  switch (one.kind) {
    case 'add':
      return { ...before, list: [...list, one.value] };
    case 'put':
      return { ...before, map: new Map(map).set(JSON.stringify(one.member), [one.member, one.value]) };
    case 'delete':
      return { ...before, map: new Map([...map].filter(([of]) => of !== JSON.stringify(one.member))) };
    case 'insert':
      return {
        ...before,
        sorted: [...sorted, { timestamp: one.time, value: one.value }].sort((a, b) => a.timestamp - b.timestamp),
      };
    case 'take':
      return { ...before, sorted: sorted.slice(firstOf(before, one).length) };
    default:
      return { ...before, sorted: sorted.filter(({ timestamp }) => timestamp < one.from || timestamp >= one.to) };
  }
}

/** Collections on a store that crashes, beside plain ones. */
class Job {
  readonly #place: Place;
  #store!: StateStore;
  #list!: ListCells<string>;
  #map!: MapCells<string>;
  #sorted!: SortedCells<string>;
  #durable = new Map<string, Plain>();
  #now = new Map<string, Plain>();

  constructor(place: Place) {
    this.#place = place;
  }

  async open(): Promise<void> {
    this.#store = await this.#place.open();
    const spec = (name: string) => ({ space: this.#store.space(name), codec: texts, codegen });
    this.#list = new ListCells(spec('list'));
    this.#map = new MapCells(spec('map'));
    this.#sorted = new SortedCells(spec('sorted'));
  }

  async do(one: Step): Promise<void> {
    const all = [this.#list, this.#map, this.#sorted];
    switch (one.kind) {
      case 'save':
        for (const each of all) each.save();
        break;
      case 'spill':
        for (const each of all) each.spill();
        break;
      case 'commit':
        for (const each of all) each.save();
        await this.#store.commit(this.#store.epoch + 1);
        this.#durable = new Map(this.#now);
        break;
      case 'crash':
        this.#place.crash();
        await this.open();
        this.#now = new Map(this.#durable);
        break;
      case 'clear':
        for (const each of all) each.clear(one.window, one.key);
        this.#now.delete(idOf(one.window, one.key));
        break;
      case 'deleteWindow':
        for (const each of all) each.deleteWindow(one.window);
        for (const id of this.#now.keys()) if (id.startsWith(`${windowKey(one.window)} `)) this.#now.delete(id);
        break;
      default:
        this.#write(one);
        this.#now.set(idOf(one.window, one.key), plainly(this.#now.get(idOf(one.window, one.key)) ?? NOTHING, one));
    }
  }

  #write(one: Change): void {
    if (one.kind === 'add') this.#list.add(one.window, one.key, one.value);
    else if (one.kind === 'put') this.#map.set(one.window, one.key, one.member, one.value);
    else if (one.kind === 'delete') this.#map.delete(one.window, one.key, one.member);
    else if (one.kind === 'insert') this.#sorted.add(one.window, one.key, { timestamp: one.time, value: one.value });
    else if (one.kind === 'take') {
      const expected = firstOf(this.#now.get(idOf(one.window, one.key)) ?? NOTHING, one);
      expect(this.#sorted.take(one.window, one.key, one.to, one.most)).toEqual(expected);
    } else this.#sorted.clearRange(one.window, one.key, one.from, one.to);
  }

  compare(at: BoundedWindow, of: unknown): void {
    const { list, map, sorted } = this.#now.get(idOf(at, of)) ?? NOTHING;
    expect([...this.#list.read(at, of)]).toEqual(list);
    expect(this.#list.isEmpty(at, of)).toBe(list.length === 0);
    const entries = Array.from(this.#map.entries(at, of), (entry) => JSON.stringify(entry)).sort();
    expect(entries).toEqual(Array.from(map.values(), (entry) => JSON.stringify(entry)).sort());
    for (const each of [1, '1', 'b', { y: 1 }]) {
      expect(this.#map.get(at, of, each)).toBe(map.get(JSON.stringify(each))?.[1]);
      expect(this.#map.has(at, of, each)).toBe(map.has(JSON.stringify(each)));
    }
    for (const [from, to] of [
      [-9, 9],
      [-1, 2],
      [2, 1],
    ] as const) {
      expect([...this.#sorted.range(at, of, from, to)]).toEqual(
        sorted.filter(({ timestamp }) => timestamp >= from && timestamp < to),
      );
    }
    expect(this.#sorted.isEmpty(at, of)).toBe(sorted.length === 0);
  }
}

test.each(PLACES)(
  'any use of collections, with spills, crashes and restarts, is that of plain ones (%s)',
  async (_name, makePlace) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.boolean(), async (steps, comparesOften) => {
        const place = makePlace();
        const job = new Job(place);
        try {
          await job.open();
          for (const one of steps) {
            await job.do(one);
            // Not always: what is read is in memory afterwards.
            if (comparesOften) job.compare(WINDOW, 'a');
          }
          for (const at of [WINDOW, GLOBAL_WINDOW]) for (const of of ['a', 'ab', { x: 1 }]) job.compare(at, of);
        } finally {
          place.dispose();
        }
      }),
      { numRuns: makePlace === PLACES[0]?.[1] ? 500 : 40 },
    );
  },
);
