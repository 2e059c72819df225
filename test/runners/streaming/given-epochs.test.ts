import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fixedWindows, type PCollection, Pipeline, read, seconds } from '../../../index.ts';
import { writeSqlite } from '../../../io/sqlite/index.ts';
import { writeText } from '../../../io/text/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { listSource } from './list-source.ts';

// A sink that was given something by a job, and does not have it when the job is started again.

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'viga-given-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const NUMBERS = 40;

/** Runs the job from where it was until so many numbers were read in all, and stops it; gives what it was warned of. */
async function run(until: number, steps: (numbers: PCollection<number>) => unknown): Promise<readonly string[]> {
  const stop = new AbortController();
  const warnings: string[] = [];
  const actions = Array.from({ length: NUMBERS }, (_, n) => [
    { give: [[n, n * 1_000] as const] },
    { watermark: n * 1_000 },
    { rest: 8 },
  ]).flat();
  const source = listSource<number>(actions, { onRead: (at) => at >= until * 3 && stop.abort() });
  const p = new Pipeline();
  steps(p.apply(read(source, { isBounded: false, name: 'Numbers' })).windowInto(fixedWindows({ size: seconds(2) })));
  const runner = directRunner({ stateDirectory: join(folder, 'state'), epochInterval: 10 });
  await p.run(runner, { stop: stop.signal, onWarning: (warning) => warnings.push(warning) });
  return warnings;
}

const toTable = (numbers: PCollection<number>) =>
  numbers
    .map((n) => ({ n }))
    .apply(
      writeSqlite({ name: 'Rows', database: join(folder, 'rows.db'), table: 'rows', createTable: { n: 'INTEGER' } }),
    );
const toFiles = (numbers: PCollection<number>) =>
  numbers.map(String).apply(writeText({ name: 'Lines', files: `${join(folder, 'out')}/` }));

const rows = (): unknown => {
  const database = new DatabaseSync(join(folder, 'rows.db'));
  try {
    return database.prepare('SELECT count(*) AS rows, count(DISTINCT n) AS numbers FROM rows').get();
  } finally {
    database.close();
  }
};

test('a database that was deleted is not filled with the rest: the job is refused, and goes on when it is back', async () => {
  await run(10, toTable);
  const database = join(folder, 'rows.db');
  copyFileSync(database, `${database}.kept`);
  rmSync(database);
  for (let attempt = 0; attempt < 2; attempt++) {
    await expect(run(20, toTable)).rejects.toMatchObject({
      name: 'StateError',
      reason: 'foreign',
      message: expect.stringMatching(
        /^Rows\/Write: the sink has nothing of this job, and epoch \d+ was written to it: it was deleted, .* Bring it back as it was, or begin a new job with an empty directory/,
      ),
    });
  }
  copyFileSync(`${database}.kept`, database);
  await run(NUMBERS, toTable);
  expect(rows()).toEqual({ rows: NUMBERS, numbers: NUMBERS });
});

test('a database that was set back to an earlier copy is refused', async () => {
  await run(10, toTable);
  const database = join(folder, 'rows.db');
  copyFileSync(database, `${database}.kept`);
  await run(20, toTable);
  copyFileSync(`${database}.kept`, database);
  await expect(run(30, toTable)).rejects.toThrow(
    /^Rows\/Write: the sink has epoch \d+ of this job, and epoch \d+ was written to it/,
  );
});

const written = (): readonly string[] => readdirSync(join(folder, 'out')).filter((name) => !name.startsWith('.'));

test('files that were taken away are named, the last of them, and the job goes on', async () => {
  await run(10, toFiles);
  expect(await run(20, toFiles)).toEqual([]);
  const [first = '', second = '', ...others] = written().toSorted();
  expect(others.length).toBeGreaterThan(2);
  rmSync(join(folder, 'out', first));
  expect(await run(24, toFiles)).toEqual([
    `${join(folder, 'out', first)}: this file was published by this job and is gone. What is in it is not written again. If it was not taken away on purpose bring it back, or begin a new job with an empty state directory.`,
  ]);
  rmSync(join(folder, 'out', second));
  expect(await run(28, toFiles)).toEqual([
    expect.stringContaining('this file, and 1 more of the last epochs, were published by this job and are gone.'),
  ]);
  expect(written().length).toBeGreaterThan(others.length);
});

test('a folder that was removed with all that was written to it is told, or refused where its last files were in it', async () => {
  await run(10, toFiles);
  rmSync(join(folder, 'out'), { recursive: true });
  // A stop may come before what it publishes is forgotten: then that is published once more, and is not there.
  const told = await run(20, toFiles).catch((error: Error) => [error.message]);
  expect(told).toEqual([
    expect.stringMatching(
      /^(Lines\/WriteText\/Write: the sink has nothing of this job, and epoch \d+ was written to it: .* What it had is not written again|.*\/out\/.*: this staged file is gone\. .* Bring the folder back, or begin anew)/,
    ),
  ]);
});
