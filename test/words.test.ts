import { expect, test } from 'vitest';
import { existing, filesOf, LIBRARY, read, USERS } from './house/tree.ts';
import { unwantedWords } from './house/words.ts';

// Those two files have to name what they forbid.
const OWN = new Set(['test/house/words.ts', 'test/words.test.ts']);

test('no text has a British spelling, a banner, something left to do or a path of one machine, and no file is called utils', () => {
  const folders = [...existing([...LIBRARY, ...USERS]), 'test', 'benchmarks', 'scripts', 'docs', 'bin'];
  const pages = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'NOTICE', 'index.ts'];
  const files = [
    ...filesOf(folders, ['.ts', '.mjs', '.md', '.txt']),
    ...pages.map((path) => ({ path, text: read(path) })),
  ].filter(({ path }) => !OWN.has(path));
  expect(files.flatMap(unwantedWords)).toEqual([]);
});

test.each([
  ['// the behaviour of it', 'a.ts:1 behaviour is a British spelling'],
  ['const labelled = 1;', 'a.ts:1 labelled is a British spelling'],
  ['// one\n// values are serialised', 'a.ts:2 serialised is a British spelling'],
  ['// TODO: more', 'a.ts:1 TODO is something left to do'],
  ['  // ---- reading ------', 'a.ts:1 // ---- reading ------ is a banner'],
  ["const input = '/root/input';", 'a.ts:1 /root/input is a path of one machine'],
])('%s: %s', (text, sentence) => {
  expect(unwantedWords({ path: 'a.ts', text })).toEqual([sentence]);
});

test.each(['a.ts', 'a/shared-work/b.ts'])('what is meant otherwise is none of these: %s', (path) => {
  const text = "// promise, exercise, otherwise; cancelled\nimport '../work/a.ts';\n// - a list\n// a -> b ----- c";
  expect(unwantedWords({ path, text })).toEqual([]);
});

test('a file is called like what is in it', () => {
  expect(unwantedWords({ path: 'io/utils.ts', text: '' })).toEqual([
    'io/utils.ts has a name that says nothing of what is in it',
  ]);
  expect(unwantedWords({ path: 'test/io/helpers.test.ts', text: '' })).toHaveLength(1);
});
