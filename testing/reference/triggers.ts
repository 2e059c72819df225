// When a window fires, by Beam's state machines of triggers. What is known of a trigger is a tree of its own shape.
import { afterWatermark, MAX_TIMESTAMP, never, repeatedly, type Timestamp, type Trigger } from '../../model/index.ts';

/** A trigger in one window of one key: what it counted since it fired, and when the clock makes it fire. */
export interface TriggerState {
  readonly trigger: Trigger;
  readonly parts: readonly TriggerState[];
  isFinished: boolean;
  count: number;
  wake: Timestamp;
}

/** What triggers look at besides elements. `isMerging`: windows can become one, so what is finished may have to go on. */
export interface TriggerTime {
  readonly isOver: boolean;
  readonly now: Timestamp;
  readonly isMerging: boolean;
}

export function freshTrigger(given: Trigger): TriggerState {
  const trigger = given.kind === 'default' ? repeatedly(afterWatermark()) : given;
  return { trigger, parts: partsOf(trigger).map(freshTrigger), isFinished: false, count: 0, wake: MAX_TIMESTAMP };
}

/** The triggers inside of one. Those of afterWatermark are `early`, and `late` where there is one. */
function partsOf(trigger: Trigger): readonly Trigger[] {
  if (trigger.kind === 'orFinally') return [trigger.trigger, trigger.until];
  if (trigger.kind === 'repeatedly') return [trigger.trigger];
  if (trigger.kind !== 'afterWatermark') return 'triggers' in trigger ? trigger.triggers : [];
  return [trigger.early ?? (trigger.late && never()), trigger.late].filter((part) => part !== undefined);
}

/** The times of the clock at which a trigger has to be asked. */
export const wakesOf = ({ wake, parts }: TriggerState): readonly Timestamp[] => [wake, ...parts.flatMap(wakesOf)];

/** Forgets what was counted; what is finished stays so. */
function clear(state: TriggerState): void {
  Object.assign(state, { count: 0, wake: MAX_TIMESTAMP });
  state.parts.forEach(clear);
}

const reset = (state: TriggerState): void => void Object.assign(state, freshTrigger(state.trigger));
const isDone = ({ isFinished }: TriggerState): boolean => isFinished;
/** The part whose turn it is. */
const current = ({ parts }: TriggerState): readonly TriggerState[] => parts.filter((part) => !isDone(part)).slice(0, 1);

export function onElement(state: TriggerState, time: TriggerTime): void {
  const { trigger, parts } = state;
  state.count++;
  if (trigger.kind === 'afterProcessingTime') {
    const { delay, alignTo = 1 } = trigger;
    state.wake = Math.min(state.wake, Math.ceil((time.now + delay) / alignTo) * alignTo);
  }
  const isInTurn = trigger.kind === 'afterEach' || trigger.kind === 'afterWatermark';
  for (const part of isInTurn && !time.isMerging ? current(state) : parts) onElement(part, time);
}

export function shouldFire(state: TriggerState, time: TriggerTime): boolean {
  const { trigger, parts, count, wake } = state;
  const fires = (part: TriggerState): boolean => shouldFire(part, time);
  if (trigger.kind === 'afterWatermark') {
    return parts[0]?.isFinished ? parts.slice(1).some(fires) : time.isOver || parts.slice(0, 1).some(fires);
  }
  if (trigger.kind === 'afterCount') return count >= trigger.count;
  if (trigger.kind === 'afterProcessingTime') return time.now >= wake;
  if (trigger.kind === 'afterEach') return current(state).some(fires);
  if (trigger.kind === 'afterAll') return parts.every((part) => isDone(part) || fires(part));
  return parts.some((part) => isDone(part) || fires(part));
}

/** What the firing of a trigger that should fire makes of its state. */
export function onFire(state: TriggerState, time: TriggerTime): void {
  const { trigger, parts } = state;
  const [first, second] = parts;
  const fire = (part: TriggerState): void => onFire(part, time);
  if (trigger.kind === 'repeatedly') parts.forEach((part) => repeat(part, time));
  else if (trigger.kind === 'afterWatermark') fireAroundEnd(state, time);
  else if (trigger.kind === 'orFinally' && first !== undefined && second !== undefined) {
    // What the second counts, it counts across firings.
    const isEnd = shouldFire(second, time);
    fire(isEnd ? second : first);
    if (isEnd) clear(first);
    state.isFinished = parts.some(isDone);
  } else if (trigger.kind === 'afterEach') {
    current(state).forEach(fire);
    if (time.isMerging) clear(state);
    state.isFinished = parts.every(isDone);
  } else {
    parts.filter((part) => shouldFire(part, time)).forEach(fire);
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
  if (early?.isFinished === false && !time.isOver) return repeat(early, time);
  if (early?.isFinished && late !== undefined) return repeat(late, time);
  state.parts.forEach(reset);
  if (early !== undefined) early.isFinished = true;
  state.isFinished = late === undefined;
}

/** Makes of `state`, what is known in a window so far, what is known when those with the states `merged` have become it. */
export function onMerge(state: TriggerState, merged: readonly TriggerState[], time: TriggerTime): void {
  const { trigger, parts } = state;
  // All have the same shape.
  const ofMerged = (i: number) => merged.map((one) => one.parts[i] as TriggerState);
  const mergePart = (part: TriggerState, i: number): void => onMerge(part, ofMerged(i), time);
  if (trigger.kind === 'afterCount') {
    state.isFinished = merged.some(isDone);
    state.count = state.isFinished ? 0 : merged.reduce((sum, { count }) => sum + count, 0);
  } else if (trigger.kind === 'afterProcessingTime') {
    state.wake = state.isFinished ? MAX_TIMESTAMP : Math.min(...merged.flatMap(wakesOf));
  } else if (trigger.kind === 'afterWatermark') {
    const hasEnded = time.isOver && (parts.length === 0 ? merged : ofMerged(0)).every(isDone);
    // Where the end is still to come it is `early` that goes on, else `late`.
    parts.forEach((part, i) => (hasEnded === i > 0 ? mergePart(part, i) : reset(part)));
    (parts[0] ?? state).isFinished = hasEnded;
  } else if (trigger.kind === 'afterEach') {
    parts.forEach((part, i) => (parts.slice(0, i).every(isDone) ? mergePart(part, i) : clear(part)));
    state.isFinished = parts.every(isDone);
  } else {
    parts.forEach(mergePart);
    const isFinished = trigger.kind === 'afterAll' ? parts.every(isDone) : parts.some(isDone);
    state.isFinished = isFinished && trigger.kind !== 'repeatedly';
  }
}
