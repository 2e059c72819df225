import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { read, root } from '../house/tree.ts';
import { outputs } from './outputs.ts';

// Programs start slowly on a machine that has much else to do.
const PATIENCE = 120_000;

const folder = path.join(root, 'examples');
const examples = readdirSync(folder).filter((name) => name.endsWith('.ts'));

/** What `node examples/NAME` prints, and on the error output, where nothing may be. */
const run = (name: string, ...args: readonly string[]) =>
  promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', path.join(folder, name), ...args], {
    cwd: root,
  });

test('there are at least eight examples, numbered without a gap, each with an output that is checked', () => {
  expect(examples.length).toBeGreaterThanOrEqual(8);
  expect(examples.map((name) => Number(name.slice(0, 2)))).toEqual(examples.map((_, index) => index + 1));
  expect(Object.keys(outputs)).toEqual(examples);
});

test.concurrent.each(examples)(
  '%s prints what it promises',
  async (name) => {
    const { stdout, stderr } = await run(name);
    // The command line tells what a run did on the error output.
    expect(stderr).toMatch(name === '12-command-line.ts' ? /frequent-words finished/ : /^$/);
    const { lines, inOrder } = outputs[name] ?? { lines: [], inOrder: true };
    const printed = stdout.trimEnd().split('\n');
    expect(inOrder ? printed : printed.sort()).toEqual(inOrder ? lines : [...lines].sort());
  },
  PATIENCE,
);

test(
  '12-command-line.ts writes the words that are asked for',
  async () => {
    await run('12-command-line.ts', '--top=2', '--output=out/examples/test/words.csv', '--quiet');
    expect(read('out/examples/test/words.csv')).toBe('word,times\nthe,100\nor,69\n');
  },
  PATIENCE,
);
