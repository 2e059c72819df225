// When a window fires, by Beam's state machines of triggers. What is known of a trigger is a tree of its own shape.
import { afterWatermark, never, repeatedly } from '../../model/index.ts';
import type { Timestamp, Trigger } from '../../model/index.ts';

/** A trigger in one window of one key. */
export interface TriggerState {
  readonly trigger: Trigger;
  readonly parts: readonly TriggerState[];
  isFinished: boolean;
  /** Elements since it fired; what afterCount looks at. */
  count: number;
  /** When the clock makes it fire; what afterProcessingTime looks at. */
  wake: Timestamp | undefined;
}

/** What triggers look at besides elements. */
export interface TriggerTime {
  readonly isOver: boolean;
  readonly now: Timestamp;
  /** Whether windows can become one, so that a part that is finished may have to go on. */
  readonly isMerging: boolean;
}

export function freshTrigger(given: Trigger): TriggerState {
  const trigger = given.kind === 'default' ? repeatedly(afterWatermark()) : given;
  return { trigger, parts: partsOf(trigger).map(freshTrigger), isFinished: false, count: 0, wake: undefined };
}

/** The triggers inside of one. Those of afterWatermark are `early`, and `late` where there is one. */
function partsOf(trigger: Trigger): readonly Trigger[] {
  if (trigger.kind === 'afterWatermark') {
    const { early, late } = trigger;
    if (late !== undefined) return [early ?? never(), late];
    return early === undefined ? [] : [early];
  }
  if (trigger.kind === 'orFinally') return [trigger.trigger, trigger.until];
  if (trigger.kind === 'repeatedly') return [trigger.trigger];
  return 'triggers' in trigger ? trigger.triggers : [];
}

/** The times of the clock at which a trigger has to be asked. */
export const wakesOf = ({ wake, parts }: TriggerState): readonly Timestamp[] => [
  ...(wake === undefined ? [] : [wake]),
  ...parts.flatMap(wakesOf),
];

/** Forgets what was counted; what is finished stays so. */
function clear(state: TriggerState): void {
  state.count = 0;
  state.wake = undefined;
  state.parts.forEach(clear);
}

function reset(state: TriggerState): void {
  clear(state);
  state.isFinished = false;
  state.parts.forEach(reset);
}

const firstOpen = ({ parts }: TriggerState): readonly TriggerState[] =>
  parts.filter((part) => !part.isFinished).slice(0, 1);

export function onElement(state: TriggerState, time: TriggerTime): void {
  const { trigger, parts } = state;
  state.count++;
  if (trigger.kind === 'afterProcessingTime') {
    const { delay, alignTo = 1 } = trigger;
    state.wake ??= Math.ceil((time.now + delay) / alignTo) * alignTo;
  }
  const isInOrder = trigger.kind === 'afterEach' || trigger.kind === 'afterWatermark';
  for (const part of isInOrder && !time.isMerging ? firstOpen(state) : parts) onElement(part, time);
}

export function shouldFire(state: TriggerState, time: TriggerTime): boolean {
  const { trigger, parts } = state;
  const fires = (part: TriggerState): boolean => shouldFire(part, time);
  switch (trigger.kind) {
    case 'afterCount':
      return state.count >= trigger.count;
    case 'afterProcessingTime':
      return state.wake !== undefined && time.now >= state.wake;
    case 'afterWatermark': {
      const [early, ...late] = parts;
      if (early?.isFinished) return late.some(fires);
      return time.isOver || (early !== undefined && fires(early));
    }
    case 'afterAny':
      return parts.some((part) => part.isFinished || fires(part));
    case 'afterAll':
      return parts.every((part) => part.isFinished || fires(part));
    case 'afterEach':
      return firstOpen(state).some(fires);
    default:
      return parts.some(fires);
  }
}

/** What the firing of a trigger that should fire makes of its state. */
export function onFire(state: TriggerState, time: TriggerTime): void {
  const { trigger, parts } = state;
  const [first, second] = parts;
  const fire = (part: TriggerState): void => onFire(part, time);
  switch (trigger.kind) {
    case 'afterWatermark':
      fireAroundEnd(state, time);
      return;
    case 'repeatedly':
      for (const part of parts) repeat(part, time);
      return;
    case 'afterEach':
      firstOpen(state).forEach(fire);
      // A finished part may have to go on after windows have become one, so all count from now.
      if (time.isMerging) clear(state);
      state.isFinished = parts.every(({ isFinished }) => isFinished);
      return;
    case 'orFinally':
      if (first === undefined || second === undefined) return;
      if (shouldFire(second, time)) {
        fire(second);
        clear(first);
      } else fire(first);
      state.isFinished = first.isFinished || second.isFinished;
      return;
    default:
      // Once: afterCount, afterProcessingTime, afterAny, afterAll.
      for (const part of parts) shouldFire(part, time) ? fire(part) : clear(part);
      clear(state);
      state.isFinished = true;
  }
}

function repeat(state: TriggerState, time: TriggerTime): void {
  onFire(state, time);
  if (state.isFinished) reset(state);
}

/** `early` repeats until the end of the window has fired, and is finished then; `late` repeats after it. */
function fireAroundEnd(state: TriggerState, time: TriggerTime): void {
  const [early, late] = state.parts;
  if (early !== undefined && !early.isFinished) {
    if (!time.isOver) return repeat(early, time);
    reset(early);
    early.isFinished = true;
    if (late !== undefined) return reset(late);
  } else if (late !== undefined) return repeat(late, time);
  state.isFinished = true;
}

/** Makes of `state`, what is known in a window so far, what is known when those with the states `merged` have become it. */
export function onMerge(state: TriggerState, merged: readonly TriggerState[], time: TriggerTime): void {
  const { trigger, parts } = state;
  // All have the same shape.
  const ofMerged = (i: number): readonly TriggerState[] => merged.map((one) => one.parts[i] as TriggerState);
  const mergePart = (part: TriggerState, i: number): void => onMerge(part, ofMerged(i), time);
  state.count = merged.reduce((sum, { count }) => sum + count, 0);
  switch (trigger.kind) {
    case 'afterCount':
      state.isFinished = merged.some(({ isFinished }) => isFinished);
      if (state.isFinished) clear(state);
      return;
    case 'afterProcessingTime': {
      const wakes = merged.flatMap(wakesOf);
      state.wake = state.isFinished || wakes.length === 0 ? undefined : Math.min(...wakes);
      return;
    }
    case 'afterWatermark': {
      const [early, late] = parts;
      const wasOver = (early === undefined ? merged : ofMerged(0)).every(({ isFinished }) => isFinished);
      const ended = early ?? state;
      if (!(wasOver && time.isOver)) {
        if (early !== undefined) mergePart(early, 0);
        if (late !== undefined) reset(late);
      } else if (late !== undefined) mergePart(late, 1);
      ended.isFinished = wasOver && time.isOver;
      return;
    }
    case 'afterEach':
      for (const [i, part] of parts.entries()) {
        if (parts.slice(0, i).every(({ isFinished }) => isFinished)) mergePart(part, i);
        else clear(part);
      }
      state.isFinished = parts.every(({ isFinished }) => isFinished);
      return;
    default:
      parts.forEach(mergePart);
      if (trigger.kind === 'afterAll') state.isFinished = parts.every(({ isFinished }) => isFinished);
      else if (trigger.kind !== 'repeatedly') state.isFinished = parts.some(({ isFinished }) => isFinished);
  }
}
