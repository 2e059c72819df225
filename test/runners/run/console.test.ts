import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { create, type LogEntry, Pipeline, type RunOptions } from '../../../index.ts';
import { bothPaths } from '../../helpers/runners.ts';

/** What reached the console itself. */
let written: unknown[][] = [];
const original = console.log;

beforeEach(() => {
  written = [];
  vi.spyOn(console, 'log').mockImplementation((...values) => void written.push(values));
});
afterEach(() => void vi.restoreAllMocks());

const talking = (name: string, more: (n: number) => unknown = () => undefined): Pipeline => {
  const p = new Pipeline();
  p.apply(create([1, 2])).map(
    (n) => {
      console.log('got', n);
      return more(n);
    },
    { name },
  );
  return p;
};

const modes = bothPaths.flatMap(({ path, runner }) => [
  { mode: `batch, ${path}`, runner: () => runner() },
  { mode: `streaming, ${path}`, runner: () => runner({ streaming: true }) },
]);

const collecting = (): RunOptions & { readonly logs: LogEntry[] } => {
  const logs: LogEntry[] = [];
  return { logs, onLog: (entry) => logs.push(entry) };
};

describe.each(modes)('in $mode,', ({ runner }) => {
  test('what a step writes goes to who asked for it, with its step and severity, and not to the console', async () => {
    const options = collecting();
    const p = talking('Talk', async (n) => {
      await null;
      console.error(new TypeError('no'), { n });
    });
    await p.run(runner(), options);
    const about = ({ severity, step, message }: LogEntry) => `${severity} ${step}: ${message}`;
    expect(options.logs.map(about).toSorted()).toEqual([
      'ERROR Talk: TypeError: no {"n":1}',
      'ERROR Talk: TypeError: no {"n":2}',
      'INFO Talk: got 1',
      'INFO Talk: got 2',
    ]);
    expect(written).toEqual([]);
  });

  test('nobody who asks leaves the console as it is', async () => {
    const before = console.log;
    await talking('Talk').run(runner());
    expect(written).toEqual([
      ['got', 1],
      ['got', 2],
    ]);
    expect(console.log).toBe(before);
  });

  test('runs side by side get what their own steps write, and the last one gives the console back', async () => {
    const before = console.log;
    const [one, other] = [collecting(), collecting()];
    await Promise.all([talking('One', async () => null).run(runner(), one), talking('Other').run(runner(), other)]);
    expect(new Set(one.logs.map(({ step }) => step))).toEqual(new Set(['One']));
    expect(new Set(other.logs.map(({ step }) => step))).toEqual(new Set(['Other']));
    expect([one.logs.length, other.logs.length]).toEqual([2, 2]);
    expect(console.log).toBe(before);
  });

  test('a run that fails gives the console back', async () => {
    const before = console.log;
    const p = talking('Fail', () => {
      throw new Error('no');
    });
    await expect(p.run(runner(), collecting())).rejects.toThrow('no');
    expect(console.log).toBe(before);
  });
});

test('what is written outside of steps, or by who takes entries, stays on the console', async () => {
  const p = talking('Talk');
  await p.run(bothPaths.at(-1)?.runner() ?? expect.fail(), {
    onLog: ({ message }) => console.log('taken:', message),
    onProgress: () => undefined,
  });
  console.log('outside');
  expect(written).toEqual([['taken:', 'got 1'], ['taken:', 'got 2'], ['outside']]);
  expect(console.log).not.toBe(original);
});
