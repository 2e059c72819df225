// Side inputs of streaming runs that have no room in memory.
import { beforeEach, describe, expect, test } from 'vitest';
import { nodeHost } from '../../../host/index.ts';
import {
  afterCount,
  defaultTrigger,
  asMap,
  generate,
  globalWindows,
  type KV,
  kv,
  type PCollection,
  Pipeline,
  read,
  repeatedly,
} from '../../../index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { MemoryDisk } from '../../../runners/state/index.ts';
import { type Action, listSource } from './list-source.ts';

const COUNT = 20_000;
const PAD = 'x'.repeat(60);
/** So little that all that can go to disk does. */
const TINY = 1;
const ROOMY = 2 ** 30;

let disk: MemoryDisk;
beforeEach(() => {
  disk = new MemoryDisk('state');
});

type Side = PCollection<KV<string, string>>;
type Window = (side: Side) => Side;

const WINDOWINGS: Readonly<Record<string, Window>> = {
  'a window that fires once': (side) => side,
  'a window that late elements may still come to': (side) =>
    side.windowInto(globalWindows(), {
      trigger: defaultTrigger(),
      allowedLateness: 1,
      accumulationMode: 'accumulating',
    }),
  'a window with a trigger': (side) =>
    side.windowInto(globalWindows(), { trigger: repeatedly(afterCount(COUNT)), accumulationMode: 'accumulating' }),
};

/** What the elements of `actions` see; the run is asked to stop when `stopsAt` is seen. */
async function run(actions: readonly Action<number>[], window: Window, memoryLimit: number, stopsAt?: number) {
  const seen: string[] = [];
  const stop = new AbortController();
  const p = new Pipeline();
  const prices = window(
    p.apply(generate({ count: COUNT, element: (index) => kv(`k${index}`, PAD + index) }), { name: 'Prices' }),
  );
  p.apply(read(listSource(actions)), { name: 'Sales' }).map(
    (n, { sideInputs }) => {
      if (n === stopsAt) stop.abort();
      seen.push([n, sideInputs.prices.size, sideInputs.prices.get(`k${n}`), sideInputs.prices.get('none')].join());
    },
    { name: 'Price', sideInputs: { prices: asMap(prices) } },
  );
  const host = { ...nodeHost(), openStateStore: async () => disk.open() };
  const { state, spilledBytes } = await p.run(
    directRunner({ host, memoryLimit, streaming: true, stateDirectory: 'state', epochInterval: 10 }),
    { stop: stop.signal, onWarning: () => undefined },
  );
  return { seen, state, spilledBytes };
}

const seenOf = (n: number): string => `${n},${COUNT},${PAD}${n},`;
const give = (n: number): Action<number> => ({ give: [[n, 0]] });

describe.each(Object.entries(WINDOWINGS))('a side input in %s', (_name, window) => {
  test('is on disk where it has no room, and seen alike', async () => {
    const roomy = await run([give(1), give(19_999)], window, ROOMY);
    disk = new MemoryDisk('state');
    const tight = await run([give(1), give(19_999)], window, TINY);
    expect(roomy.seen).toEqual([seenOf(1), seenOf(19_999)]);
    expect(tight.seen).toEqual(roomy.seen);
    expect(roomy.spilledBytes).toBe(0);
    expect(tight.spilledBytes).toBeGreaterThan(COUNT * PAD.length);
  });

  test.each([
    ['in memory', ROOMY],
    ['on disk', TINY],
  ])('that was %s is there when the job goes on', async (_place, memoryLimit) => {
    const actions = [give(1), { rest: 3_600_000 }, give(2)];
    const first = await run(actions, window, memoryLimit, 1);
    expect([first.state, first.seen]).toEqual(['STOPPED', [seenOf(1)]]);
    const second = await run(actions, window, memoryLimit);
    expect([second.state, second.seen.at(-1)]).toEqual(['DONE', seenOf(2)]);
  });
});
