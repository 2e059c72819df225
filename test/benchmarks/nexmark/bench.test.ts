import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../house/tree.ts';

const bench = (...args: readonly string[]) =>
  spawnSync(process.execPath, [path.join(root, 'benchmarks/bench.mjs'), 'nexmark', ...args], { encoding: 'utf8' });

test('a query prints a line for each mode, with the same result', () => {
  const { status, stdout, stderr } = bench('2000', '--query', '8');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const [batch, streaming] = lines;
  expect(batch).toEqual({
    query: 8,
    name: 'MONITOR_NEW_USERS',
    mode: 'batch',
    events: 2_000,
    seconds: expect.any(Number),
    cpuSeconds: expect.any(Number),
    eventsPerCpuSecond: expect.any(Number),
    out: expect.any(Number),
    check: expect.any(Number),
  });
  expect(batch.out).toBeGreaterThan(0);
  expect([streaming.mode, streaming.out, streaming.check]).toEqual(['streaming', batch.out, batch.check]);
});

test.each([
  ['--query=15', '--query is 15, and there is none. Pass 0 to 14.'],
  ['--query=', '--query is NaN'],
  ['--mode=fast', '--mode is fast, and there is none. Pass batch or streaming.'],
  ['--keys=5', 'nexmark takes neither FILE nor --keys'],
  ['--generators=0', '--generators is 0 but must be a whole number of 1 or more.'],
])('%s is refused in words', (flag, message) => {
  const { status, stderr } = bench('100', flag);
  expect(status).toBe(2);
  expect(stderr).toContain(message);
});

test('other jobs do not take what is for this one', () => {
  const { status, stderr } = spawnSync(
    process.execPath,
    [path.join(root, 'benchmarks/bench.mjs'), 'chain', '10', '--mode=batch'],
    { encoding: 'utf8' },
  );
  expect(status).toBe(2);
  expect(stderr).toContain('--query, --mode and --generators are for nexmark.');
});
