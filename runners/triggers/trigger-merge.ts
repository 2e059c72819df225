import type { TriggerTime } from './trigger-machine.ts';
import {
  clear,
  copyState,
  isFinished,
  newState,
  reset,
  type TriggerNode,
  type TriggerState,
  type TriggerTree,
} from './trigger-state.ts';

// What becomes of triggers when windows become one, as Beam has it: counts add up, delays end with the first of them, and the
// end of the window is still to come while it is for one of the windows, or for what they became.

/** The state of the trigger of a window that others became; `same` is what it was where the window is one of them. */
export function mergeStates(
  tree: TriggerTree,
  sources: readonly TriggerState[],
  same: TriggerState | undefined,
  time: TriggerTime,
): TriggerState {
  const target = same === undefined ? newState(tree) : copyState(same);
  merge(tree.root, { target, sources, time });
  return target;
}

interface Merge {
  readonly target: TriggerState;
  readonly sources: readonly TriggerState[];
  readonly time: TriggerTime;
}

function merge(node: TriggerNode, merging: Merge): void {
  const { trigger, number, parts } = node;
  const { target } = merging;
  const mergeParts = (): void => parts.forEach((part) => merge(part, merging));
  switch (trigger.kind) {
    case 'default':
    case 'never':
      return;
    case 'afterCount':
      return mergeCounts(number, merging);
    case 'afterProcessingTime':
      return mergeDelays(number, merging);
    case 'afterWatermark':
      return mergeAroundEnd(node, merging);
    case 'repeatedly':
      return mergeParts();
    case 'afterAny':
    case 'orFinally':
      mergeParts();
      target.finished[number] = parts.some((part) => isFinished(part, target));
      return;
    case 'afterAll':
      mergeParts();
      target.finished[number] = parts.every((part) => isFinished(part, target));
      return;
    case 'afterEach':
      return mergeInTurn(node, merging);
    default:
      return trigger satisfies never;
  }
}

/** A count that was reached in one of the windows has been reached. */
function mergeCounts(number: number, { target, sources }: Merge): void {
  const isReached = sources.some(({ finished }) => finished[number]);
  target.finished[number] = isReached;
  target.values[number] = isReached ? 0 : sources.reduce((sum, { values }) => sum + (values[number] ?? 0), 0);
}

function mergeDelays(number: number, { target, sources }: Merge): void {
  const delays = target.finished[number] ? [] : sources.map(({ values }) => values[number] ?? Number.POSITIVE_INFINITY);
  target.values[number] = Math.min(...delays); // Infinity of none
}

/** What is new may be over even where something of it has not fired yet: then the end is still to fire. */
function mergeAroundEnd({ number, trigger, parts }: TriggerNode, merging: Merge): void {
  const { target, sources, time } = merging;
  const [early, late] = parts as [TriggerNode, TriggerNode?]; // see partsOf
  const isPast = time.isOver && sources.every((source) => isFinished(early, source));
  if (isPast) {
    reset(early, target);
    if (late !== undefined) merge(late, merging);
  } else {
    merge(early, merging);
    if (late !== undefined) reset(late, target);
  }
  target.finished[early.number] = isPast;
  const endsAll = trigger.kind === 'afterWatermark' && trigger.early === undefined && trigger.late === undefined;
  if (endsAll) target.finished[number] = isPast;
}

/** Those after the first that goes on have not begun. */
function mergeInTurn({ number, parts }: TriggerNode, merging: Merge): void {
  const { target } = merging;
  let isInTurn = true;
  for (const part of parts) {
    if (isInTurn) merge(part, merging);
    else clear(part, target);
    isInTurn &&= isFinished(part, target);
  }
  target.finished[number] = isInTurn;
}
