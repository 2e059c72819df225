import type { OptionSpecs, PipelineDefinition } from '../model/index.ts';
import { EXIT } from './exit-codes.ts';
import { nodeTerminal } from './node-terminal.ts';
import { shortPath } from './ownership.ts';
import { prepare } from './prepare.ts';
import { runPipeline } from './run-pipeline.ts';
import { Session } from './session.ts';

/** What `import.meta` tells of a module. */
export interface ModuleMeta {
  readonly main?: boolean;
  readonly filename?: string;
}

/**
 * Runs a pipeline by the process's command line if its module is the program that was started; does nothing where the
 * module is only imported, by a worker, a test or `viga graph`.
 *
 * It is the last line of a pipeline's file. It reads the pipeline's options and the standard ones (`--help` lists both),
 * shows progress and a summary, and sets the exit code: 0 done, or stopped with its state saved; 1 failed; 2 wrong options;
 * 4 refused by its state or a guarantee; 130 interrupted. It never rejects.
 *
 * @example
 * import { create, definePipeline } from 'viga';
 * import { runIfMain } from 'viga/cli';
 * const pipeline = definePipeline({
 *   name: 'greet',
 *   options: { whom: { type: 'string', default: 'world', describe: 'Who is greeted.' } },
 *   build(p, options) {
 *     p.apply(create([options.whom])).map((name) => `hello ${name}`, { name: 'Greet' });
 *   },
 * });
 * export default pipeline;
 * await runIfMain(import.meta, pipeline);
 */
export async function runIfMain<O extends OptionSpecs>(
  meta: ModuleMeta,
  definition: PipelineDefinition<O>,
): Promise<void> {
  if (meta.main !== true) return;
  const terminal = nodeTerminal();
  const args = process.argv.slice(2);
  const session = new Session(
    terminal,
    `node ${shortPath(meta.filename ?? process.argv[1] ?? '', terminal.directory)}`,
    args,
  );
  const code = await session.guard({ failedCode: EXIT.failed, ownsOutput: false }, async () => {
    // build takes the options of its own table, which are those that are read for it.
    const any = definition as unknown as PipelineDefinition;
    const prepared = await prepare(session, any, { args, commandOptions: {}, given: {} });
    return prepared === undefined ? EXIT.ok : runPipeline(session, prepared);
  });
  terminal.finish(code);
}
