import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Pipeline, type PipelineResult, type RunOptions } from 'viga';
import { directRunner, type DirectRunnerOptions } from 'viga/runners/direct';
import antennas from '../../../pipelines/antennas.ts';
import { filesOf, scratch } from '../scratch.ts';

export { filesOf, scratch };

/** The options of a run that a test gives; the folder of the output is made for it. */
export type Given = Omit<Partial<Parameters<typeof antennas.build>[1]>, 'runner' | 'jobName'>;

/** The tables of both modes. */
export const TABLES = [
  'bytes_agg_antenna',
  'bytes_agg_antenna_1h',
  'bytes_agg_app',
  'bytes_agg_app_1h',
  'bytes_agg_user',
  'bytes_agg_user_1h',
  'users_over_quota_1h',
];

const defaults = {
  mode: 'batch',
  input: undefined,
  until: undefined,
  ticks: undefined,
  start: undefined,
  disorder: undefined,
  realtime: false,
  users: undefined,
  window: '5m',
  maxOutOfOrder: '1m',
  allowedLateness: '1h',
  hour: undefined,
  raw: undefined,
  runner: 'direct',
  jobName: 'antennas',
} as const;

/** Runs the whole pipeline into a folder. */
export async function runAntennas(
  output: string,
  given: Given = {},
  runner: DirectRunnerOptions = {},
  options: RunOptions = {},
): Promise<PipelineResult> {
  const pipeline = new Pipeline();
  await antennas.build(pipeline, { ...defaults, output, ...given });
  return pipeline.run(directRunner(runner), options);
}

/** A message as a line: so many bytes of a device at a second after 2020-09-19T19:00:00Z, through an antenna. */
export function line(
  bytes: number,
  second: number,
  { device = 1, antenna = 0, app = 'SKYPE' }: { device?: number; antenna?: number; app?: string } = {},
): string {
  const id = `00000000-0000-0000-0000-${String(device).padStart(12, '0')}`;
  return JSON.stringify({ bytes, timestamp: 1_600_542_000 + second, app, id, antenna_id: `antenna-${antenna}` });
}

/** A file of lines. */
export function fileOf(folder: string, name: string, lines: readonly string[]): string {
  const file = path.join(folder, name);
  writeFileSync(file, lines.map((text) => `${text}\n`).join(''));
  return file;
}

/** The lines of a table's CSV file, its header first. */
export function table(output: string, name: string): readonly string[] {
  return readFileSync(path.join(output, `${name}.csv`), 'utf8')
    .trimEnd()
    .split('\n');
}

/** The CSV files of a run as they are, by name. */
export function csvFiles(output: string, without: readonly string[] = []): Readonly<Record<string, string>> {
  const names = readdirSync(output).filter((name) => name.endsWith('.csv') && !without.includes(name));
  return Object.fromEntries(names.map((name) => [name, readFileSync(path.join(output, name), 'utf8')]));
}

/** The rows of a table in the database of a run, by date and key, as lines. */
export function stored(output: string, name: string): readonly string[] {
  const database = new DatabaseSync(path.join(output, 'antennas.db'), { readOnly: true });
  try {
    const select = database.prepare(`SELECT * FROM ${name} ORDER BY date, 1`);
    select.setReadBigInts(true);
    return select.all().map((row) => Object.values(row).join());
  } finally {
    database.close();
  }
}

/** The values of JSON lines in all files below a folder. */
export function jsonLines(folder: string): readonly Readonly<Record<string, unknown>>[] {
  return filesOf(folder).flatMap((file) =>
    readFileSync(path.join(folder, file), 'utf8')
      .split('\n')
      .filter((text) => text !== '')
      // Lines of rejected messages are objects.
      .map((text) => JSON.parse(text) as Readonly<Record<string, unknown>>),
  );
}
