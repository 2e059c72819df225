import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../house/tree.ts';

interface Line {
  readonly out: number;
  readonly check: number;
}

/** The line of JSON that a program prints. */
const lineOf = (...args: readonly string[]): Line =>
  JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));

// Known results: seeds that drift would make figures of two days two things.
test.each<[string, number, Line]>([
  ['groupsum', 20_000, { out: 18_098, check: 9_990_000 }],
  ['groupbykey', 20_000, { out: 19_767, check: 10_232_606 }],
  ['chain', 20_000, { out: 16_000, check: 160_110_000 }],
  ['window', 20_000, { out: 17_062, check: 20_000 }],
  ['cogroup', 20_000, { out: 100_000, check: 20_000 }],
])('the input of %s is what it always was', (job, size, expected) => {
  expect(lineOf(path.join(root, 'benchmarks/loop.mjs'), job, String(size))).toMatchObject({ job, size, ...expected });
});

const reference = path.join(root, '../shared/bench/limit/bench.mjs');

// Skipped where the reference loops are not beside the repository.
test.skipIf(!existsSync(reference)).each(['groupsum', 'groupbykey', 'chain', 'window', 'cogroup'])(
  'the results of %s are those of the reference loop',
  (job) => {
    const { out, check } = lineOf(reference, job, '50000');
    expect(lineOf(path.join(root, 'benchmarks/loop.mjs'), job, '50000')).toMatchObject({ out, check });
  },
);
