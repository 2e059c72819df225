import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { doorComment, partOf, userViolationsOf, violationsOf } from './house/arrows.ts';
import { codeOf, importsOf } from './house/source-text.ts';
import { existing, filesOf, LIBRARY, read, root, USERS } from './house/tree.ts';
import { unusedExports } from './house/unused.ts';

const library = filesOf(existing(LIBRARY));

test('the library keeps its arrows, enters folders by their doors and reaches the machine through Host', () => {
  expect(library.length).toBeGreaterThan(50);
  expect(library.flatMap(violationsOf)).toEqual([]);
});

test('pipelines and examples import what users can import', () => {
  expect(filesOf(existing(USERS)).flatMap(userViolationsOf)).toEqual([]);
});

test('every folder of the library has a door', () => {
  const parts = new Set(library.map(({ path: file }) => partOf(file)));
  expect([...parts].filter((part) => !existsSync(path.join(root, part, 'index.ts')))).toEqual([]);
});

test('every door opens with what lives behind it', () => {
  const doors = library.filter(({ path: file }) => path.posix.basename(file) === 'index.ts');
  expect(doors.map(doorComment).filter((sentence) => sentence !== undefined)).toEqual([]);
});

test('files are named in kebab-case', () => {
  const named = [...library, ...filesOf(existing([...USERS, 'benchmarks', 'scripts', 'test']), ['.ts', '.mjs'])];
  const isKebab = (file: string) => /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.(?:test|worker))?\.(?:ts|mjs)$/.test(file);
  expect(named.map(({ path: file }) => file).filter((file) => !isKebab(path.posix.basename(file)))).toEqual([]);
});

test('what a door passes on or a module exports is taken by somebody', () => {
  const { exports } = JSON.parse(read('package.json')) as { readonly exports: Readonly<Record<string, string>> };
  const entries = Object.fromEntries(
    Object.entries(exports).map(([key, file]) => [`viga${key.slice(1)}`, file.slice(2)]),
  );
  const own = [...library, ...filesOf(existing(USERS)), { path: 'index.ts', text: read('index.ts') }];
  const others = filesOf(existing(['test', 'benchmarks', 'scripts', 'docs']), ['.ts', '.mjs']);
  const isOwn = new Set(own.map(({ path: file }) => file));
  const unused = unusedExports([...own, ...others], entries);
  expect(unused.filter((sentence) => isOwn.has(sentence.split(' ')[0] ?? ''))).toEqual([]);
});

