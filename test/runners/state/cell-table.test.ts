import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type BoundedWindow,
  GLOBAL_WINDOW,
  interval,
  keyEncoder,
  type StateSpace,
  type StateStore,
  windowKey,
} from '../../../model/index.ts';
import { type CellCodec, CellTable, MemoryDisk } from '../../../runners/state/index.ts';
import { type Place, PLACES } from './stores.ts';

const texts: CellCodec<string> = {
  encode: (content, writer) => writer.writeString(content),
  decode: (reader) => reader.readString(),
};

const codegen = process.env['VIGA_CODEGEN'] !== 'off';

const tableOn = (space: StateSpace | undefined): CellTable<string> =>
  new CellTable({ space, codec: texts, keys: keyEncoder({ codegen }), codegen });

const A = interval(0, 10);
const B = interval(-10, 0);

const contentsOf = (table: CellTable<string>, window: BoundedWindow): (readonly [unknown, string])[] =>
  Array.from(table.in(window), ({ key, content }) => [key, content] as const).sort((a, b) =>
    String(a) < String(b) ? -1 : 1,
  );

test('a cell is there until it is deleted', () => {
  const table = tableOn(undefined);
  table.add(A, 'ana', 'a');
  expect(table.find(A, 'ana')?.content).toBe('a');
  expect([table.find(B, 'ana'), table.find(A, 'bea')]).toEqual([undefined, undefined]);
  table.delete(A, 'ana');
  expect([table.find(A, 'ana'), [...table.windows()]]).toEqual([undefined, []]);
});

