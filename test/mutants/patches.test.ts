import { existsSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { read, root } from '../house/tree.ts';
import { apply, FAILURES, MUTANTS } from './index.ts';

/** The text of each file that a mutant changes, as it is then. */
function patched(edits: (typeof MUTANTS)[number]['edits']): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const edit of edits) texts.set(edit.file, apply(texts.get(edit.file) ?? read(edit.file), edit));
  return texts;
}

describe('each planted bug', () => {
  test.each(MUTANTS)('$id still applies, once, and leaves a program', ({ edits, tests }) => {
    const texts = patched(edits);
    expect(texts.size).toBeGreaterThan(0);
    for (const [file, text] of texts) {
      expect(text).not.toBe(read(file));
      expect(() => stripTypeScriptTypes(text)).not.toThrow();
    }
    for (const one of tests) expect(existsSync(path.join(root, one)), one).toBe(true);
  });

  test('has a name of its own, and its patch is no other one', () => {
    const count = <T>(of: (mutant: (typeof MUTANTS)[number]) => T): number => new Set(MUTANTS.map(of)).size;
    expect(count(({ id }) => id)).toBe(MUTANTS.length);
    expect(count(({ edits }) => JSON.stringify(edits))).toBe(MUTANTS.length);
  });
});

test('each failure of others is planted at least once', () => {
  const planted = new Set(MUTANTS.flatMap(({ row }) => row ?? []));
  expect([...planted].sort((a, b) => a - b)).toEqual(Object.keys(FAILURES).map(Number));
});

test('a patch whose place is gone, or there twice, says so', () => {
  const edit = { file: 'a.ts', find: 'one(two)', replace: 'three' };
  expect(() => apply('nothing', edit)).toThrow('a.ts: this is there 0 times and should be there once:\none(two)');
  expect(() => apply('one(two) one(two)', edit)).toThrow('2 times');
});

test('a patch fits whatever lines its place is broken into', () => {
  const edit = { file: 'a.ts', find: 'if (a) return b;', replace: 'return $&;' };
  expect(apply('{\n  if (a)\n    return b;\n}', edit)).toBe('{\n  return $&;\n}');
});
