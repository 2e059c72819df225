import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Pipeline, type PipelineResult } from 'viga';
import { directRunner, type DirectRunnerOptions } from 'viga/runners/direct';
import { onTestFinished } from 'vitest';
import covid from '../../../pipelines/covid.ts';

/** The options of a run that a test gives; the folder of the output is made for it. */
export type Given = Omit<Partial<Parameters<typeof covid.build>[1]>, 'runner' | 'jobName'>;

/** The fixture of a layout. */
export const fixture = (name: string): string => path.join(import.meta.dirname, 'fixtures', name);

/** An empty folder for the time of a test. */
export function scratch(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'covid-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Runs the whole pipeline into a folder. */
export async function runCovid(
  output: string,
  given: Given = {},
  runner: DirectRunnerOptions = {},
): Promise<PipelineResult> {
  const pipeline = new Pipeline();
  const none = { input: undefined, population: undefined, start: undefined, end: undefined, strictQuality: undefined };
  await covid.build(pipeline, { ...none, output, ...given, runner: 'direct', jobName: 'covid' });
  return pipeline.run(directRunner(runner));
}

/** The lines of a table, its header first. */
export function table(output: string, name: string): readonly string[] {
  return text(output, `refined/${name}.csv`).trimEnd().split('\n');
}

/** What a JSON file of a run holds. */
export function json(output: string, name: string) {
  return JSON.parse(text(output, name));
}

export function text(output: string, name: string): string {
  return readFileSync(path.join(output, name), 'utf8');
}

/** The CSV files of a run, by name. */
export function tables(output: string): Readonly<Record<string, string>> {
  const names = readdirSync(path.join(output, 'refined')).filter((name) => name.endsWith('.csv'));
  return Object.fromEntries(names.map((name) => [name, text(output, `refined/${name}`)]));
}

/** All files below a folder that a reader of data looks at, sorted. */
export function filesOf(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .filter((file) => !/(?:^|\/)[._]/.test(file))
    .sort();
}
