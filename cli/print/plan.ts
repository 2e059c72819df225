import type { EntryKind } from '../../runners/plan/index.ts';
import type { PathGuarantee } from '../../runners/run/index.ts';
import { ownName } from './graph-view.ts';
import type { Paint } from './paint.ts';
import { plural } from '../../ui/index.ts';
import { visible } from './safe-text.ts';
import { wrap } from './failure-lines.ts';

/** A stage, as `viga explain` shows it. */
export interface StageView {
  readonly id: number;
  readonly entryKind: EntryKind;
  /** The path of the step that it starts with. */
  readonly entry: string;
  /** The kind of primitive that it starts with. */
  readonly entryStepKind: string;
  readonly reason: string;
  /** The paths of the steps that run in one function with it. */
  readonly fused: readonly string[];
  /** The steps that make its side inputs: an element waits until they are ready for its window. */
  readonly waitsFor: readonly string[];
  readonly writes: readonly string[];
  /** The stages that are finished before it starts. */
  readonly after: readonly number[];
}

/** What `viga explain` shows of a pipeline. */
export interface PlanView {
  readonly pipeline: string;
  readonly runner: string;
  /** Whether all stages run at once, as elements come, or one after another. */
  readonly schedule: 'streaming' | 'batch';
  /** Whether there is a state directory. */
  readonly isDurable: boolean;
  /** In the order in which they run. */
  readonly stages: readonly StageView[];
  /** What each sink is promised, where that is more than one whole result at the end. */
  readonly guarantees: readonly PathGuarantee[];
}

const LABEL = 8;

/** The stages of a plan: why each is one, what runs in it as one function, and what of it can go to disk. */
export function planLines(view: PlanView, paint: Paint, width: number): string[] {
  const { pipeline, runner, stages, guarantees } = view;
  const how = view.schedule === 'streaming' ? ', all at once' : '';
  const title = `${visible(pipeline)} on the ${runner} runner: ${plural(stages.length, 'stage')}${how}`;
  const promised = guarantees.flatMap(({ sink, level, reasons }) => [
    `  ${visible(sink)}  ${paint.cyan(level)}`,
    ...reasons.flatMap((reason) => wrap(visible(reason), width - 4)).map((line) => `    ${line}`),
  ]);
  return [
    paint.bold(title),
    ...stages.flatMap((stage) => ['', ...stageLines(stage, view, paint, width)]),
    ...(promised.length === 0 ? [] : ['', paint.bold('what sinks are promised'), ...promised]),
  ];
}

function stageLines(stage: StageView, { schedule, isDurable }: PlanView, paint: Paint, width: number): string[] {
  const labeled = (label: string, text: string | undefined): string[] =>
    text === undefined
      ? []
      : wrap(visible(text), width - 2 - LABEL).map(
          (line, n) => `  ${paint.dim((n === 0 ? label : '').padEnd(LABEL))}${line}`,
        );
  return [
    `${paint.bold(`stage ${stage.id}`)}  ${visible(stage.entry)}  ${paint.cyan(stage.entryStepKind)}`,
    ...labeled('cut', `${stage.reason}.`),
    ...labeled('fused', fusedText(stage)),
    ...labeled('waits', stage.waitsFor.length === 0 ? undefined : `for side inputs of ${stage.waitsFor.join(', ')}.`),
    ...(schedule === 'batch' ? labeled('spills', spillText(stage)) : labeled('keeps', keepText(stage, isDurable))),
    ...labeled('writes', stage.writes.length === 0 ? undefined : stage.writes.join(', ')),
    ...labeled(
      'after',
      stage.after.length === 0 || schedule === 'streaming'
        ? undefined
        : stage.after.map((id) => `stage ${id}`).join(', '),
    ),
  ];
}

/** The steps in their order; those of one composite with its name once. */
function fusedText({ fused }: StageView): string | undefined {
  if (fused.length === 0) return undefined;
  return `${plural(fused.length, 'step')} in one function: ${grouped(fused).join(', ')}`;
}

function grouped(paths: readonly string[]): string[] {
  const parts: { scope: string; names: string[] }[] = [];
  for (const path of paths) {
    const name = ownName(path);
    const scope = path.slice(0, Math.max(0, path.length - name.length - 1));
    const last = parts.at(-1);
    if (last !== undefined && last.scope === scope && scope !== '') last.names.push(name);
    else parts.push({ scope, names: [name] });
  }
  return parts.map(({ scope, names }) =>
    scope === '' ? names.join(', ') : names.length === 1 ? `${scope}/${names[0]}` : `${scope}/{${names.join(', ')}}`,
  );
}

/** What a stage of a streaming run has from one element to the next. */
function keepText({ entryKind, entryStepKind }: StageView, isDurable: boolean): string | undefined {
  if (entryKind !== 'group' && entryKind !== 'keyed') return undefined;
  const what =
    entryKind === 'keyed'
      ? 'state and timers of each key and window'
      : entryStepKind === 'CombinePerKey'
        ? 'one accumulator per key and window'
        : 'the values of each key and window';
  return `${what}, ${isDurable ? 'in the state directory with each epoch.' : 'for this run only: there is no --state-dir.'}`;
}

function spillText({ entryKind, entryStepKind }: StageView): string | undefined {
  if (entryKind === 'buffer' || entryKind === 'rejects' || entryKind === 'splittable')
    return 'its elements wait in memory, and on disk beyond --memory-limit.';
  if (entryKind === 'keyed') return 'what it keeps of each key and window, in memory; on disk beyond --memory-limit.';
  if (entryKind !== 'group') return undefined;
  return entryStepKind === 'CombinePerKey'
    ? 'one accumulator per key and window, combined as elements arrive; on disk beyond --memory-limit.'
    : 'the values of each key and window, in memory; on disk beyond --memory-limit.';
}
