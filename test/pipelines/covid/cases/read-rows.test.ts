import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { assertThat, testPipeline } from 'viga/testing';
import { expect, onTestFinished, test } from 'vitest';
import { readRows, summarizeFiles } from '../../../../pipelines/covid/cases/index.ts';
import { header9, header16 } from '../rows.ts';

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'covid-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  return folder;
}

test('files of several layouts are read in one run, with file and line', async (t) => {
  const folder = folderOf({
    'nine.csv': `\uFEFF${header9}\r\n1,06/03/2020,"Cali, Valle",Valle,Casa,30,F,Importado,\r\n\r\n`,
    'sixteen.csv': `${header16}\n2,,5001,,,casa,30,m,,,,,,,,2020-03-07\n3,,5001,,,casa,130,m,,,,,,,,2020-03-07`,
  });
  const p = testPipeline(t);
  const rows = p.apply(readRows([`${folder}/*.csv`]));
  assertThat(
    rows.map(({ columns, case: case_, rejection }) => [
      columns,
      case_ === undefined
        ? (rejection?.reason ?? 'header')
        : `${case_.archivo}:${case_.linea} ${case_.nombre_municipio}`,
    ]),
  ).containsInAnyOrder([
    [9, 'header'],
    [9, 'nine.csv:2 Cali, Valle'],
    [16, 'header'],
    [16, 'sixteen.csv:2 null'],
    [16, 'no or impossible age'],
  ]);
  await p.run();
});

test('rows that are too short or too long, and quotes at odd places, are left to the check of the fields', async (t) => {
  const folder = folderOf({
    'odd.csv': `${header9}\n1,06/03/2020,Cali,Valle,Casa,30,F\n2,06/03/2020,Ca"li,Valle,Casa,30,F,Importado,,extra\n3,06/03/2020`,
  });
  const p = testPipeline(t);
  assertThat(
    p.apply(readRows([`${folder}/odd.csv`])).map((row) => row.case?.nombre_municipio ?? row.rejection?.reason),
  ).containsInAnyOrder([undefined, 'Cali', 'Ca"li', 'no or impossible age']);
  await p.run();
});

test('a file with another header ends the run and is named', async (t) => {
  const folder = folderOf({ 'other.csv': 'id,name\n1,x\n' });
  const p = testPipeline(t);
  p.apply(readRows([`${folder}/other.csv`]));
  await expect(p.run()).rejects.toThrow(/other\.csv: this header of 2 columns is none of the four known layouts/);
});

test('a summary counts the rows of each file', async (t) => {
  const good = '1,06/03/2020,Cali,Valle,Casa,30,F,Importado,';
  const folder = folderOf({
    'a.csv': [header9, good, good.replace('06/03', '08/03'), good.replace(',F,', ',X,')].join('\n'),
    'b.csv': `${header9}\n${good.replace('06/03/2020', '')}\n`,
    'c.csv': header16,
  });
  const p = testPipeline(t);
  const summaries = p.apply(readRows([`${folder}/*`])).apply(summarizeFiles());
  assertThat(summaries.map((summary) => ({ ...summary, path: path.basename(summary.path) }))).containsInAnyOrder([
    { path: 'a.csv', columns: 9, rows: 3, accepted: 2, rejected: [0, 0, 1, 0, 0, 0], newestReport: '2020-03-08' },
    { path: 'b.csv', columns: 9, rows: 1, accepted: 0, rejected: [0, 0, 0, 1, 0, 0], newestReport: null },
    { path: 'c.csv', columns: 16, rows: 0, accepted: 0, rejected: [0, 0, 0, 0, 0, 0], newestReport: null },
  ]);
  await p.run();
});
