import type { Timestamp, Trigger } from '../../model/index.ts';
import { clear, isFinished, reset, type TriggerNode, type TriggerState } from './trigger-state.ts';

// What triggers do, each kind as Beam's state machines do it: told of elements, asked whether to fire, told that they fired.
// An element never makes a trigger that should fire not fire any more. The second part of this is trigger-merge.ts.

/** What a trigger may look at besides its own state. */
export interface TriggerTime {
  /** Whether the watermark has passed the end of the window. */
  readonly isOver: boolean;
  /** The clock of the run. */
  readonly now: Timestamp;
  /** Whether the window may still become one with others: parts that had their turn may then get it again. */
  readonly isMerging: boolean;
}

/** Tells a trigger of an element. */
export function onElement(node: TriggerNode, state: TriggerState, time: TriggerTime): void {
  const { trigger, number, parts } = node;
  switch (trigger.kind) {
    case 'default':
    case 'never':
      return;
    case 'afterCount':
      state.values[number] = (state.values[number] ?? 0) + 1;
      return;
    case 'afterProcessingTime':
      if (state.values[number] === Number.POSITIVE_INFINITY) state.values[number] = targetOf(trigger, time.now);
      return;
    case 'afterWatermark':
    case 'afterEach': {
      const current = firstUnfinished(node, state);
      for (const part of parts) if (time.isMerging || part === current) onElement(part, state, time);
      return;
    }
    case 'afterAll':
      for (const part of parts) if (!isFinished(part, state)) onElement(part, state, time);
      return;
    case 'repeatedly':
    case 'afterAny':
    case 'orFinally':
      for (const part of parts) onElement(part, state, time);
      return;
    default:
      return trigger satisfies never;
  }
}

type AfterProcessingTime = Extract<Trigger, { kind: 'afterProcessingTime' }>;

/** The delay first, then up to the next multiple of `alignTo`. */
function targetOf({ delay, alignTo }: AfterProcessingTime, now: Timestamp): Timestamp {
  const target = now + delay;
  return alignTo === undefined ? target : Math.ceil(target / alignTo) * alignTo;
}

const firstUnfinished = ({ parts }: TriggerNode, state: TriggerState): TriggerNode | undefined =>
  parts.find((part) => !isFinished(part, state));

/** Whether a trigger wants its pane to fire now. */
export function shouldFire(node: TriggerNode, state: TriggerState, time: TriggerTime): boolean {
  const { trigger, number, parts } = node;
  const wants = (part: TriggerNode | undefined): boolean => part !== undefined && shouldFire(part, state, time);
  switch (trigger.kind) {
    case 'default':
      return time.isOver;
    case 'never':
      return false;
    case 'afterCount':
      return (state.values[number] ?? 0) >= trigger.count;
    case 'afterProcessingTime':
      return (state.values[number] ?? Number.POSITIVE_INFINITY) <= time.now;
    case 'afterWatermark': {
      const [early, late] = parts;
      const isBeforeEnd = early !== undefined && !isFinished(early, state);
      return isBeforeEnd ? wants(early) || time.isOver : wants(late);
    }
    case 'afterEach':
      return wants(firstUnfinished(node, state));
    case 'afterAll':
      return parts.every((part) => isFinished(part, state) || wants(part));
    case 'afterAny':
      return parts.some((part) => isFinished(part, state) || wants(part));
    case 'repeatedly':
    case 'orFinally':
      return parts.some(wants);
    default:
      return trigger satisfies never;
  }
}

/** Tells a trigger that its pane fires, as it wanted. */
export function onFire(node: TriggerNode, state: TriggerState, time: TriggerTime): void {
  const { trigger, number, parts } = node;
  switch (trigger.kind) {
    case 'default':
    case 'never':
      return;
    case 'afterCount':
    case 'afterProcessingTime':
      clear(node, state);
      state.finished[number] = true;
      return;
    case 'afterWatermark':
      return fireAroundEnd(node, state, time);
    case 'repeatedly':
      for (const part of parts) fireAndRepeat(part, state, time);
      return;
    case 'afterAny':
      for (const part of parts) {
        if (shouldFire(part, state, time)) onFire(part, state, time);
        else clear(part, state); // what it saw is in the pane that fires
      }
      state.finished[number] = true;
      return;
    case 'afterAll':
      for (const part of parts) if (!isFinished(part, state)) onFire(part, state, time);
      state.finished[number] = true;
      return;
    case 'afterEach':
      return fireInTurn(node, state, time);
    case 'orFinally':
      return fireUntil(node, state, time);
    default:
      return trigger satisfies never;
  }
}

function fireAndRepeat(part: TriggerNode, state: TriggerState, time: TriggerTime): void {
  onFire(part, state, time);
  if (isFinished(part, state)) reset(part, state);
}

/** The first firing after the end belongs to neither part; from then on the late part has its turn. */
function fireAroundEnd({ number, parts }: TriggerNode, state: TriggerState, time: TriggerTime): void {
  const [early, late] = parts;
  if (early === undefined || isFinished(early, state)) {
    if (late !== undefined) fireAndRepeat(late, state, time);
    else state.finished[number] = true;
    return;
  }
  if (!time.isOver) return fireAndRepeat(early, state, time);
  reset(early, state);
  state.finished[early.number] = true;
  if (late === undefined) state.finished[number] = true;
  else reset(late, state);
}

function fireInTurn(node: TriggerNode, state: TriggerState, time: TriggerTime): void {
  const current = firstUnfinished(node, state);
  if (current !== undefined) onFire(current, state, time);
  if (time.isMerging) for (const part of node.parts) clear(part, state);
  state.finished[node.number] = firstUnfinished(node, state) === undefined;
}

/** What counts for `until` counts across panes, so it goes on unless it fires. */
function fireUntil({ number, parts }: TriggerNode, state: TriggerState, time: TriggerTime): void {
  const [actual, until] = parts as [TriggerNode, TriggerNode]; // see partsOf
  if (shouldFire(until, state, time)) {
    onFire(until, state, time);
    clear(actual, state);
  } else onFire(actual, state, time);
  state.finished[number] = isFinished(actual, state) || isFinished(until, state);
}
