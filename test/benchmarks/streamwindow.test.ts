import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { root } from '../house/tree.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'viga-streamwindow-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** As npm starts it: in the package's folder, told where the user is. */
const bench = (...args: readonly string[]) =>
  spawnSync(process.execPath, [path.join(root, 'benchmarks/bench.mjs'), ...args], {
    encoding: 'utf8',
    cwd: root,
    env: { ...process.env, INIT_CWD: folder },
  });

test('a windowed count of streaming prints a line, and gives what the loop by hand gives', () => {
  const { status, stdout, stderr } = bench('streamwindow', '20000', '--keys', '7', '--state-dir', 'state');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const { out, check } = JSON.parse(
    spawnSync(process.execPath, [path.join(root, 'benchmarks/loop.mjs'), 'streamwindow', '20000', '--keys', '7'], {
      encoding: 'utf8',
    }).stdout,
  );
  expect([out, check]).toEqual([7 * 60, 20_000]);
  expect(JSON.parse(stdout)).toEqual({
    job: 'streamwindow',
    size: 20_000,
    keys: 7,
    seconds: expect.any(Number),
    cpuSeconds: expect.any(Number),
    eventsPerCpuSecond: expect.any(Number),
    peakRssMb: expect.any(Number),
    out,
    check,
  });
  expect(readdirSync(path.join(folder, 'state'))).not.toEqual([]);
}, 60_000);

test('a directory in which a job was before is refused: nothing would be left to measure', () => {
  mkdirSync(path.join(folder, 'used'));
  writeFileSync(path.join(folder, 'used/state.db'), '');
  const { status, stderr } = bench('streamwindow', '10', '--state-dir=used');
  expect(status).toBe(2);
  expect(stderr).toContain(`--state-dir is ${path.join(folder, 'used')}, where a run was before`);
});

test.each([
  [['streamwindow', '10', '--keys=0'], '--keys is 0 but must be a whole number of 1 or more.'],
  [['chain', '10', '--keys=5'], '--keys and --state-dir are for streamwindow'],
  [['chain', '10', '--state-dir=x'], '--keys and --state-dir are for streamwindow'],
])('%j is refused in words', (args, message) => {
  const { status, stderr } = bench(...args);
  expect(status).toBe(2);
  expect(stderr).toContain(message);
});
