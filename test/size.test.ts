import { expect, test } from 'vitest';
import { folderViolations, sizeViolations } from './house/sizes.ts';
import { existing, filesOf, LIBRARY, USERS } from './house/tree.ts';

/** Files over 400 lines, each with the reason why it is better whole. */
const EXCEPTIONS: Readonly<Record<string, string>> = {};

/** Folders of more than about 20 files, each with the reason why it is not divided. */
const LARGE_FOLDERS: Readonly<Record<string, string>> = {
  model: 'the vocabulary: one file for each word of the model',
  transforms: 'one transform per file',
};

test('folders can be looked through and lie at most two levels deep', () => {
  const paths = filesOf(existing(LIBRARY)).map(({ path }) => path);
  expect(folderViolations(paths, LARGE_FOLDERS)).toEqual([]);
  const planted = Array.from({ length: 31 }, (_, index) => `io/csv/${index}.ts`);
  expect(folderViolations([...planted, 'io/csv/a/b.ts'], { model: 'why' })).toEqual([
    'io/csv holds 31 files: divide it, about 20 are meant',
    'io/csv/a lies deeper than two levels',
    'model needs no exception any more',
  ]);
});

test('files have one responsibility each: a median of 120 lines, nine of ten up to 250, none over 400', () => {
  expect(sizeViolations(filesOf(existing([...LIBRARY, ...USERS])), EXCEPTIONS)).toEqual([]);
});

test('tests and tools are no longer than what they serve', () => {
  expect(sizeViolations(filesOf(existing(['test', 'scripts', 'benchmarks']), ['.ts', '.mjs']))).toEqual([]);
});

test('a file that is too long is named with its length', () => {
  const file = (path: string, lines: number) => ({ path, text: 'x\n'.repeat(lines) });
  const small = Array.from({ length: 20 }, (_, index) => file(`io/${index}.ts`, 80));
  expect(sizeViolations([...small, file('io/a.ts', 401)])).toEqual([expect.stringContaining('io/a.ts has 401 lines')]);
  expect(sizeViolations([...small, file('io/a.ts', 401)], { 'io/a.ts': 'a table' })).toEqual([]);
  expect(sizeViolations([...small, file('io/a.ts', 400)], { 'io/a.ts': 'a table' })).toEqual([
    'io/a.ts needs no exception any more',
  ]);
  expect(sizeViolations([file('io/a.ts', 121)])).toEqual([expect.stringContaining('half of the files have over 121')]);
  expect(sizeViolations([file('io/a.ts', 80), file('io/b.ts', 80), file('io/c.ts', 300)])).toEqual([
    expect.stringContaining('a tenth of the files has over 300'),
  ]);
});
