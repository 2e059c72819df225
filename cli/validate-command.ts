import { isStreaming, planFor } from '../runners/plan/index.ts';
import { guaranteesOf } from '../runners/run/index.ts';
import { EXIT } from './exit-codes.ts';
import { refuseLess } from './guarantees.ts';
import { outStyle } from './graph-command.ts';
import type { Prepared } from './prepare.ts';
import { plural } from '../ui/index.ts';
import { visible } from './print/index.ts';
import { given } from './runners.ts';
import type { Session } from './session.ts';

/** Checks that the runner takes a pipeline, without reading anything. @throws PipelineError for what it refuses */
export async function validateCommand(
  { terminal }: Session,
  { pipeline, definition, settings }: Prepared,
): Promise<number> {
  const { graph } = pipeline;
  const options = given(settings);
  const plan = planFor(graph, options);
  refuseLess(settings.required, guaranteesOf(graph, settings.stateDirectory !== undefined));
  const schedule = isStreaming(graph, options) ? 'streaming' : 'batch';
  const stages = schedule === 'streaming' ? plan.stages.length : plan.order.length;
  const steps = graph.steps.length;
  const { paint } = outStyle(terminal);
  const text = settings.isJson
    ? JSON.stringify({ type: 'valid', pipeline: definition.name, runner: settings.runner, schedule, steps, stages })
    : `${paint.green('✔')} ${visible(definition.name)} is valid: ${plural(steps, 'step')} in ${plural(stages, 'stage')}${schedule === 'streaming' ? ', streaming' : ''}`;
  terminal.out(`${text}\n`);
  return EXIT.ok;
}
