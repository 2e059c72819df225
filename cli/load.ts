import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { OptionsError, type PipelineDefinition, PipelineError } from '../model/index.ts';

/**
 * Imports a pipeline file and finds its definition: the default export, or the only one there is.
 *
 * @throws OptionsError if there is no such file, PipelineError if it defines no pipeline, or whatever its code throws.
 */
export async function loadDefinition(file: string, directory: string): Promise<PipelineDefinition> {
  const location = path.resolve(directory, file);
  if (!existsSync(location)) {
    throw new OptionsError(undefined, `${file}: there is no such file. Name the module that exports the pipeline.`);
  }
  if (!statSync(location).isFile()) {
    throw new OptionsError(undefined, `${file}: it is not a file. Name the module that exports the pipeline.`);
  }
  // A module namespace is a record of its exports.
  const exports = (await import(pathToFileURL(location).href)) as Readonly<Record<string, unknown>>;
  return definitionIn(exports, file);
}

function definitionIn(exports: Readonly<Record<string, unknown>>, file: string): PipelineDefinition {
  if (isDefinition(exports['default'])) return exports['default'];
  const found = Object.entries(exports).flatMap(([name, value]) => (isDefinition(value) ? [{ name, value }] : []));
  if (found.length === 1 && found[0] !== undefined) return found[0].value;
  if (found.length > 1) {
    const names = found.map(({ name }) => name).join(', ');
    throw new PipelineError(
      undefined,
      `${file}: it exports several pipelines (${names}). Only one can be meant by the file's name. Make that one the default export.`,
    );
  }
  throw new PipelineError(
    undefined,
    `${file}: it exports no pipeline. A command needs one to build it by its options. Write: export default definePipeline({ ... }).`,
  );
}

// By its shape, not by a class: the file may have another copy of Viga than this command.
const isDefinition = (value: unknown): value is PipelineDefinition =>
  typeof value === 'object' &&
  value !== null &&
  'name' in value &&
  'options' in value &&
  'build' in value &&
  typeof value.build === 'function';
