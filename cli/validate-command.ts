import { EXIT } from './exit-codes.ts';
import { outStyle } from './graph-command.ts';
import type { Prepared } from './prepare.ts';
import { plural, visible } from './print/index.ts';
import type { Session } from './session.ts';

/** Checks that the runner takes a pipeline, without reading anything. @throws PipelineError for what it refuses */
export async function validateCommand(
  { terminal }: Session,
  { pipeline, definition, settings }: Prepared,
): Promise<number> {
  const { planBounded } = await import('../runners/direct/index.ts');
  const stages = planBounded(pipeline.graph).order.length;
  const steps = pipeline.graph.steps.length;
  const { paint } = outStyle(terminal);
  const text = settings.isJson
    ? JSON.stringify({ type: 'valid', pipeline: definition.name, runner: settings.runner, steps, stages })
    : `${paint.green('✔')} ${visible(definition.name)} is valid: ${plural(steps, 'step')} in ${plural(stages, 'stage')}`;
  terminal.out(`${text}\n`);
  return EXIT.ok;
}
