import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Pipeline, type PipelineResult } from 'viga';
import { directRunner, type DirectRunnerOptions } from 'viga/runners/direct';
import covid from '../../../pipelines/covid.ts';

export { filesOf, scratch } from '../scratch.ts';

/** The options of a run that a test gives; the folder of the output is made for it. */
export type Given = Omit<Partial<Parameters<typeof covid.build>[1]>, 'runner' | 'jobName'>;

/** The fixture of a layout. */
export const fixture = (name: string): string => path.join(import.meta.dirname, 'fixtures', name);

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
