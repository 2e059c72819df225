import { expect, test } from 'vitest';
import { fixedWindows, Pipeline, read, seconds, write } from '../../../index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { MemoryDisk } from '../../../runners/state/index.ts';
import { hostOf, Ledger } from './ledger.ts';
import { type Action, listSource } from './list-source.ts';

const COUNT = 50;
const all = Array.from({ length: COUNT }, (_, n) => n);

/** A number each 10 ms of the clock, in a batch of its own, which is a second of event time later. */
const actions: readonly Action<number>[] = all.flatMap((n) => [
  { give: [[n, n * 1_000] as const] },
  { watermark: n * 1_000 },
  { rest: 10 },
]);

/** Runs numbers through a step whose calls take 100 ms each, but for number `slow`, which takes ten seconds. */
async function run({ concurrency, unordered, slow }: { concurrency?: number; unordered?: boolean; slow?: number }) {
  const host = hostOf(new MemoryDisk('state'));
  const ledger = new Ledger<string>();
  let pending = 0;
  let most = 0;
  const p = new Pipeline();
  p.apply(read(listSource(actions), { isBounded: false, name: 'Numbers' }))
    .map(
      async (n) => {
        most = Math.max(most, ++pending);
        await new Promise<void>((resolve) => host.clock.setTimer(n === slow ? 10_000 : 100, resolve));
        pending--;
        return n;
      },
      {
        name: 'Call',
        ...(concurrency !== undefined && { concurrency }),
        ...(unordered !== undefined && { unordered }),
      },
    )
    .windowInto(fixedWindows({ size: seconds(10) }))
    .keyBy(() => 'all', { name: 'Key' })
    .groupByKey({ name: 'Group' })
    .map(({ value }, { pane }) => `${pane.timing} ${[...value].toSorted((a, b) => a - b).join(' ')}`, { name: 'Row' })
    .apply(write(ledger.sink('rows')));
  await p.run(directRunner({ host, stateDirectory: 'state' }));
  return { most, took: host.clock.now(), rows: ledger.rows };
}

const rows = [0, 10, 20, 30, 40].map((from) => `ON_TIME ${all.slice(from, from + 10).join(' ')}`);

test('calls for records that come one by one go on beside each other, and none is late behind them', async () => {
  const result = await run({});
  // A call takes ten times as long as it takes until the next record comes.
  expect(result.most).toBeGreaterThanOrEqual(9);
  expect(result.took).toBeLessThan(2_000);
  expect(result.rows).toEqual(rows);
});

test('no more calls go on than the step allows', async () => {
  const result = await run({ concurrency: 3 });
  expect(result.most).toBe(3);
  expect(result.rows).toEqual(rows);
});

test('a slow call holds time back for what comes after it, in order or not', async () => {
  for (const unordered of [false, true]) {
    const result = await run({ slow: 15, unordered });
    expect(result.took).toBeGreaterThan(10_000);
    expect(result.rows).toEqual(rows);
  }
});

test('a DoFn that is told where bundles end gets a bundle for each batch', async () => {
  const host = hostOf(new MemoryDisk('state'));
  const log: string[] = [];
  const p = new Pipeline();
  p.apply(read(listSource(actions.slice(0, 9)), { isBounded: false, name: 'Numbers' })).parDo({
    name: 'Bundles',
    concurrency: 4,
    startBundle: () => void log.push('start'),
    async process(n) {
      await new Promise<void>((resolve) => host.clock.setTimer(100, resolve));
      log.push(String(n));
    },
    finishBundle: () => void log.push('finish'),
  });
  await p.run(directRunner({ host, stateDirectory: 'state' }));
  expect(log).toEqual(['start', '0', 'finish', 'start', '1', 'finish', 'start', '2', 'finish']);
});
