import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';
import { commandLine } from './command-line.ts';
import { jsonLine, summary, tableLine } from './print.ts';
import type { Report } from './report.ts';

test('without options the whole registry runs on the direct runner in batch', () => {
  const { items, runner, json } = commandLine([]);
  expect({ items: items.length, runner: runner.name, json }).toEqual({ items: 164, runner: 'direct', json: false });
  expect(commandLine(['--only=7.2/042', '--only', '7.2/001', '--json']).items.map(({ id }) => id)).toEqual([
    '7.2/001',
    '7.2/042',
  ]);
});

test.each([
  ['--mode=both', /^the runner 'direct' has no mode 'both' yet\. Pass --mode=batch or streaming\.$/],
  ['--runner=flink', /^there is no runner 'flink' to run the registry on yet\. Pass direct\.$/],
  ['--runner=constructor', /no runner 'constructor'/],
  ['--mode=constructor', /no mode 'constructor'/],
  ['--only=42', /^there is no item '42'\. Items go from 7\.2\/001 to 7\.2\/164\./],
  ['--color', /color.*The options are --runner, --mode, --only and --json\.$/],
])('%s is refused in one line', (argument, message) => {
  expect(() => commandLine([argument])).toThrow(message);
});

const passed: Report = { id: '7.2/001', status: 'pass', assertions: 2 };
const failed: Report = { id: '7.2/002', status: 'fail', reason: 'why', assertions: 0 };

test('each mode has its own ledger and items that it is not asked for', () => {
  const batch = commandLine(['--mode=batch']);
  const streaming = commandLine(['--mode=streaming']);
  expect([batch.skips?.has('7.2/092'), batch.isDurable ?? false]).toEqual([true, false]);
  expect([streaming.skips?.size, streaming.isDurable]).toEqual([0, true]);
  expect(streaming.ledger.size).toBeGreaterThan(0);
});

test('a report is one line of JSON, or a line of a table with its reason below', () => {
  expect(jsonLine(passed)).toBe('{"id":"7.2/001","status":"pass","reason":null,"assertions":2}');
  expect(jsonLine(failed)).toBe('{"id":"7.2/002","status":"fail","reason":"why","assertions":0}');
  expect(tableLine(passed, 'It holds.')).toBe('7.2/001  pass     2  It holds.');
  expect(tableLine(failed, 'It holds.')).toBe('7.2/002  fail     0  It holds.\n                     why');
  expect(summary([passed, failed, passed])).toBe('2 pass, 1 fail, 0 on the ledger, 0 skipped');
});

test('the program prints a line per item, and ends with 2 for a command line that it can not follow', () => {
  const run = (...args: readonly string[]) => {
    const main = path.join(import.meta.dirname, 'main.ts');
    return spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...args], { encoding: 'utf8' });
  };
  const one = run('--json', '--only=7.2/001', '--only=7.2/092', '--only=7.2/157');
  expect(one.status).toBe(0);
  expect(
    one.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([
    { id: '7.2/001', status: 'pass', reason: null, assertions: 1 },
    { id: '7.2/092', status: 'skip', reason: 'the mode does not have it', assertions: 0 },
    { id: '7.2/157', status: 'ledger', reason: expect.stringContaining('pipeline protocol'), assertions: 0 },
  ]);
  const streaming = run('--json', '--mode=streaming', '--only=7.2/092');
  expect(JSON.parse(streaming.stdout)).toEqual({ id: '7.2/092', status: 'pass', reason: null, assertions: 2 });
  const wrong = run('--mode=both');
  expect({ ...wrong, stdout: wrong.stdout }).toMatchObject({ status: 2, stdout: '' });
  expect(wrong.stderr).toMatch(/^conformance: the runner 'direct' has no mode 'both' yet\. .*\n$/);
});
