import { expect, test } from 'vitest';
import { readCsv, writeCsv } from '../../io/csv/index.ts';
import { readJsonLines, writeJsonLines } from '../../io/json/index.ts';
import { readLog, writeLog } from '../../io/log/index.ts';
import { readParquet, writeParquet } from '../../io/parquet/index.ts';
import { readSqlite, writeSqlite } from '../../io/sqlite/index.ts';
import { readText, writeText } from '../../io/text/index.ts';
import { type PBegin, type PCollection, type PDone, Pipeline, type PTransform } from '../../model/index.ts';
import { create } from '../../transforms/index.ts';

const table = { database: 'd.db', table: 't' };
const topic = { file: 'd.log', topic: 't' };

type Read = PTransform<PBegin, PCollection<unknown>>;
type Write = PTransform<PCollection<never>, PDone>;

const reads: readonly (readonly [string, (name: string) => Read])[] = [
  ['readCsv', (name) => readCsv({ name, files: 'a.csv' })],
  ['readJsonLines', (name) => readJsonLines({ name, files: 'a.jsonl' })],
  ['readLog', (name) => readLog({ name, ...topic, until: 'end' })],
  ['readParquet', (name) => readParquet({ name, files: 'a.parquet' })],
  ['readSqlite', (name) => readSqlite({ name, ...table })],
  ['readText', (name) => readText({ name, files: 'a.txt' })],
];

const writes: readonly (readonly [string, (name: string) => Write])[] = [
  ['writeCsv', (name) => writeCsv({ name, files: 'a.csv' })],
  ['writeJsonLines', (name) => writeJsonLines({ name, files: 'a.jsonl' })],
  ['writeLog', (name) => writeLog({ name, ...topic })],
  ['writeParquet', (name) => writeParquet({ name, files: 'a.parquet' })],
  ['writeSqlite', (name) => writeSqlite({ name, ...table })],
  ['writeText', (name) => writeText({ name, files: 'a.txt' })],
];

test.each(reads)('two reads of %s with names of their own have no number in their paths', (_, read) => {
  const p = new Pipeline();
  p.apply(read('First'));
  p.apply(read('Second'));
  expect(p.graph.steps.map(({ path }) => path.split('/')[0])).toEqual(['First', 'Second']);
  expect(p.graph.steps.some(({ hasNumberedName }) => hasNumberedName)).toBe(false);
});

test.each(writes)('two writes of %s with names of their own have no number in their paths', (_, write) => {
  const p = new Pipeline();
  const rows = p.apply(create<never>([]));
  rows.apply(write('First'));
  rows.apply(write('Second'));
  expect(p.graph.steps.slice(1).map(({ path }) => path.split('/')[0])).toEqual(['First', 'Second']);
  expect(p.graph.steps.some(({ hasNumberedName }) => hasNumberedName)).toBe(false);
});
