import { DEAD_LETTERS, type Graph, type PCollection, type Step, type StepStats } from '../../model/index.ts';
import type { StageRuntime } from '../execution/index.ts';
import type { Plan, PlannedStage } from './plan.ts';

/** What the statistics are read from: the counters of the stages, and what readers and writers count themselves. */
export interface Counted {
  readonly graph: Graph;
  readonly plan: Plan;
  readonly runtimeOf: (stage: PlannedStage) => StageRuntime | undefined;
  readonly bytesOf: (step: Step) => number;
  readonly rejectedBy: (step: Step) => number;
}

/** Elements in and out of each step so far. Elements of a step's input are those that its producers gave out. */
export function stepStats(counted: Counted): readonly StepStats[] {
  return counted.graph.steps.map((step) => ({
    step: step.path,
    kind: step.primitive.kind,
    elementsIn: step.inputs.reduce((sum, input) => sum + elementsOf(counted, input), 0),
    elementsOut: [...step.outputs.values()]
      .filter(({ tag }) => tag !== DEAD_LETTERS)
      .reduce((sum, output) => sum + elementsOf(counted, output), 0),
    failed: failedOf(counted, step),
    bytes: counted.bytesOf(step),
  }));
}

function elementsOf({ plan, runtimeOf }: Counted, collection: PCollection<unknown>): number {
  const producer = plan.producerOf(collection);
  const stage = plan.stageOf.get(producer);
  const runtime = stage && runtimeOf(stage);
  if (runtime === undefined) return 0;
  const node = runtime.nodes.find(({ node: { step } }) => step === producer);
  if (node !== undefined) return node.out.get(collection.tag) ?? 0;
  return runtime.elementsIn(collection.tag);
}

function failedOf({ plan, runtimeOf, rejectedBy }: Counted, step: Step): number {
  const stage = plan.stageOf.get(step);
  const runtime = stage && runtimeOf(stage);
  const node = runtime?.nodes.find(({ node }) => node.step === step);
  if (node !== undefined) return node.failed;
  return step.primitive.kind === 'Write' ? rejectedBy(step) : (runtime?.elementsIn(DEAD_LETTERS) ?? 0);
}
