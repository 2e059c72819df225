import type { Step } from '../model/index.ts';
import { isStreaming, type Plan, planFor, type PlannedStage, sideInputsOf } from '../runners/plan/index.ts';
import { guaranteesOf } from '../runners/run/index.ts';
import { EXIT } from './exit-codes.ts';
import { outStyle } from './graph-command.ts';
import type { Prepared } from './prepare.ts';
import { planLines, type PlanView, type StageView } from './print/index.ts';
import { given } from './runners.ts';
import type { Session } from './session.ts';

/** Prints the stages that the runner makes of a pipeline. @throws PipelineError for what the runner refuses */
export async function explainCommand(
  { terminal }: Session,
  { pipeline, definition, settings }: Prepared,
): Promise<number> {
  const { graph } = pipeline;
  const isDurable = settings.stateDirectory !== undefined;
  const options = given(settings);
  const view: PlanView = {
    pipeline: definition.name,
    runner: settings.runner,
    schedule: isStreaming(graph, options) ? 'streaming' : 'batch',
    isDurable,
    stages: stageViews(planFor(graph, options), graph.steps),
    guarantees: isStreaming(graph, options) ? guaranteesOf(graph, isDurable) : [],
  };
  const { paint, width } = outStyle(terminal);
  const text = settings.isJson ? JSON.stringify(view) : planLines(view, paint, width).join('\n');
  terminal.out(`${text}\n`);
  return EXIT.ok;
}

/** Stages in the order in which they run, numbered by it; a merge comes after all that feed it. */
function stageViews(plan: Plan, steps: readonly Step[]): StageView[] {
  const place = (stage: PlannedStage): number => Math.max(...[...stage.roots].map((root) => plan.order.indexOf(root)));
  const isFed = ({ entryKind }: PlannedStage): boolean =>
    entryKind === 'merge' || entryKind === 'keyed' || entryKind === 'join';
  const ordered = [...plan.stages].sort(
    (a, b) => place(a) - place(b) || Number(isFed(a)) - Number(isFed(b)) || a.id - b.id,
  );
  const numbers = new Map(ordered.map((stage, n) => [stage, n + 1]));
  const numbersOf = (stages: Iterable<PlannedStage>): number[] =>
    [...stages].map((stage) => numbers.get(stage) ?? 0).sort((a, b) => a - b);
  return ordered.map((stage) => ({
    id: numbers.get(stage) ?? 0,
    entryKind: stage.entryKind,
    entry: stage.entryStep.path,
    entryStepKind: stage.entryStep.primitive.kind,
    reason: stage.reason,
    fused: stage.steps.filter((step) => step !== stage.entryStep).map(({ path }) => path),
    waitsFor: Object.values(sideInputsOf(stage.entryStep)).map(({ collection }) => collection.producer),
    writes: writesFrom(stage, plan, steps),
    after: numbersOf(isFed(stage) ? stage.roots : stage.after),
  }));
}

const writesFrom = (stage: PlannedStage, plan: Plan, steps: readonly Step[]): string[] =>
  steps
    .filter(({ primitive, inputs }) => {
      const isFromHere = inputs.some((input) => plan.stageOf.get(plan.producerOf(input)) === stage);
      return primitive.kind === 'Write' && isFromHere;
    })
    .map(({ path }) => path);
