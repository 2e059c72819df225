import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { filesOf, fileOf, line, runAntennas, scratch, table, TABLES } from './run.ts';

describe('raw messages', () => {
  test('are kept as Parquet by hour and window, also those of unknown devices, and give the same when read again', async () => {
    const folder = scratch();
    const [first, second] = [path.join(folder, 'first'), path.join(folder, 'second')];
    const lines = [line(1, 0), line(2, 3_700), line(3, 300, { device: 99 })];
    await runAntennas(first, { input: fileOf(folder, 'in.jsonl', lines) });
    expect(filesOf(path.join(first, 'raw'))).toEqual([
      'year=2020/month=9/day=19/hour=19/2020-09-19T19-00-00Z_2020-09-19T19-05-00Z.parquet',
      'year=2020/month=9/day=19/hour=19/2020-09-19T19-05-00Z_2020-09-19T19-10-00Z.parquet',
      'year=2020/month=9/day=19/hour=20/2020-09-19T20-00-00Z_2020-09-19T20-05-00Z.parquet',
    ]);
    await runAntennas(second, { input: `parquet:${first}/raw/` });
    expect(filesOf(path.join(second, 'raw'))).toEqual(filesOf(path.join(first, 'raw')));
    for (const name of TABLES) expect(table(second, name)).toEqual(table(first, name));
    expect(table(second, 'bytes_agg_antenna')).toHaveLength(3);
  });

  test('go where --raw says', async () => {
    const folder = scratch();
    await runAntennas(`${folder}/out`, { ticks: 1, raw: `${folder}/kept/` });
    expect(filesOf(path.join(folder, 'kept'))).toHaveLength(1);
    expect(existsSync(path.join(folder, 'out/raw'))).toBe(false);
  });
});

describe('--hour', () => {
  const lines = [line(1, -1), line(2, 0), line(4, 3_599), line(8, 3_600), line(16, 7_200)];

  test('takes only messages of that hour', async () => {
    const folder = scratch();
    const input = fileOf(folder, 'in.jsonl', lines);
    await runAntennas(folder, { input, hour: ['2020-09-19T21:00:00+02:00'] });
    expect(table(folder, 'bytes_agg_app_1h').slice(1)).toEqual(['SKYPE,2020-09-19T19:00:00Z,6']);
    expect(table(folder, 'bytes_agg_app').slice(1)).toEqual([
      'SKYPE,2020-09-19T19:00:00Z,2',
      'SKYPE,2020-09-19T19:55:00Z,4',
    ]);
  });

  test('may be given again, also for Parquet', async () => {
    const folder = scratch();
    const raw = path.join(folder, 'first/raw');
    await runAntennas(`${folder}/first`, { input: fileOf(folder, 'in.jsonl', lines) });
    const hour = ['2020-09-19T20:00:00Z', '2020-09-19T21:00:00Z'];
    await runAntennas(`${folder}/second`, { input: `parquet:${raw}`, hour });
    expect(table(`${folder}/second`, 'bytes_agg_app_1h').slice(1)).toEqual([
      'SKYPE,2020-09-19T20:00:00Z,8',
      'SKYPE,2020-09-19T21:00:00Z,16',
    ]);
  });

  test('without messages of it gives tables without rows', async () => {
    const folder = scratch();
    await runAntennas(folder, { input: fileOf(folder, 'in.jsonl', lines), hour: ['2021-01-01T00:00:00Z'] });
    for (const name of TABLES) expect(table(folder, name), name).toHaveLength(1);
  });
});
