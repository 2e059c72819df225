import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from './house/tree.ts';

// A folder with a lint configuration of its own, as the real one leaves .cache out.
let folder: string;

beforeAll(() => {
  mkdirSync(path.join(root, '.cache'), { recursive: true });
  folder = mkdtempSync(path.join(root, '.cache/lint-'));
  copyFileSync(path.join(root, '.oxlintrc.json'), path.join(folder, '.oxlintrc.json'));
  writeFileSync(
    path.join(folder, 'tsconfig.json'),
    '{ "extends": "../../tsconfig.json", "include": ["*.ts"], "exclude": [] }',
  );
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The codes of what oxlint finds in one more file of the folder. */
function findings(name: string, text: string): readonly string[] {
  writeFileSync(path.join(folder, name), text);
  const args = ['--type-aware', '--format=json', '--no-ignore', '-c', '.oxlintrc.json', name];
  const { stdout } = spawnSync(process.execPath, [path.join(root, 'node_modules/oxlint/bin/oxlint'), ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  // The format is oxlint's own.
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: readonly { readonly code: string }[] };
  return diagnostics.map(({ code }) => code);
}

test.each([
  ['a promise that nobody awaits', 'typescript(no-floating-promises)', 'async function f() {}\nf();\nexport {};'],
  [
    'a promise as a condition',
    'typescript(no-misused-promises)',
    'const f = async () => 1;\nexport const x = f() ? 1 : 2;',
  ],
  ['a name that is never used', 'eslint(no-unused-vars)', 'const unused = 1;\nexport {};'],
  ['an any', 'typescript(no-explicit-any)', 'export const f = (x: any): string => String(x);'],
  ['a print in the library', 'eslint(no-console)', "console.log('here');\nexport {};"],
  [
    'a type taken as a value',
    'typescript(consistent-type-imports)',
    "import { Stats } from 'node:fs';\nexport const f = (s: Stats) => s;",
  ],
  ['a function of 70 lines', 'eslint(max-lines-per-function)', `export function f() {\n${'  f;\n'.repeat(70)}}`],
])('%s is found', (_what, code, text) => {
  expect(findings('planted.ts', text)).toContain(code);
});

test('two modules that import each other are found', () => {
  findings('one.ts', "import { two } from './two.ts';\nexport const one = () => two;");
  expect(findings('two.ts', "import { one } from './one.ts';\nexport const two = () => one;")).toContain(
    'import(no-cycle)',
  );
});

test('clean code has no findings', () => {
  expect(findings('clean.ts', 'export const double = (n: number): number => n * 2;\n')).toEqual([]);
});