describe.each([
  ['in memory only', false],
  ['with all cells on disk', true],
])('a table %s', (_name, spills) => {
  const make = (): CellTable<string> => {
    const table = tableOn(spills ? new MemoryDisk('a').open().space('cells') : undefined);
    const { add } = table;
    table.add = (...args) => {
      const cell = add.apply(table, args);
      table.spill();
      return cell;
    };
    return table;
  };

  test('knows its windows', () => {
    const table = make();
    table.add(A, 1, '');
    table.add(A, 2, '');
    table.add(GLOBAL_WINDOW, 1, '');
    expect([...table.windows()].map(windowKey).sort()).toEqual(['0,10', 'g']);
    table.delete(A, 1);
    table.delete(GLOBAL_WINDOW, 1);
    expect([...table.windows()].map(windowKey)).toEqual(['0,10']);
  });

  test('deletes a window with all its cells', () => {
    const table = make();
    table.add(A, 1, '');
    table.add(A, 2, '');
    table.add(B, 1, 'stays');
    table.deleteWindow(A);
    expect([contentsOf(table, A), contentsOf(table, B)]).toEqual([[], [[1, 'stays']]]);
  });

  test('gives the cells of a window while they are changed, deleted and added', () => {
    const table = make();
    for (let key = 0; key < 100; key += 1) table.add(A, key, 'old');
    const seen: unknown[] = [];
    for (const cell of table.in(A)) {
      seen.push(cell.key);
      cell.content = 'new';
      cell.isChanged = true;
      if ((cell.key as number) % 2 === 0) table.delete(A, cell.key);
      if (cell.key === 50) table.add(A, 'added', 'added');
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBeGreaterThanOrEqual(100);
    expect(contentsOf(table, A).filter(([key]) => key !== 'added')).toEqual(
      Array.from({ length: 50 }, (_, i) => [i * 2 + 1, 'new']).sort((a, b) => (String(a) < String(b) ? -1 : 1)),
    );
  });

  test('a cell that is deleted while its window is gone through does not come', () => {
    const table = make();
    for (let key = 0; key < 30; key += 1) table.add(A, key, '');
    const seen: unknown[] = [];
    for (const { key } of table.in(A)) {
      seen.push(key);
      for (let other = 0; other < 30; other += 1) if (other !== key) table.delete(A, other);
    }
    expect(seen).toHaveLength(1);
  });

  test('keys come back as they were', () => {
    const table = make();
    const keys: unknown[] = [
      'a',
      '',
      '\0',
      '\0[',
      '1',
      1,
      -1.5,
      0,
      2 ** 40,
      1n,
      -(2n ** 70n),
      true,
      false,
      null,
      '\ud800',
      'é€',
      { z: 1, a: 'x' },
      [1, [2]],
      new Date(5),
      Uint8Array.of(1, 2),
      new Map([['k', { v: 1 }]]),
      new Set([1]),
    ];
    for (const key of keys) table.add(A, key, 'of one');
    expect(Array.from(table.in(A), ({ key }) => key)).toHaveLength(keys.length);
    for (const key of keys) expect(table.find(A, key)?.key).toEqual(key);
    expect(Object.keys(table.find(A, { a: 'x', z: 1 })?.key as object)).toEqual(['z', 'a']);
  });

  test('windows of any kind come back as they were', () => {
    const table = make();
    const day = { maxTimestamp: 99, day: 'monday', rest: { z: 1, a: 2 } };
    const same = { day: 'monday', maxTimestamp: 99, rest: { a: 2, z: 1 } };
    table.add(day, 'k', 'v');
    expect([...table.windows()]).toEqual([day]);
    expect(table.find(same, 'k')?.content).toBe('v');
  });
});

test('a change after a spill in the middle of a window is written', () => {
  const table = tableOn(new MemoryDisk('a').open().space('cells'));
  for (let key = 0; key < 40; key += 1) table.add(A, key, 'old');
  table.spill();
  for (const cell of table.in(A)) {
    const next = table.find(A, (cell.key as number) + 1);
    if (next !== undefined) Object.assign(next, { content: `${next.content}+`, isChanged: true });
    table.spill();
    Object.assign(cell, { content: `${cell.content}!`, isChanged: true });
  }
  table.spill();
  const contents = Array.from(table.in(A), ({ content }) => content).sort();
  expect(contents).toEqual(['old!', ...new Array(39).fill('old+!')].sort());
});

test('what is deleted before it was ever saved needs no row', () => {
  const store = new MemoryDisk('a').open();
  const table = tableOn(store.space('cells'));
  for (let key = 0; key < 5000; key += 1) {
    table.add(A, key, '');
    table.delete(A, key);
  }
  table.save();
  expect(store.spaces()).toEqual([]);
});

test('memory is given back by a spill, and asked for by an estimate', () => {
  const table = tableOn(new MemoryDisk('a').open().space('cells'));
  for (let key = 0; key < 20_000; key += 1) table.add(A, key, 'x'.repeat(100));
  expect(table.bytes()).toBeGreaterThan(2_000_000);
  expect(table.canSpill).toBe(true);
  table.spill();
  expect([table.bytes(), table.canSpill, table.find(A, 7)?.content]).toEqual([0, false, 'x'.repeat(100)]);
});

/** Steps of the property: what a job does with a table. */
const window = fc.constantFrom(A, B, GLOBAL_WINDOW);
const key = fc.constantFrom<unknown>('a', 'b', 1, { x: 1, y: 2 });
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('write' as const), window, key, content: fc.string({ maxLength: 3 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), window, key }) },
  fc.record({ kind: fc.constant('deleteWindow' as const), window }),
  fc.record({ kind: fc.constant('rewrite' as const), window, deletes: fc.boolean(), spills: fc.boolean() }),
  fc.record({ kind: fc.constant('spill' as const) }),
  fc.record({ kind: fc.constant('commit' as const) }),
  fc.record({ kind: fc.constant('crash' as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A plain map that does the same. */
class Model {
  durable = new Map<string, readonly [unknown, string]>();
  now = new Map<string, readonly [unknown, string]>();
  idOf = (at: BoundedWindow, of: unknown): string => `${windowKey(at)} ${JSON.stringify(of)}`;
  in = (at: BoundedWindow): (readonly [unknown, string])[] =>
    [...this.now].flatMap(([id, entry]) => (id.startsWith(`${windowKey(at)} `) ? [entry] : []));

  do(one: Step): void {
    if (one.kind === 'write') this.now.set(this.idOf(one.window, one.key), [one.key, one.content]);
    else if (one.kind === 'delete') this.now.delete(this.idOf(one.window, one.key));
    else if (one.kind === 'commit') this.durable = new Map(this.now);
    else if (one.kind === 'crash') this.now = new Map(this.durable);
    else if (one.kind === 'deleteWindow')
      for (const [of] of this.in(one.window)) this.now.delete(this.idOf(one.window, of));
    else if (one.kind === 'rewrite') {
      for (const [of, content] of this.in(one.window)) {
        if (one.deletes) this.now.delete(this.idOf(one.window, of));
        else this.now.set(this.idOf(one.window, of), [of, `${content}.`]);
      }
    }
  }
}

/** A table on a store that crashes. */
class Job {
  readonly #place: Place;
  #store!: StateStore;
  table!: CellTable<string>;

  constructor(place: Place) {
    this.#place = place;
  }

  async open(): Promise<void> {
    this.#store = await this.#place.open();
    this.table = tableOn(this.#store.space('cells'));
  }

  async do(one: Step): Promise<void> {
    const { table } = this;
    if (one.kind === 'delete') table.delete(one.window, one.key);
    else if (one.kind === 'deleteWindow') table.deleteWindow(one.window);
    else if (one.kind === 'spill') table.spill();
    else if (one.kind === 'commit') {
      table.save();
      await this.#store.commit(this.#store.epoch + 1);
    } else if (one.kind === 'crash') {
      this.#place.crash();
      await this.open();
    } else if (one.kind === 'write') {
      const cell = table.find(one.window, one.key);
      if (cell === undefined) table.add(one.window, one.key, one.content);
      else Object.assign(cell, { content: one.content, isChanged: true });
    } else if (one.kind === 'rewrite') {
      for (const cell of table.in(one.window)) {
        if (one.deletes) table.delete(one.window, cell.key);
        else Object.assign(cell, { content: `${cell.content}.`, isChanged: true });
        if (one.spills) table.spill();
      }
    }
  }
}

test.each(PLACES)(
  'any use of a table, with spills, crashes and restarts, is that of a plain map (%s)',
  async (_name, makePlace) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const place = makePlace();
        const job = new Job(place);
        const model = new Model();
        try {
          await job.open();
          for (const one of steps) {
            await job.do(one);
            model.do(one);
          }
          for (const at of [A, B, GLOBAL_WINDOW]) {
            const sorted = (entries: readonly (readonly [unknown, string])[]): unknown[] =>
              entries.map((entry) => JSON.stringify(entry)).sort();
            expect(sorted(Array.from(job.table.in(at), ({ key: of, content }) => [of, content] as const))).toEqual(
              sorted(model.in(at)),
            );
          }
          expect([...job.table.windows()].map(windowKey).sort()).toEqual(
            [A, B, GLOBAL_WINDOW]
              .filter((at) => model.in(at).length > 0)
              .map(windowKey)
              .sort(),
          );
        } finally {
          place.dispose();
        }
      }),
      { numRuns: makePlace === PLACES[0]?.[1] ? 500 : 60 },
    );
  },
);

test('contents that grow while nothing is saved are counted', () => {
  const table = tableOn(new MemoryDisk('a').open().space('cells'));
  for (let key = 0; key < 10; key += 1) table.add(A, key, 'x'.repeat(200_000));
  expect(table.bytes()).toBeGreaterThan(2_000_000);
  expect(table.canSpill).toBe(true);
});

test('a cell that was given out by a window and changed is saved before the next one is asked for', () => {
  const space = new MemoryDisk('a').open().space('cells');
  const table = tableOn(space);
  for (const key of ['a', 'b']) table.add(A, key, 'old');
  table.spill();
  for (const cell of table.in(A)) {
    Object.assign(cell, { content: 'new', isChanged: true });
    table.save();
    expect(tableOn(space).find(A, cell.key)?.content).toBe('new');
  }
});
