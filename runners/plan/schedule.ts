import { type Graph, PipelineError } from '../../model/index.ts';
import { type Plan, planBounded, planStreaming } from './plan.ts';

/** What decides about the schedule of a run, beside its graph. */
export interface ScheduleOptions {
  readonly streaming?: boolean;
  readonly stateDirectory?: string;
}

/** Whether a run has the streaming schedule. @throws PipelineError for input without an end that is to be read to its end */
export function isStreaming({ steps }: Graph, { streaming, stateDirectory }: ScheduleOptions): boolean {
  if (steps.some(({ primitive }) => primitive.kind === 'TestStream')) return true;
  const endless = steps.find(({ outputs }) => [...outputs.values()].some(({ isBounded }) => !isBounded));
  if (endless === undefined) return streaming ?? stateDirectory !== undefined;
  if (streaming === false) {
    throw new PipelineError(
      endless.path,
      'its output never ends, and the run has streaming: false. Stages that run one after another would wait for the end for ever. Leave streaming out, or read something that ends.',
    );
  }
  return true;
}

/** The plan that a run would have. @throws PipelineError for what is refused */
export const planFor = (graph: Graph, options: ScheduleOptions): Plan =>
  isStreaming(graph, options) ? planStreaming(graph) : planBounded(graph);
