// Puts tested files into the pages: a line `<!-- include examples/01-word-count.ts -->`, or with `#region` a part of a
// file, stands above a block of code that holds just that. test/docs.test.ts asks whether all blocks are up to date.
//
//   node scripts/docs-include.ts    writes them anew
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.dirname(import.meta.dirname);

/** The pages that users read, as paths from the root. */
export function pages(): readonly string[] {
  const guide = readdirSync(path.join(root, 'docs/guide')).map((name) => `docs/guide/${name}`);
  const docs = readdirSync(path.join(root, 'docs')).map((name) => `docs/${name}`);
  return ['README.md', 'CONTRIBUTING.md', ...docs, ...guide].filter((file) => file.endsWith('.md'));
}

const BLOCK =
  /^(?:<!-- include (?<file>[^ #]+)(?:#(?<region>[\w-]+))? -->\n)?```(?:ts|typescript)\n(?<code>[\s\S]*?)^```$/gm;

/** A block of code of a page, and what it ought to be; no file where no marker stands above it. */
export interface CodeBlock {
  readonly file: string | undefined;
  readonly code: string;
  readonly expected: string | undefined;
}

/** The blocks of TypeScript in a page. */
export function codeBlocks(page: string, read: (file: string) => string = readFromRoot): readonly CodeBlock[] {
  return [...page.matchAll(BLOCK)].map(({ groups }) => {
    // Every match of the pattern has its groups.
    const { file, region, code = '' } = groups as { file?: string; region?: string; code?: string };
    return { file, code, expected: file === undefined ? undefined : partOf(read(file), region) };
  });
}

/** The page with each block as its file has it. */
export function refreshed(page: string, read: (file: string) => string = readFromRoot): string {
  return page.replace(BLOCK, (block: string, file: string | undefined, region: string | undefined) => {
    if (file === undefined) return block;
    const marker = block.slice(0, block.indexOf('\n') + 1);
    return `${marker}\`\`\`ts\n${partOf(read(file), region)}\`\`\``;
  });
}

const readFromRoot = (file: string): string => readFileSync(path.join(root, file), 'utf8');

/** All of a file, or its lines between `// #region NAME` and `// #endregion`, with their common indentation removed. */
function partOf(text: string, region: string | undefined): string {
  if (region === undefined) return text;
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.trim() === `// #region ${region}`);
  const end = lines.findIndex((line, index) => index > start && line.trim() === '// #endregion');
  if (start < 0 || end < 0)
    throw new Error(`there is no region "${region}". Mark it with // #region ${region} and // #endregion.`);
  const part = lines.slice(start + 1, end);
  const indentation = Math.min(...part.filter((line) => line !== '').map((line) => line.search(/\S/)));
  return `${part.map((line) => line.slice(indentation)).join('\n')}\n`;
}

if (import.meta.filename === path.resolve(process.argv[1] ?? '')) {
  for (const file of pages()) {
    const page = readFromRoot(file);
    const fresh = refreshed(page);
    if (fresh === page) continue;
    writeFileSync(path.join(root, file), fresh);
    console.log(`refreshed ${file}`);
  }
}
