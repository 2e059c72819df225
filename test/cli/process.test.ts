import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { root, run, start, untilWritten } from './child.ts';

// What only a process of its own can show: exit codes, signals, closed pipes, what Node itself would print.

const words = 'test/cli/fixtures/word-count.ts';
const trouble = 'test/cli/fixtures/trouble.ts';
const slow = 'test/cli/fixtures/slow.ts';

describe('a file that can not be loaded is told with the line and what helps', () => {
  test.each([
    [
      'enum.ts',
      'export enum Color {\n  Red,\n}\n',
      /at \S*enum\.ts:1:\d+ {3}export enum Color \{\n[\s\S]*fix +Node runs TypeScript by leaving its types out/,
    ],
    [
      'syntax.ts',
      'const a = 1;\nexport const x = ;\n',
      /SyntaxError: [\s\S]*at \S*syntax\.ts:2:18 {3}export const x = ;/,
    ],
    [
      'package.ts',
      "import 'no-such-package';\n",
      /Cannot find package[\s\S]*fix +Install it \(npm install no-such-package\)/,
    ],
    ['path.ts', "import './other.ts';\n", /Cannot find module[\s\S]*fix +Correct the path\./],
    ['notes.txt', 'hello', /fix +Name a module/],
  ])('%s', async (name, text, told) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'viga-cli-'));
    try {
      await writeFile(path.join(folder, name), text);
      const { code, out, err } = await run('bin/viga.mjs', 'run', path.join(folder, name));
      expect([code, out]).toEqual([1, '']);
      expect(err).toMatch(told);
      expect(err).not.toContain('node:internal');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('a pipeline file is a program', () => {
  test('that runs and ends with 0', async () => {
    const { code, out, err } = await run(words, '--text=a b a', '--output=print');
    expect([code, out]).toEqual([0, 'a\t2\nb\t1\n']);
    expect(err).toMatch(/^✔ word-count finished in/);
  });

  test('that has help', async () => {
    const { code, out, err } = await run(words, '--help');
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^Usage: node test\/cli\/fixtures\/word-count\.ts --text=TEXT \[options\]/);
  });

  test('that ends with 2 on a wrong option, after one line and the usage', async () => {
    const { code, out, err } = await run(words, '--txt=a');
    expect([code, out]).toEqual([2, '']);
    expect(err.split('\n')).toHaveLength(3);
  });

  test('that ends with 1 when it fails, and shows no stack', async () => {
    const { code, err } = await run(trouble, '--mode=element fails');
    expect(code).toBe(1);
    expect(err).toMatch(/^✖ Amounts failed on one element\n/);
    expect(err).not.toMatch(/^ +at (?!test\/cli)/m);
  });
});

test('the command runs a file that is imported, once', async () => {
  const { code, out } = await run('bin/viga.mjs', 'run', words, '--text=a', '--output=print');
  expect([code, out]).toEqual([0, 'a\t1\n']);
});

test('with --json the output holds nothing but JSON: what the pipeline prints goes to the error stream', async () => {
  const { code, out, err } = await run(words, '--text=a', '--output=print', '--json');
  expect([code, err]).toEqual([0, 'a\t1\n']);
  const types = out
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { type: string }).type);
  expect(types).toEqual(['start', 'summary']);
});

test("a graph is alone on the output, whatever the pipeline's code prints", async () => {
  const { code, out, err } = await run('bin/viga.mjs', 'graph', 'test/cli/fixtures/chatty.ts', '--format=json');
  expect([code, err]).toEqual([0, 'imported\nbuilt\n']);
  expect(JSON.parse(out)).toMatchObject({ pipeline: 'chatty' });
});

test('a run that waits for what never happens is told, where Node would end without a word', async () => {
  const { code, err } = await run(trouble, '--mode=never settles', '--progress=off');
  expect(code).toBe(1);
  expect(err).toMatch(/^✖ the run waits for something that will never happen\.\n/);
  expect(err).toContain('fix      Settle each promise, by a timeout if need be.');
});

test('progress is shown to machines unless it is turned off, and never where only errors are wanted', async () => {
  const slowly = [slow, '--parts=30', '--part-ms=100', '--json'];
  const count = async (...args: string[]) =>
    (await run(...slowly, ...args)).out.split('\n').filter((line) => line.includes('"type":"progress"')).length;
  const [shown, off, quiet] = await Promise.all([count(), count('--progress=off'), count('--quiet')]);
  expect(shown).toBeGreaterThan(0);
  expect([off, quiet]).toEqual([0, 0]);
});

test('an error that nobody catches, of a timer say, is told like others', async () => {
  const { code, err } = await run(trouble, '--mode=stray error');
  expect(code).toBe(1);
  expect(err).toMatch(
    /^✖ the run of trouble failed\n {2}Error: nobody catches this\n {4}at test\/cli\/fixtures\/trouble/,
  );
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s cancels a run that waits', async (signal) => {
  const started = start([trouble, '--mode=endless']);
  await untilWritten(started, 'working on a-17');
  started.child.kill(signal);
  expect(await started.ended).toBe(130);
  expect(started.written.err).toMatch(/^cancelling; .*\n✖ the run was cancelled before it was finished\./);
});

test('Ctrl-C cancels a run that computes', async () => {
  const started = start([trouble, '--mode=busy', '--json']);
  await untilWritten(started, '"type":"start"');
  started.child.kill('SIGINT');
  expect(await started.ended).toBe(130);
  expect(started.written.out).toContain('"type":"cancelling"');
  expect(started.written.out).toContain('"kind":"cancelled"');
});

test.each([1, 2])('a run that %d signals end leaves no temporary file', async (signals) => {
  const temporary = await mkdtemp(path.join(tmpdir(), 'viga-cli-'));
  try {
    const { child, ended } = start([trouble, '--mode=spills', '--memory-limit=16MB'], { TMPDIR: temporary });
    await expect.poll(() => readdir(temporary), { timeout: 20_000 }).not.toEqual([]);
    for (let n = 0; n < signals; n++) child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(await readdir(temporary)).toEqual([]);
  } finally {
    await rm(temporary, { recursive: true });
  }
});

test('a reader that goes away is no error', async () => {
  const started = start([slow, '--parts=30', '--part-ms=50', '--chat']);
  await untilWritten(started, 'reached 0');
  started.child.stdout?.destroy();
  expect(await started.ended).toBe(0);
  expect(started.written.err).toMatch(/^✔ slow finished/);
});

test.skipIf(process.platform !== 'linux')('output that can not be written is an error', async () => {
  const child = spawn('/bin/sh', ['-c', `"${process.execPath}" bin/viga.mjs graph ${trouble} > /dev/full`], {
    cwd: root,
  });
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  expect(await once(child, 'close')).toEqual([1, null]);
  expect(err).toMatch(/^viga: the output could not be written: ENOSPC/);
});
