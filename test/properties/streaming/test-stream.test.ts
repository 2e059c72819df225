import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { Host } from '../../../model/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { root } from '../../house/tree.ts';
import { CASE_TIMEOUT, PATIENCE, runs } from '../modes.ts';
import { build } from './build.ts';
import { type Case, cases } from './cases.ts';
import { actual, expected } from './compare.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'viga-test-stream-'));
let jobs = 0;
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** All ways in which the engine may run a pipeline; each must give the same. Any share of elements may fail. */
const WAYS: Readonly<Record<string, (seed: number) => Parameters<typeof directRunner>[0]>> = {
  generated: () => ({}),
  interpreted: () => ({}),
  // What comes together is part of what is compared here; final-content.test.ts has bundles of any size.
  strict: (seed) => ({ strict: { seed, bundleSizes: false, encode: true, mutation: true, permute: true } }),
  'short of memory': () => ({ memoryLimit: 1 }),
  'with epochs': () => ({ stateDirectory: path.join(scratch, `${jobs++}`), epochInterval: 1 }),
};
const ways = Object.keys(WAYS);
// The last two write to disk, so they are tried less often.
const way = fc.constantFrom(...ways, ...ways.slice(0, 3), ...ways.slice(0, 3));

/** Runs a case on the engine and by the evaluator; where they differ the error holds a program that shows it. */
async function check(one: Case, how: string, seed: number): Promise<void> {
  const outcome = await actual(build(one), (given) => {
    const host: Host = how === 'interpreted' ? { ...given, codegen: false } : given;
    return directRunner({ host, maxFailedShare: 1, ...WAYS[how]?.(seed) });
  });
  try {
    expect(outcome).toEqual(expected(build(one)));
  } catch (error) {
    throw new Error(`${(error as Error).message}\n\n${build(one).program}`, { cause: error });
  }
}

test(
  'a random pipeline gives under a random test stream, pane for pane, what the model says',
  async () => {
    const property = fc.asyncProperty(cases, way, fc.nat(), check);
    await fc.assert(property, { numRuns: runs(100), timeout: CASE_TIMEOUT });
  },
  PATIENCE,
);

test('random pipelines reach what they are for', () => {
  const reached = new Set<string>();
  for (const one of fc.sample(cases, { numRuns: 400, seed: 4 })) {
    const { lines, drops } = expected(build(one));
    const all = lines.flat();
    for (const word of ['EARLY', 'ON_TIME', 'LATE', ' first last', ' LATE 0/0 first', '[]']) {
      if (all.some((line) => line.includes(word))) reached.add(word);
    }
    if (Object.values(drops).some((count) => count > 0)) reached.add('drops');
    for (const { op } of one.ops) reached.add(op);
  }
  const wanted = ['EARLY', 'ON_TIME', 'LATE', ' first last', ' LATE 0/0 first', 'drops'];
  expect([...reached]).toEqual(
    expect.arrayContaining([...wanted, 'window', 'grouping', 'keyed', 'plain', 'flatten', 'side']),
  );
});

test('a case is printed as a program that gives the same', async () => {
  const rich = fc.sample(cases, { numRuns: 200, seed: 7 }).find((one) => one.ops.length > 6 && one.events.length > 8);
  const { program } = build(rich ?? { events: [], ops: [] });
  const file = path.join(root, 'test/properties/streaming', `printed-${process.pid}.ts`);
  writeFileSync(file, program);
  try {
    const { stdout, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8' });
    const names = ['a', 'b', ...(rich?.ops.map((_, i) => `c${i + 2}`) ?? [])];
    const { lines } = await actual(build(rich ?? { events: [], ops: [] }));
    expect([stderr, stdout.trim().split('\n')]).toEqual([
      expect.any(String),
      lines.flatMap((all, i) => all.map((line) => `${names[i]} ${line}`)),
    ]);
  } finally {
    rmSync(file);
  }
});
