import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { StateSpace, StateStore } from '../../../model/index.ts';
import { bytes, type Place, PLACES, text } from './stores.ts';

const contents = (space: StateSpace, from?: string, to?: string): (readonly [string, string])[] =>
  Array.from(
    space.scan(from === undefined ? undefined : bytes(from), to === undefined ? undefined : bytes(to)),
    ({ key, value }) => [text(key) as string, text(value) as string] as const,
  );

describe.each(PLACES)('a store %s', (_name, makePlace) => {
  let place: Place;
  let store: StateStore;
  beforeEach(async () => {
    place = makePlace();
    store = await place.open();
  });
  afterEach(() => place.dispose());

  const reopen = async (): Promise<StateStore> => {
    place.crash();
    store = await place.open();
    return store;
  };

  test('is empty when it is new, at epoch 0', () => {
    expect([store.epoch, store.spaces(), contents(store.space('a'))]).toEqual([0, [], []]);
    expect(store.id).toMatch(/^[0-9a-f]{16}$/);
  });

  test('gives back what was put, before and after the commit and a crash', async () => {
    store.space('a').put(bytes('k'), bytes('v'));
    expect(text(store.space('a').get(bytes('k')))).toBe('v');
    const { id } = store;
    await store.commit(1);
    await reopen();
    expect([store.id, store.epoch, text(store.space('a').get(bytes('k')))]).toEqual([id, 1, 'v']);
  });

  test('forgets what was not committed when it crashes', async () => {
    store.space('a').put(bytes('k'), bytes('old'));
    await store.commit(1);
    store.space('a').put(bytes('k'), bytes('new'));
    store.space('a').put(bytes('k2'), bytes('v'));
    store.space('b').put(bytes('k'), bytes('v'));
    await reopen();
    expect([contents(store.space('a')), store.spaces()]).toEqual([[['k', 'old']], ['a']]);
  });

  test('keeps spaces apart, and names those that hold something', () => {
    store.space('b').put(bytes('k'), bytes('1'));
    store.space('a').put(bytes('k'), bytes('2'));
    store.space('c').put(bytes('k'), bytes('3'));
    store.space('c').delete(bytes('k'));
    expect(store.spaces()).toEqual(['a', 'b']);
    expect(text(store.space('b').get(bytes('k')))).toBe('1');
  });

  test('scans from the first key to before the last, by bytes', () => {
    const space = store.space('a');
    for (const key of ['b', 'a', 'ab', '\xff', '\x00', '']) space.put(bytes(key), bytes(key));
    expect(contents(space).map(([key]) => key)).toEqual(['', '\x00', 'a', 'ab', 'b', '\xff']);
    expect(contents(space, 'a', 'b').map(([key]) => key)).toEqual(['a', 'ab']);
    expect(contents(space, 'b').map(([key]) => key)).toEqual(['b', '\xff']);
  });

  test('scans thousands of rows, some large, in order and once each', () => {
    const space = store.space('a');
    const keys = Array.from({ length: 3000 }, (_, i) => String(i).padStart(5, '0'));
    for (const key of keys.toReversed()) space.put(bytes(key), new Uint8Array(Number(key) % 500 === 0 ? 300_000 : 3));
    expect(contents(space).map(([key]) => key)).toEqual(keys);
  });

  test('goes on with a scan while rows are deleted and added', () => {
    const space = store.space('a');
    for (let i = 0; i < 500; i += 1) space.put(bytes(String(i).padStart(3, '0')), bytes('v'));
    const seen = [];
    for (const { key } of space.scan()) {
      seen.push(text(key));
      space.delete(key);
      space.put(bytes(` ${text(key)}`), bytes('behind'));
    }
    expect(seen).toHaveLength(500);
    expect(contents(space).every(([key]) => key.startsWith(' '))).toBe(true);
  });

  test('deletes ranges', () => {
    const space = store.space('a');
    for (const key of 'abcdef') space.put(bytes(key), bytes(key));
    space.deleteRange(bytes('b'), bytes('d'));
    expect(contents(space).map(([key]) => key)).toEqual(['a', 'd', 'e', 'f']);
    space.deleteRange(bytes('e'), undefined);
    expect(contents(space).map(([key]) => key)).toEqual(['a', 'd']);
  });

  test('keeps values of no bytes, and copies what it is given', () => {
    const space = store.space('a');
    const key = bytes('k');
    const value = bytes('v');
    space.put(key, value);
    key[0] = 0;
    value[0] = 0;
    space.put(bytes('empty'), new Uint8Array(0));
    expect(contents(space)).toEqual([
      ['empty', ''],
      ['k', 'v'],
    ]);
    space.get(bytes('k'))?.fill(0);
    expect(text(space.get(bytes('k')))).toBe('v');
  });

  test('is for one at a time: the second is told what to do', async () => {
    await expect(place.open()).rejects.toMatchObject({
      name: 'StateError',
      reason: 'locked',
      message: expect.stringMatching(/Stop that one.*, or name another directory\./),
    });
    expect(store.epoch).toBe(0);
  });

  test('refuses an epoch that is not after the last one', async () => {
    await store.commit(3);
    await expect(store.commit(3)).rejects.toThrow('epoch 3 is committed after epoch 3');
  });

  test('can not be used after it was closed', () => {
    store.close();
    expect(() => store.space('a').get(bytes('k'))).toThrow('is used after it was closed');
  });

  test('is, after any writes, commits and crashes, what a plain map would be', async () => {
    const key = fc.constantFrom('', 'a', 'ab', 'b', '\x00', '\xff', '\xff\xff');
    const operation = fc.oneof(
      fc.record({
        kind: fc.constant('put' as const),
        space: fc.constantFrom('x', 'y'),
        key,
        value: fc.string({ unit: 'binary-ascii' }),
      }),
      fc.record({ kind: fc.constant('delete' as const), space: fc.constantFrom('x', 'y'), key }),
      fc.record({
        kind: fc.constant('deleteRange' as const),
        space: fc.constantFrom('x', 'y'),
        key,
        to: fc.option(key),
      }),
      fc.record({ kind: fc.constant('commit' as const) }),
      fc.record({ kind: fc.constant('crash' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 30 }), async (operations) => {
        place.dispose();
        place = makePlace();
        store = await place.open();
        let durable = new Map<string, string>();
        let now = new Map<string, string>();
        for (const step of operations) {
          if (step.kind === 'commit') {
            await store.commit(store.epoch + 1);
            durable = new Map(now);
          } else if (step.kind === 'crash') {
            await reopen();
            now = new Map(durable);
          } else {
            apply(store.space(step.space), step);
            applyPlainly(now, step);
          }
          for (const name of ['x', 'y']) {
            const expected = [...now].filter(([at]) => at.startsWith(name)).map(([at, value]) => [at.slice(1), value]);
            expect(contents(store.space(name))).toEqual(expected.sort(([a = ''], [b = '']) => (a < b ? -1 : 1)));
          }
        }
      }),
      { numRuns: 40 },
    );
  });
});

type Write =
  | { readonly kind: 'put'; readonly space: string; readonly key: string; readonly value: string }
  | { readonly kind: 'delete'; readonly space: string; readonly key: string }
  | { readonly kind: 'deleteRange'; readonly space: string; readonly key: string; readonly to: string | null };

function apply(space: StateSpace, step: Write): void {
  if (step.kind === 'put') space.put(bytes(step.key), bytes(step.value));
  else if (step.kind === 'delete') space.delete(bytes(step.key));
  else space.deleteRange(bytes(step.key), step.to === null ? undefined : bytes(step.to));
}

function applyPlainly(map: Map<string, string>, step: Write): void {
  if (step.kind === 'put') map.set(step.space + step.key, step.value);
  else if (step.kind === 'delete') map.delete(step.space + step.key);
  else {
    for (const at of map.keys()) {
      const isIn = at.startsWith(step.space) && at.slice(1) >= step.key && (step.to === null || at.slice(1) < step.to);
      if (isIn) map.delete(at);
    }
  }
}
