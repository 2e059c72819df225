import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { openLog } from '../../../io/log/index.ts';
import { contentOf, directoryWith } from './support.ts';

const root = path.resolve(import.meta.dirname, '../../..');

/**
 * A job that goes on where it was: numbers of a log, summed and written in windows of a hundred. It kills itself when so
 * many files are published.
 */
const job = (directory: string, limit: number): string => `
  import { existsSync, readdirSync } from 'node:fs';
  import { readLog, writeLog } from '${root}/io/log/index.ts';
  import { writeSqlite } from '${root}/io/sqlite/index.ts';
  import { writeText } from '${root}/io/text/index.ts';
  import { fixedWindows, Pipeline, sum } from '${root}/model/index.ts';
  import { directRunner } from '${root}/runners/direct/index.ts';
  const directory = ${JSON.stringify(directory)};
  const count = () =>
    readdirSync(directory + '/out')
      .filter((name) => name !== '.viga')
      .reduce((sum, name) => sum + readdirSync(directory + '/out/' + name).length, 0);
  const turn = () => {
    if (existsSync(directory + '/out') && count() >= ${limit}) process.kill(process.pid, 'SIGKILL');
    setImmediate(turn).unref();
  };
  turn();
  const p = new Pipeline();
  const numbers = p
    .apply(readLog({ file: directory + '/in.log', topic: 'numbers', valueFormat: 'json', until: 'end' }))
    .map(({ value }) => value)
    .windowInto(fixedWindows({ size: 100 }));
  numbers.map(String).apply(writeText({ files: directory + '/out/', perPane: true, partitionBy: (text) => ({ last: text.at(-1) }) }));
  numbers.keyBy((n) => n % 3).combinePerKey(sum).map(({ key, value }, { window }) => ({ key, start: window.start, value })).apply(
    writeSqlite({
      database: directory + '/sums.db',
      table: 'sums',
      mode: 'upsert',
      keys: ['key', 'start'],
      createTable: { key: 'INTEGER', start: 'INTEGER', value: 'INTEGER' },
    }),
  );
  numbers.apply(writeLog({ file: directory + '/out.log', topic: 'numbers', valueFormat: 'json' }));
  await p.run(directRunner({ stateDirectory: directory + '/state', epochInterval: 1 }));
`;

const COUNT = 2_000;

/** The files that a reader finds. */
const published = (directory: string): readonly (readonly [name: string, text: string])[] =>
  existsSync(`${directory}/out`)
    ? Object.entries(contentOf(`${directory}/out`)).filter(([name]) => !name.includes('.viga'))
    : [];

/** Runs the job until it dies; gives its exit code or the signal that ended it. */
async function live(directory: string, limit: number): Promise<unknown> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', job(directory, limit)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code, signal] = await once(child, 'close');
  return signal ?? code;
}

test('a job that is killed again and again leaves each number once, in a file, a table and a log', async () => {
  const directory = directoryWith();
  const log = openLog(`${directory}/in.log`);
  const producer = log.producer({ topic: 'numbers', partitions: 2, valueFormat: 'json' });
  for (let from = 0; from < COUNT; from += 500) {
    producer.send(Array.from({ length: 500 }, (_, i) => ({ value: from + i, timestamp: from + i })));
  }
  log.close();

  // Also in the middle of publishing, and of publishing again after a restart.
  for (const limit of [1, 100, 190]) {
    expect(await live(directory, limit)).toBe('SIGKILL');
    expect(published(directory).length).toBeGreaterThanOrEqual(limit);
  }
  expect(await live(directory, Number.MAX_SAFE_INTEGER)).toBe(0);

  const all = Array.from({ length: COUNT }, (_, n) => n);
  const files = published(directory);
  expect(files).toHaveLength((COUNT / 100) * 10);
  const written = files.flatMap(([, text]) => text.trim().split('\n').map(Number));
  expect(written.sort((a, b) => a - b)).toEqual(all);
  const out = openLog(`${directory}/out.log`);
  const records = out.consumer({ topic: 'numbers', valueFormat: 'json' }).poll(10 * COUNT);
  out.close();
  expect(records.map(({ value }) => Number(value)).sort((a, b) => a - b)).toEqual(all);
  const db = new DatabaseSync(`${directory}/sums.db`);
  const sums = db.prepare('SELECT count(*) AS n, sum(value) AS total FROM sums').get();
  db.close();
  expect(sums).toMatchObject({ n: (COUNT / 100) * 3, total: (COUNT * (COUNT - 1)) / 2 });
}, 120_000);
