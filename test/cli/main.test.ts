import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { main } from '../../cli/main.ts';
import { type CapturedOptions, capturedTerminal } from './captured-terminal.ts';

const fixture = (name: string) => path.join('test/cli/fixtures', name);
const words = fixture('word-count.ts');
const trouble = fixture('trouble.ts');

async function viga(args: readonly string[], options?: CapturedOptions) {
  const terminal = capturedTerminal(options);
  const code = await main(args, terminal);
  expect(terminal.codes.finish).toEqual([code]);
  return { code, out: terminal.written.out, err: terminal.written.err };
}

describe('help', () => {
  test('lists the commands', async () => {
    for (const args of [['--help'], ['-h'], ['help']]) {
      const { code, out, err } = await viga(args);
      expect([code, err]).toEqual([0, '']);
      for (const command of ['run', 'graph', 'explain', 'validate']) expect(out).toContain(`viga ${command} FILE`);
    }
  });

  test('of nothing at all goes to the error stream', async () => {
    const { code, out, err } = await viga([]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('Usage: viga COMMAND FILE');
  });

  test('of a command lists its options', async () => {
    for (const args of [
      ['graph', '--help'],
      ['help', 'graph'],
    ]) {
      const { code, out } = await viga(args);
      expect(code).toBe(0);
      expect(out).toMatch(/^Usage: viga graph FILE \[options\]\n\nPrints the steps of a pipeline\./);
      expect(out).toContain('"text", "mermaid", "dot", "json"');
      expect(out).toContain('--memory-limit');
    }
  });

  test('of a pipeline comes from its own options, with defaults and without secrets, whatever else is wrong', async () => {
    const { code, out } = await viga(['run', words, '--help', '--nonsense']);
    expect(code).toBe(0);
    expect(out).toMatch(/^Usage: viga run \S+word-count\.ts --text=TEXT \[options\]\n\nCounts the words of a text\.\n/);
    expect(out).toMatch(/--text {2,}The words\. +\[string\] \[required\]/);
    expect(out).toMatch(/--min-length {2,}Shorter words do not count\. +\[number\] \[default: 1\]/);
    expect(out).toMatch(/\[choices: "none", "print"\] \[default: none\]/);
    expect(out).toMatch(/Standard options:[\s\S]*--json/);
    expect(out).not.toContain('hunter2');
  });

  test('is as wide as the terminal', async () => {
    for (const width of [60, 100]) {
      const { out } = await viga(['run', words, '--help'], { width });
      expect(Math.max(...out.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(width);
    }
  });
});

test('the version is that of the package', async () => {
  const { default: manifest } = await import('../../package.json', { with: { type: 'json' } });
  expect(await viga(['--version'])).toEqual({ code: 0, out: `${manifest.version}\n`, err: '' });
});

describe('a wrong command line is one line and the usage, with exit code 2', () => {
  test.each([
    [['rnu', words], 'rnu: there is no such command. Did you mean run?'],
    [[words], `${words}: a command comes first. Write: viga run ${words}`],
    [['constructor', words], 'constructor: there is no such command.'],
    [['run'], 'FILE is missing.'],
    [['run', '--text=a', words], "--text: it stands before FILE, where only the command's own options may."],
    [['run', 'missing.ts'], 'missing.ts: there is no such file.'],
    [['run', 'cli'], 'cli: it is not a file.'],
    [['run', words], '--text: it is required and missing. The words. Add --text=TEXT.'],
    [['run', words, '--text=a', '--minlength=2'], '--minlength: there is no such option. Did you mean --min-length?'],
    [['run', words, '--text=a', '--runner=flink'], '--runner: there is no runner "flink". Available: direct.'],
    [['run', words, '--text=a', '--runner=dircet'], '--runner: there is no runner "dircet". Did you mean direct?'],
    [['explain', words, '--text=a', '--runner=spark'], '--runner: there is no runner "spark".'],
    [['run', words, '--text=a', '--memory-limit=lots'], "--memory-limit: 'lots' is not an amount of memory."],
    [['run', words, '--text=a', '--seed=1.5'], '--seed: 1.5 is not a whole number.'],
    [['graph', words, '--text=a', '--format=svg'], '--format: "svg" is none of text, mermaid, dot, json.'],
    [['validate', words, '--txt=a'], '--txt: there is no such option. Did you mean --text?'],
  ])('viga %j', async (args, sentence) => {
    const { code, out, err } = await viga(args);
    expect([code, out]).toEqual([2, '']);
    expect(err.split('\n')).toEqual([expect.stringContaining(`✖ ${sentence}`), expect.stringMatching(/^Usage: /), '']);
  });

  test('for machines it is an object', async () => {
    const { code, out, err } = await viga(['run', words, '--json']);
    expect([code, err]).toEqual([2, '']);
    expect(JSON.parse(out)).toMatchObject({ type: 'error', kind: 'options', exitCode: 2 });
  });
});

describe('run', () => {
  test('runs a pipeline and tells how it went', async () => {
    const { code, out, err } = await viga(['run', words, '--text', 'a b a']);
    expect([code, out]).toEqual([0, '']);
    expect(err).toMatch(/^✔ word-count finished in /);
    expect(err).toMatch(/Count +3 +2\n/);
    expect(err).toMatch(/rows +1 read/);
  });

  test('with --quiet says nothing', async () => {
    expect(await viga(['run', words, '--text=a', '--quiet'])).toEqual({ code: 0, out: '', err: '' });
  });

  test('with --json writes lines that machines read, and keeps secrets', async () => {
    const { code, out, err } = await viga(['run', '--json', words, '--text=a b', '--api-token=hunter2']);
    expect([code, err]).toEqual([0, '']);
    const [start, ...rest] = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(start).toMatchObject({ type: 'start', pipeline: 'word-count', options: { text: 'a b', apiToken: '***' } });
    expect(rest.at(-1)).toMatchObject({ type: 'summary', state: 'DONE' });
    expect(out).not.toContain('hunter2');
  });

  test("calls a job by the name that it is given, which is not the pipeline's", async () => {
    const { err } = await viga(['run', words, '--text=a', '--job-name=nightly']);
    expect(err).toMatch(/^✔ nightly finished/);
  });

  test('tells of an element that failed, with exit code 1', async () => {
    const { code, err } = await viga(['run', trouble, '--mode=element fails', '--password=opensesame']);
    expect(code).toBe(1);
    const lines = err.split('\n');
    expect(lines[0]).toBe('✖ Amounts failed on one element');
    expect(lines[1]).toMatch(/^ {2}TypeError: Cannot read properties of null/);
    expect(lines[2]).toMatch(/^ {4}at test\/cli\/fixtures\/trouble\.ts:\d+:\d+ {3}\(order\) => /);
    expect(lines[3]).toBe('  element  {"id":"a-17","payment":null,"password":"***"}');
    expect(err).toContain('option deadLetters');
    expect(err).toMatch(/step {5}made at test\/cli\/fixtures\/trouble\.ts:\d+/);
    expect(err).not.toMatch(/runners\/|model\//);
  });

  test('for machines an error has its parts apart', async () => {
    const { out } = await viga(['run', trouble, '--mode=element fails', '--json']);
    const record: unknown = JSON.parse(out.trimEnd().split('\n').at(-1) ?? '');
    expect(record).toMatchObject({
      type: 'error',
      kind: 'element',
      step: 'Amounts',
      element: '{"id":"a-17","payment":null,"password":"***"}',
      at: { file: expect.stringContaining('trouble.ts'), line: expect.any(Number) },
      exitCode: 1,
    });
  });

  test("does not repeat a secret that the pipeline's own error holds", async () => {
    const { code, err } = await viga(['run', trouble, '--mode=nonsense', '--password=opensesame']);
    expect(code).toBe(1);
    expect(err).toContain('no such mode: nonsense ***');
    expect(err).not.toContain('opensesame');
  });

  test('shows the whole stack where VIGA_DEBUG asks for it', async () => {
    const { err } = await viga(['run', trouble, '--mode=bad key'], { env: { VIGA_DEBUG: '1' } });
    expect(err).toMatch(/ {2}ElementError: ByNothing: [\s\S]*runners\/execution/);
  });
});

describe('cancelling', () => {
  test('by a first signal ends the run with exit code 130, by a second the process', async () => {
    const terminal = capturedTerminal();
    const ended = main(['run', trouble, '--mode=endless', '--progress=off'], terminal);
    await expect
      .poll(() => terminal.interrupt() && terminal.codes.exit.length === 0 && terminal.interrupt())
      .toBe(true);
    expect(terminal.codes.exit).toEqual([130]);
    expect(await ended).toBe(130);
    expect(terminal.written.err).toMatch(
      /^cancelling; once more to stop at once\n✖ the run was cancelled before it was/,
    );
  });
});

describe('graph', () => {
  test('prints steps for people', async () => {
    const { code, out } = await viga(['graph', words, '--text=a']);
    expect(code).toBe(0);
    expect(out).toContain('Count        CombinePerKey  ← Pair');
  });

  test.each([
    ['mermaid', /^---\ntitle: "word-count"\n---\nflowchart TD\n/],
    ['dot', /^digraph "word-count" \{\n[\s\S]*\}\n$/],
    ['json', /^\{\n {2}"pipeline": "word-count"/],
  ])('prints %s', async (format, pattern) => {
    expect((await viga(['graph', words, `--format=${format}`, '--text=a'])).out).toMatch(pattern);
    expect((await viga(['graph', '--format', format, words, '--text=a'])).out).toMatch(pattern);
  });

  test('with --json prints JSON', async () => {
    expect((await viga(['graph', words, '--text=a', '--json'])).out).toMatch(/^\{\n {2}"pipeline"/);
  });
});

test("an option that a command and a pipeline both have is the pipeline's after FILE, the command's before it", async () => {
  const { out } = await viga(['graph', '--format=json', fixture('own-format.ts'), '--format=fancy']);
  expect(JSON.parse(out)).toMatchObject({ pipeline: 'own-format', steps: [{ path: 'fancy/Create' }] });
  const both = await viga(['graph', fixture('own-format.ts'), '--help']);
  expect(both.out.match(/--format/g)).toHaveLength(1);
});

test('explain prints the stages, what is fused, what cuts, what spills', async () => {
  const { code, out } = await viga(['explain', words, '--text=a']);
  expect(code).toBe(0);
  expect(out).toMatch(/^word-count on the direct runner: 2 stages\n\nstage 1 {2}Text\/Create {2}Create\n/);
  expect(out).toContain('fused   3 steps in one function: Split, LongEnough, Pair');
  expect(out).toMatch(/stage 2 {2}Count {2}CombinePerKey\n {2}cut .*\n.*\n {2}spills {2}one accumulator per key/);
  expect(out).toContain('after   stage 1');
  const { out: json } = await viga(['explain', words, '--text=a', '--json']);
  expect(JSON.parse(json)).toMatchObject({
    stages: [
      { id: 1, entryKind: 'source' },
      { id: 2, after: [1] },
    ],
  });
});

describe('validate', () => {
  test('accepts a pipeline that can run', async () => {
    expect(await viga(['validate', words, '--text=a'])).toEqual({
      code: 0,
      out: '✔ word-count is valid: 6 steps in 2 stages\n',
      err: '',
    });
    const { out } = await viga(['validate', words, '--text=a', '--json']);
    expect(JSON.parse(out)).toMatchObject({ type: 'valid', pipeline: 'word-count', steps: 6, stages: 2 });
  });

  test.each([
    ['name twice', 'Twice: another step already has this name.'],
    ['build fails', 'the pipeline trouble could not be built'],
  ])('refuses one where %s, with exit code 78', async (mode, sentence) => {
    const { code, out, err } = await viga(['validate', trouble, `--mode=${mode}`]);
    expect([code, out]).toEqual([78, '']);
    expect(err).toContain(sentence);
  });

  test.each([
    ['no-pipeline.ts', 'it exports no pipeline.'],
    ['two-pipelines.ts', 'it exports several pipelines (first, second).'],
    ['standard-option.ts', "its option 'json' is already a standard option."],
    ['fails-to-load.ts', 'test/cli/fixtures/fails-to-load.ts could not be loaded'],
  ])('refuses %s', async (file, sentence) => {
    const { code, err } = await viga(['validate', fixture(file)]);
    expect(code).toBe(78);
    expect(err).toContain(sentence);
    expect((await viga(['run', fixture(file)])).code).toBe(1);
  });
});
