import { expect, test } from 'vitest';
import { ConnectorError, type OffsetRange, Pipeline, read, seconds, write } from '../../../index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { MemoryDisk } from '../../../runners/state/index.ts';
import { hostOf, Ledger } from './ledger.ts';
import { type Action, listSource } from './list-source.ts';

/** Two numbers in the first 200 ms, all of them before the first epoch is over. */
const actions: readonly Action<number>[] = [{ give: [[1, 0] as const] }, { rest: 200 }, { give: [[2, 1] as const] }];

const unreachable = (): never => {
  throw new ConnectorError('the queue', 'the connection was reset. It may not know. Ask again.', { retryable: true });
};

/** What a process that runs the job has done. */
interface Ran {
  readonly outcome: string;
  readonly warnings: readonly string[];
  readonly took: number;
}

/** A job whose source is told by `onTell`, which may throw or hang, with how often it was told; `told` are its positions. */
function job(onTell: (times: number) => void | Promise<void>, { isDurable = true }: { isDurable?: boolean } = {}) {
  const disk = new MemoryDisk('state');
  const ledger = new Ledger<number>();
  const told: number[] = [];
  const seen: number[] = [];
  let times = 0;
  const run = async (stop?: AbortController): Promise<Ran> => {
    const host = hostOf(disk);
    const warnings: string[] = [];
    const p = new Pipeline();
    const source = {
      ...listSource(actions),
      async finalize({ from }: OffsetRange) {
        times++;
        await onTell(times);
        told.push(from);
      },
    };
    const numbers = p.apply(read(source, { isBounded: false, name: 'Numbers' })).map(
      (n) => {
        seen.push(n);
        return n;
      },
      { name: 'See' },
    );
    if (isDurable) numbers.apply(write(ledger.sink('out')));
    const runner = directRunner({
      host: { ...host, warn: (message) => warnings.push(message) },
      ...(isDurable ? { stateDirectory: 'state' } : {}),
    });
    const running = p.run(runner, stop && { stop: stop.signal });
    const outcome = await running.then(
      ({ state }) => state,
      (error: unknown) => String(error),
    );
    return { outcome, warnings, took: host.clock.now() };
  };
  return { run, told, seen, ledger };
}

test('a source that can not be told of the last epoch is told again until it can, with one warning', async () => {
  const { run, told, ledger } = job((times) => (times <= 5 ? unreachable() : undefined));
  const { outcome, warnings } = await run();
  expect(outcome).toBe('DONE');
  expect(warnings).toEqual([
    expect.stringMatching(/^the queue: the connection was reset\..*told again after the next epoch/),
  ]);
  expect(told).toEqual([actions.length]);
  expect(ledger.rows).toEqual([1, 2]);
});

test('a source that can not be told in 30 s ends the run with what to do, and the next run tells it only', async () => {
  let isBack = false;
  const { run, told, seen, ledger } = job(() => (isBack ? undefined : unreachable()));
  const { outcome, took } = await run();
  expect(outcome).toMatch(
    /^ConnectorError: List\/Numbers: its source could not be told for 30 s what was read: the queue: the connection was reset\. .*Start the job again with the same state directory/,
  );
  expect(took).toBeGreaterThan(seconds(30));
  expect(took).toBeLessThan(seconds(40));
  expect(ledger.rows).toEqual([1, 2]);
  isBack = true;
  expect((await run()).outcome).toBe('DONE');
  expect(told).toEqual([actions.length]);
  expect(seen).toEqual([1, 2]);
  expect(ledger.rows).toEqual([1, 2]);
  // It is finished now.
  expect((await run()).outcome).toBe('DONE');
  expect(told).toHaveLength(1);
});

test('without a state directory a source that can not be told is a warning: all is written', async () => {
  const { run } = job(unreachable, { isDurable: false });
  const { outcome, warnings } = await run();
  expect(outcome).toBe('DONE');
  expect(warnings.at(-1)).toMatch(/could not be told for 30 s what was read: .* Tell it by hand, if it must not\.$/);
});

test('a source that gives no answer is named, and told by the next run', async () => {
  let hangs = true;
  const { run, told } = job(() => (hangs ? new Promise<void>(() => undefined) : undefined));
  const { outcome, warnings } = await run();
  expect(warnings).toEqual([
    expect.stringMatching(
      /^List\/Numbers: its source is told what was read, and that has been waited for 10 s\. Until it is over no source/,
    ),
  ]);
  expect(outcome).toMatch(/could not be told for 30 s what was read: it gave no answer\./);
  hangs = false;
  expect((await run()).outcome).toBe('DONE');
  expect(told).toEqual([actions.length]);
});

test('a process that ends between the last epoch and its source being told leaves that to the next', async () => {
  let isFirst = true;
  const { run, told, seen } = job(() => {
    if (!isFirst) return;
    isFirst = false;
    throw new Error('the process ends');
  });
  expect((await run()).outcome).toMatch(
    /^ConnectorError: List\/Numbers: its source could not be told what was read: the process ends\. /,
  );
  expect((await run()).outcome).toBe('DONE');
  expect(told).toEqual([actions.length]);
  expect(seen).toEqual([1, 2]);
});

test('a run that is to stop does not go on telling a source that can not be reached', async () => {
  const stop = new AbortController();
  const { run, told } = job((times) => {
    if (times > 5) return;
    if (times === 3) stop.abort();
    unreachable();
  });
  const { outcome, took } = await run(stop);
  expect(outcome).toBe('STOPPED');
  expect(took).toBeLessThan(seconds(8));
  while ((await run()).outcome !== 'DONE');
  expect(told).toEqual([actions.length]);
});
