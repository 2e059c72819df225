// What the compiler says where a call makes no sense, and that a wrong type test would be found.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const folder = path.join(root, '.cache', `type-tests-${process.pid}`);

const PRELUDE = `import { asMap, combiningState, eventTimer, fixedWindows, minutes, repeatedly, afterCount, sum, type KV, type PCollection } from 'viga';
import { expectType } from '../../test/types/expect-type.ts';
declare const words: PCollection<string>;
declare const byWord: PCollection<KV<string, number>>;
`;

/** Each program is wrong, in one way; what the compiler must say of it. */
const programs: readonly (readonly [name: string, program: string, said: readonly string[]])[] = [
  [
    'grouping what has no key',
    'words.groupByKey();',
    ["Type 'string' is not assignable to type 'KV<unknown, unknown>'"],
  ],
  [
    'state without a key',
    'words.parDo({ state: { total: combiningState(sum) }, process() {} });',
    ['state and timers are kept per key: call keyBy(...) before parDo(...)'],
  ],
  [
    'a timer without a function',
    'byWord.parDo({ timers: { expiry: eventTimer() }, process() {} });',
    ["Property 'onTimer' is missing"],
  ],
  [
    'a timer function that is misspelt',
    'byWord.parDo({ timers: { expiry: eventTimer() }, process() {}, onTimer: { expirie() {} } });',
    ["'expirie' does not exist in type '{ readonly expiry:"],
  ],
  [
    'a trigger without an accumulation mode',
    'words.windowInto(fixedWindows({ size: minutes(1) }), { trigger: repeatedly(afterCount(1)) });',
    ["Property 'accumulationMode' is missing"],
  ],
  ['a sum of strings', 'words.combineGlobally(sum);', ["'string'", "'number'"]],
  ['a view of what has no keys', 'asMap(words);', ["Type 'string' is not assignable to type 'KV<"]],
  ['a type test of another type', 'expectType<PCollection<number>>()(words);', ['Expected 2 arguments, but got 1']],
  ['a type test of a wider type', 'expectType<PCollection<unknown>>()(words);', ['Expected 2 arguments, but got 1']],
  ['a type test of any', 'expectType<PCollection<any>>()(words);', ['Expected 2 arguments, but got 1']],
  [
    'an error that is expected and does not come',
    '// @ts-expect-error\nwords.map((word) => word);',
    ["Unused '@ts-expect-error'"],
  ],
];

let output = '';

beforeAll(() => {
  mkdirSync(folder, { recursive: true });
  for (const [i, [, program]] of programs.entries()) {
    writeFileSync(path.join(folder, `program-${i}.ts`), `${PRELUDE}${program}\n`);
  }
  const compilerOptions = { noUnusedLocals: false };
  const config = { extends: '../../tsconfig.json', compilerOptions, include: ['*.ts'], exclude: [] };
  writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(config));
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
  output = spawnSync(process.execPath, [tsc, '-p', folder], { cwd: root, encoding: 'utf8' }).stdout;
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the compiler refuses, and says why', () => {
  test.each(programs.map(([name, , said], i) => [name, i, said] as const))('%s', (_name, i, said) => {
    const errors = output.split(/\n(?=\S)/).filter((error) => error.includes(`program-${i}.ts`));
    expect(errors.join('\n')).toContain(`program-${i}.ts`);
    for (const words of said) expect(errors.join('\n')).toContain(words);
  });
});