describe('a planted violation is named', () => {
  const planted: readonly (readonly [string, string, string])[] = [
    [
      'transforms/count.ts',
      "import { directRunner } from '../runners/direct/index.ts';",
      'transforms/ may not know runners/direct/',
    ],
    ['model/graph.ts', "import { create } from '../transforms/index.ts';", 'model/ may not know transforms/'],
    ['runners/direct/plan.ts', "export * from '../../io/csv/index.ts';", 'runners/direct/ may not know io/csv/'],
    [
      'runners/execution/a.ts',
      "import { run } from '../direct/index.ts';",
      'runners/execution/ may not know runners/direct/',
    ],
    ['io/csv/read.ts', "import type {\n  Row,\n} from '../../cli/index.ts';", 'io/csv/ may not know cli/'],
    ['io/csv/read.ts', "import { kv } from '../../model/values.ts';", 'the door of model/ is its index.ts'],
    ['io/csv/read.ts', "const files = await import('../files/glob.ts');", 'the door of io/files/ is its index.ts'],
    ['model/graph.ts', "import { kv } from './index.ts';", 'never their own door'],
    ['model/coders/row.ts', "import { kv } from '../index.ts';", 'never their own door'],
    ['model/coder.ts', "import { row } from './coders/row.ts';", 'the door of model/coders/ is its index.ts'],
    ['model/host.ts', "import { readFile } from 'node:fs/promises';", 'model/ reaches the machine through Host only'],
    ['runners/shuffle/spill.ts', "import fs from 'node:fs';", 'runners/shuffle/ reaches the machine through Host only'],
    [
      'runners/shuffle/a.ts',
      "import { run } from '../direct/index.ts';",
      'runners/shuffle/ may not know runners/direct/',
    ],
    ['io/text/read.ts', "import { open } from 'node:fs/promises';", 'io/text/ reaches the machine through Host only'],
    ['runners/direct/a.ts', 'const now = Date.now();', 'uses Date.now'],
    ['runners/direct/a.ts', 'const now = new Date();', 'uses new Date()'],
    ['runners/direct/a.ts', 'const text = `at ${Date.now()}`;', 'uses Date.now'],
    ['runners/execution/a.ts', 'if (Math.random() < 0.5) retry();', 'uses Math.random'],
    ['runners/execution/a.ts', 'setTimeout(() => {}, 10);', 'uses setTimeout'],
    ['runners/execution/a.ts', 'globalThis.setImmediate(() => {});', 'uses setTimeout'],
    ['runners/direct/a.ts', 'const start = performance.now();', 'uses performance'],
    ['io/http/a.ts', 'const signal = AbortSignal.timeout(100);', 'uses AbortSignal.timeout'],
    ['runners/direct/a.ts', "const limit = process.env['LIMIT'];", 'uses process'],
    ['io/http/a.ts', 'const id = crypto.randomUUID();', 'uses random bytes'],
    ['io/http/a.ts', "import { randomUUID } from 'node:crypto';\nconst id = randomUUID();", 'uses random bytes'],
    ['transforms/log.ts', "import pino from 'pino';", 'imports the package pino'],
    ['io/kafka/read.ts', "import { Kafka } from 'kafka';", 'imports the package kafka'],
    ['transforms/count.ts', "import { kv } from 'viga';", 'imports its own doors by path'],
  ];

  test.each(planted)('%s: %s', (file, text, sentence) => {
    expect(violationsOf({ path: file, text })).toEqual([expect.stringContaining(sentence)]);
    expect(violationsOf({ path: file, text })[0]).toMatch(new RegExp(`^${file}:\\d+ `));
  });

  test('a pipeline that reaches behind a door', () => {
    const reach = (file: string, text: string) => userViolationsOf({ path: file, text });
    expect(reach('pipelines/covid.ts', "import { kv } from '../model/index.ts';")).toHaveLength(1);
    expect(reach('examples/01-a.ts', "import { b } from './02-b.ts';")).toHaveLength(1);
    expect(reach('pipelines/covid/dates.ts', "import { x } from '../users/x.ts';")).toHaveLength(1);
    expect(reach('pipelines/covid.ts', "import { kv } from 'viga';\nimport { day } from './covid/dates.ts';")).toEqual(
      [],
    );
  });

  test('a name that nobody takes', () => {
    const files = [
      { path: 'index.ts', text: "export { open } from './io/a/index.ts';" },
      { path: 'io/a/index.ts', text: "export { open, type Shape, shut } from './a.ts';\nexport * from './b.ts';" },
      {
        path: 'io/a/a.ts',
        text: 'export const open = 1;\nexport const shut = 2;\nexport const left = 3;\nexport interface Shape {}',
      },
      { path: 'io/a/b.ts', text: 'export function known() {}\nexport class Gone {}' },
      {
        path: 'cli/a.ts',
        text: "import { known as mine } from '../io/a/index.ts';\nconst all = await import('./b.ts');",
      },
      { path: 'cli/b.ts', text: 'export async function lazily() {}' },
    ];
    expect(unusedExports(files, { viga: 'index.ts' })).toEqual([
      'io/a/index.ts passes on Shape, which nobody takes',
      'io/a/index.ts passes on shut, which nobody takes',
      'io/a/a.ts exports shut, which nobody takes',
      'io/a/a.ts exports left, which nobody takes',
      'io/a/b.ts exports Gone, which nobody takes',
    ]);
  });

  test('a door without a word', () => {
    expect(doorComment({ path: 'io/csv/index.ts', text: "export * from './read.ts';\n" })).toContain(
      '0 lines of comment',
    );
  });
});

describe('what is no violation', () => {
  test.each([
    ['runners/direct/a.ts', '// Date.now() would break the simulator\n/* process.exit() */ const s = "Math.random()";'],
    [
      'runners/direct/a.ts',
      'const day = new Date(timestamp).toISOString(); this.process(element); stage.process.call(x);',
    ],
    ['runners/direct/a.ts', "const pattern = /process.exit('/; const t = `setTimeout(${'x'})`;"],
    ['runners/direct/a.ts', "import { createHash } from 'node:crypto';\nimport { kv } from '../../model/index.ts';"],
    ['io/parquet/a.ts', "const { parquetRead } = await import('hyparquet');\nimport type { Row } from 'hyparquet';"],
    ['model/coder.ts', "import { row } from './coders/index.ts';"],
    ['model/coders/row.ts', "import type { Coder } from '../coder.ts';"],
    ['cli/options.ts', "import yargs from 'yargs';\nimport { readFileSync } from 'node:fs';"],
  ])('%s: %s', (file, text) => {
    expect(violationsOf({ path: file, text })).toEqual([]);
  });
});

describe('sources are read well enough', () => {
  test('comments and literals are blanked, offsets stay', () => {
    const source = "a / b; // c\nconst r = x.replace(/'/g, `d${e + `f${g}`}h`); /* i */ 'j';";
    const code = codeOf(source, 'blank');
    expect(code.replace(/\s+/g, ' ').trim()).toBe('a / b; const r = x.replace( , e + g ); ;');
    expect(code).toHaveLength(source.length);
  });

  test('every form of import is seen', () => {
    const source = [
      "import 'a';",
      "import b from 'b';",
      "import * as c from 'c';",
      "import type { D } from 'd';",
      "import { e,\n  type E } from 'e';",
      "export * from 'f';",
      "export { g } from 'g';",
      "const h = await import('h');",
      "// import 'no';",
      "const text = 'import no';",
      'export const from = 1;',
    ].join('\n');
    expect(importsOf(source).map(({ specifier }) => specifier)).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']);
  });
});
