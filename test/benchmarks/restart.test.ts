import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../house/tree.ts';

test('a job that was killed goes on with its state, and tells how long its first output took', () => {
  const args = [path.join(root, 'benchmarks/bench.mjs'), 'restart', '3000'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const line = JSON.parse(stdout);
  expect(line).toEqual({
    job: 'restart',
    size: 3_000,
    stateMb: expect.any(Number),
    seconds: expect.any(Number),
    cpuSeconds: expect.any(Number),
    out: 1,
    check: expect.any(Number),
  });
  // All users have been there before: without its state the job would give out nothing until they come again.
  expect(line.check).toBeGreaterThan(1);
}, 60_000);
