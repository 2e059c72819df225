// The command that shows that memory stays within its limit, on few keys: that it looks at results, and says what is wrong.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const COMMAND = fileURLToPath(new URL('../../scripts/many-keys.ts', import.meta.url));
const manyKeys = (...args: readonly string[]) => spawnSync(process.execPath, [COMMAND, ...args], { encoding: 'utf8' });

test.each(['combine', 'group', 'sessions', 'state', 'timers'])('each key comes out once: %s', (kind) => {
  const { status, stdout, stderr } = manyKeys('--keys', '3001', '--memory-limit', '512MB', '--kind', kind);
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toMatchObject({ kind, keys: 3001, limitMb: 512, ok: true });
  expect(status).toBe(0);
});

test('a process that is larger than its limit fails, though its results are right', () => {
  const { status, stdout } = manyKeys('--keys', '10', '--memory-limit', '16MB');
  const { ok, ratio } = JSON.parse(stdout) as { readonly ok: boolean; readonly ratio: number };
  expect([status, ok]).toEqual([1, true]);
  expect(ratio).toBeGreaterThan(1.2);
});

test.each([
  [['--keys', '10']],
  [['--keys', 'many', '--memory-limit', '64MB']],
  [['--keys', '10', '--memory-limit', '64MB', '--kind', 'none']],
  [['--keys', '10', '--memory-limit', '64MB', '--limit', '1']],
])('what it can not run it answers with its usage: %s', (args) => {
  const { status, stdout, stderr } = manyKeys(...args);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain('Usage: npm run -s many-keys -- --keys NUMBER --memory-limit SIZE');
});
