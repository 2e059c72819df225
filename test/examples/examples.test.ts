import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { root } from '../house/tree.ts';
import { outputs } from './outputs.ts';

const folder = path.join(root, 'examples');
const examples = readdirSync(folder).filter((name) => name.endsWith('.ts'));

/** What `node examples/NAME` prints, and on the error output, where nothing may be. */
const run = (name: string) =>
  promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', path.join(folder, name)], {
    cwd: root,
  });

test('there are at least eight examples, numbered without a gap, each with an output that is checked', () => {
  expect(examples.length).toBeGreaterThanOrEqual(8);
  expect(examples.map((name) => Number(name.slice(0, 2)))).toEqual(examples.map((_, index) => index + 1));
  expect(Object.keys(outputs)).toEqual(examples);
});

test.concurrent.each(examples)('%s prints what it promises', async (name) => {
  const { stdout, stderr } = await run(name);
  expect(stderr).toBe('');
  const { lines, inOrder } = outputs[name] ?? { lines: [], inOrder: true };
  const printed = stdout.trimEnd().split('\n');
  expect(inOrder ? printed : printed.sort()).toEqual(inOrder ? lines : [...lines].sort());
});
