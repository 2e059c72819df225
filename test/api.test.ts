import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ExportedName, exportsOf } from './house/exports.ts';
import { read, root } from './house/tree.ts';

// The manifest's fields that are read here.
const { exports: entries } = JSON.parse(read('package.json')) as { exports: Record<string, string> };
const modules = Object.entries(entries).filter(([, file]) => file.endsWith('.ts'));

// A reviewed list: a change of it is a change of the API. `vitest run test/api.test.ts -u` writes it anew.
test('what each entry exports is what was reviewed', async () => {
  const text = modules.map(([entry, file]) => sectionOf(entry, exportsOf(file.slice(2), read))).join('\n');
  await expect(text).toMatchFileSnapshot('./api.txt');
});

function sectionOf(entry: string, names: readonly ExportedName[]): string {
  const list = (isType: boolean) => names.filter((one) => one.isType === isType).map(({ name }) => `  ${name}\n`);
  return [
    `viga${entry.slice(1)}\n`,
    ...list(false),
    ...(list(true).length > 0 ? ['  types\n'] : []),
    ...list(true).map((line) => `  ${line}`),
  ].join('');
}

describe.each(modules)('%s', (_entry, file) => {
  test('its names at run time are those that were read from the sources', async () => {
    // Any module namespace is a record.
    const namespace = (await import(path.join(root, file))) as Readonly<Record<string, unknown>>;
    const values = exportsOf(file.slice(2), read).filter(({ isType }) => !isType);
    expect(values.map(({ name }) => name)).toEqual(Object.keys(namespace).sort());
  });
});

test('every entry of the manifest is there', () => {
  const missing = Object.values(entries).filter((file) => !existsSync(path.join(root, file)));
  expect(missing).toEqual([]);
});

test('an export that is new, renamed or gone would show', () => {
  const sources: Readonly<Record<string, string>> = {
    'index.ts': "// export const no = 1;\nexport * from './a.ts';\nexport { b as c, type D } from './b.ts';",
    'a.ts':
      'export async function a() {}\nexport interface A {}\nexport const [x] = [];\nexport type { E } from "./e.ts";',
  };
  expect(exportsOf('index.ts', (file) => sources[file] ?? '')).toEqual([
    { name: 'A', isType: true },
    { name: 'D', isType: true },
    { name: 'E', isType: true },
    { name: 'a', isType: false },
    { name: 'c', isType: false },
  ]);
});
