import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { codeBlocks, pages, refreshed } from '../scripts/docs-include.ts';
import { exportsOf } from './house/exports.ts';
import { codeOf } from './house/source-text.ts';
import { existing, filesOf, LIBRARY, read, root } from './house/tree.ts';

// Programs start slowly on a machine that has much else to do.
const PATIENCE = 120_000;
/** The test of the transform that the page on adding one makes. */
const NEWCOMER = 'test/transforms/shares.test.ts';

describe.each(pages())('%s', (page) => {
  test('every block of TypeScript is a tested file, or a part of one', () => {
    for (const { file, code, expected } of codeBlocks(read(page))) {
      expect(file, `a block without <!-- include FILE --> above it:\n${code}`).toMatch(
        /^(?:examples|docs\/snippets|scripts)\//,
      );
      // `node scripts/docs-include.ts` writes the blocks anew.
      expect(code).toBe(expected);
    }
  });

  test('every link to a file of this repository leads somewhere', () => {
    const links = [...read(page).matchAll(/\]\((?!https?:|#|mailto:)(?<target>[^)#\s]+)(?:#[^)]*)?\)/g)];
    const missing = links
      .map(({ groups }) => path.posix.join(path.posix.dirname(page), groups?.['target'] ?? ''))
      .filter((file) => !existsSync(path.join(root, file)));
    expect(missing).toEqual([]);
  });

  test('every file and npm script that a command names is there', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Readonly<Record<string, string>> };
    const commands = [...read(page).matchAll(/^ {4}(?:\S+=\S+ )*(?<command>(?:npm|npx|node|git|cd) .*)$/gm)];
    for (const { groups: { command = '' } = {} } of commands) {
      const script = /^npm (?:run )?(?:-s )?(?<name>[\w:]+)/.exec(command)?.groups?.['name'] ?? '';
      if (command.startsWith('npm') && script !== 'install') expect(Object.keys(scripts)).toContain(script);
      const file = /^node (?:--\S+ )*(?<file>\S+)/.exec(command)?.groups?.['file'];
      if (file !== undefined) expect(existsSync(path.join(root, file)), command).toBe(true);
    }
  });
});

test('every page of the guide, and every proof, is linked from its folder', () => {
  const unlinked = ['docs/guide', 'docs/proof'].flatMap((folder) => {
    const links = new Set([...read(`${folder}/README.md`).matchAll(/\]\(([^)#\s]+)\)/g)].map(([, target]) => target));
    return readdirSync(path.join(root, folder)).filter((name) => name !== 'README.md' && !links.has(name));
  });
  expect(unlinked).toEqual([]);
});

test('every file of the sources that a page names is there', () => {
  const missing = pages().flatMap((page) =>
    [...read(page).matchAll(/`(?<file>(?:[a-z-]+\/)+[\w.-]+\.(?:ts|mjs|json|txt|md))`/g)]
      .map(({ groups }) => groups?.['file'] ?? '')
      .filter((file) => file !== NEWCOMER && !existsSync(path.join(root, file)))
      .map((file) => `${page}: ${file}`),
  );
  expect(missing).toEqual([]);
});

test('the page on errors names each class of error', () => {
  const classes = [...read('model/errors.ts').matchAll(/^export class (?<name>\w+Error)\b/gm)];
  const page = read('docs/decisions/0011-error-format.md');
  expect(classes.length).toBeGreaterThan(5);
  expect(classes.map(([, name]) => name).filter((name) => !page.includes(`| \`${name}\` |`))).toEqual([]);
});

const snippets = readdirSync(path.join(root, 'docs/snippets')).filter((name) => name.endsWith('.ts'));

test.concurrent.each(snippets)(
  'docs/snippets/%s runs and its assertions hold',
  async (name) => {
    const args = ['--disable-warning=ExperimentalWarning', path.join(root, 'docs/snippets', name)];
    await expect(promisify(execFile)(process.execPath, args)).resolves.toMatchObject({ stderr: '' });
  },
  PATIENCE,
);

test('every snippet is shown by a page', () => {
  const shown = new Set(pages().flatMap((page) => codeBlocks(read(page)).map(({ file }) => file)));
  expect(snippets.filter((name) => !shown.has(`docs/snippets/${name}`))).toEqual([]);
});

test('a block without a file, and one that is out of date, would show', () => {
  const source = 'first\n// #region part\n  second();\n// #endregion\n';
  const page = '<!-- include examples/a.ts#part -->\n```ts\nold\n```\n\n```ts\nnobody knows\n```\n';
  const blocks = codeBlocks(page, () => source);
  expect(blocks).toEqual([
    { file: 'examples/a.ts', code: 'old\n', expected: 'second();\n' },
    { file: undefined, code: 'nobody knows\n', expected: undefined },
  ]);
  expect(
    codeBlocks(
      refreshed(page, () => source),
      () => source,
    )[0],
  ).toMatchObject({ code: 'second();\n' });
});

/** Where a name that an entry exports is declared without a docstring. */
function undocumented(
  names: ReadonlySet<string>,
  files: readonly { readonly path: string; readonly text: string }[],
): readonly string[] {
  const declaration =
    /^export\s+(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:function\*?|class|const|interface|type)\s+(?<name>[\w$]+)/gm;
  return files.flatMap(({ path: file, text }) => {
    const seen = new Set<string>();
    return [...codeOf(text, 'keep').matchAll(declaration)].flatMap(({ index, groups: { name = '' } = {} }) => {
      // Overloads share the docstring of the first.
      const isDocumented = seen.has(name) || /\*\/\s*(?:\/\/[^\n]*\n\s*)*$/.test(text.slice(0, index));
      seen.add(name);
      return names.has(name) && !isDocumented ? [`${file}: ${name}`] : [];
    });
  });
}

test('everything that users can import has a docstring', () => {
  const { exports: entries } = JSON.parse(read('package.json')) as { exports: Readonly<Record<string, string>> };
  const files = Object.values(entries).filter((file) => file.endsWith('.ts') && existsSync(path.join(root, file)));
  const names = new Set(files.flatMap((file) => exportsOf(file.slice(2), read).map(({ name }) => name)));
  expect(names.size).toBeGreaterThan(100);
  expect(undocumented(names, filesOf(existing(LIBRARY)))).toEqual([]);
  const planted = { path: 'a.ts', text: '/** Fine. */\nexport const a = 1;\nexport const b = 1;\n' };
  expect(undocumented(new Set(['a', 'b']), [planted])).toEqual(['a.ts: b']);
});
