// When a window fires, by Beam's state machines of triggers. A trigger is a tree, and its state a tree of the same shape.
import { never, type Timestamp, type Trigger } from '../../model/index.ts';

/** What is known of one trigger in one window of one key. */
export interface TriggerState {
  isFinished: boolean;
  /** Elements since its last firing; used by afterCount. */
  count: number;
  /** When the clock makes it fire; used by afterProcessingTime. */
  wake: Timestamp | undefined;
  readonly parts: TriggerState[];
}

/** What triggers look at besides elements. */
export interface TriggerTime {
  readonly isOver: boolean;
  readonly now: Timestamp;
  /** Whether windows can become one, so that a part that is finished may have to go on. */
  readonly isMerging: boolean;
}

/** The triggers inside of one. Those of afterWatermark are `early`, and `late` where there is one. */
function partsOf(trigger: Trigger): readonly Trigger[] {
  switch (trigger.kind) {
    case 'afterWatermark': {
      const { early, late } = trigger;
      return early === undefined && late === undefined ? [] : [early ?? never(), ...(late === undefined ? [] : [late])];
    }
    case 'repeatedly':
      return [trigger.trigger];
    case 'afterAny':
    case 'afterAll':
    case 'afterEach':
      return trigger.triggers;
    case 'orFinally':
      return [trigger.trigger, trigger.until];
    default:
      return [];
  }
}

type Part = readonly [trigger: Trigger, state: TriggerState];

const pair = (trigger: Trigger, state: TriggerState): readonly Part[] =>
  partsOf(trigger).map((part, i) => [part, state.parts[i] as TriggerState]); // the trees have one shape

export const freshTrigger = (trigger: Trigger): TriggerState => ({
  isFinished: false,
  count: 0,
  wake: undefined,
  parts: partsOf(trigger).map(freshTrigger),
});

/** The times of the clock at which the trigger has to be asked. */
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

export function onElement(trigger: Trigger, state: TriggerState, time: TriggerTime): void {
  const parts = pair(trigger, state);
  const unfinished = parts.filter(([, part]) => !part.isFinished);
  switch (trigger.kind) {
    case 'afterCount':
      state.count++;
      return;
    case 'afterProcessingTime':
      state.wake ??= wakeOf(trigger, time.now);
      return;
    case 'afterAll':
      for (const [part, its] of unfinished) onElement(part, its, time);
      return;
    case 'afterEach':
    case 'afterWatermark':
      for (const [part, its] of time.isMerging ? parts : unfinished.slice(0, 1)) onElement(part, its, time);
      return;
    default:
      for (const [part, its] of parts) onElement(part, its, time);
  }
}

function wakeOf({ delay, alignTo }: Trigger & { kind: 'afterProcessingTime' }, now: Timestamp): Timestamp {
  return alignTo === undefined ? now + delay : Math.ceil((now + delay) / alignTo) * alignTo;
}

export function shouldFire(trigger: Trigger, state: TriggerState, time: TriggerTime): boolean {
  const parts = pair(trigger, state);
  const fires = ([part, its]: Part): boolean => shouldFire(part, its, time);
  switch (trigger.kind) {
    case 'default':
      return time.isOver;
    case 'never':
      return false;
    case 'afterCount':
      return state.count >= trigger.count;
    case 'afterProcessingTime':
      return state.wake !== undefined && time.now >= state.wake;
    case 'afterWatermark': {
      const [early, late] = parts;
      if (early === undefined) return time.isOver;
      return early[1].isFinished ? late !== undefined && fires(late) : time.isOver || fires(early);
    }
    case 'repeatedly':
    case 'orFinally':
      return parts.some(fires);
    case 'afterAny':
      return parts.some((part) => part[1].isFinished || fires(part));
    case 'afterAll':
      return parts.every((part) => part[1].isFinished || fires(part));
    case 'afterEach':
      return parts.filter(([, its]) => !its.isFinished).slice(0, 1).some(fires);
    default:
      return trigger satisfies never;
  }
}

/** What the firing of a trigger that should fire makes of its state. */
export function onFire(trigger: Trigger, state: TriggerState, time: TriggerTime): void {
  const parts = pair(trigger, state);
  const fires = ([part, its]: Part): boolean => shouldFire(part, its, time);
  const fire = ([part, its]: Part): void => onFire(part, its, time);
  switch (trigger.kind) {
    case 'default':
    case 'never':
      return;
    case 'afterCount':
    case 'afterProcessingTime':
      clear(state);
      state.isFinished = true;
      return;
    case 'afterWatermark':
      fireAroundEnd(parts, state, time);
      return;
    case 'repeatedly':
      for (const part of parts) repeat(part, time);
      return;
    case 'afterAny':
      for (const part of parts) fires(part) ? fire(part) : clear(part[1]);
      state.isFinished = true;
      return;
    case 'afterAll':
      parts.forEach(fire);
      state.isFinished = true;
      return;
    case 'afterEach':
      parts.filter(([, its]) => !its.isFinished).slice(0, 1).forEach(fire);
      // A finished part may have to go on after windows have become one, so all count from now.
      if (time.isMerging) clear(state);
      state.isFinished = parts.every(([, its]) => its.isFinished);
      return;
    case 'orFinally': {
      const [main, until] = parts as readonly [Part, Part]; // its two parts
      if (fires(until)) {
        fire(until);
        clear(main[1]);
      } else fire(main);
      state.isFinished = parts.some(([, its]) => its.isFinished);
      return;
    }
    default:
      trigger satisfies never;
  }
}

function repeat([trigger, state]: Part, time: TriggerTime): void {
  onFire(trigger, state, time);
  if (state.isFinished) reset(state);
}

/** `early` repeats until the end of the window has fired and is finished then; `late` repeats after it. */
function fireAroundEnd([early, late]: readonly Part[], state: TriggerState, time: TriggerTime): void {
  if (early === undefined) state.isFinished = true;
  else if (early[1].isFinished) late === undefined ? (state.isFinished = true) : repeat(late, time);
  else if (!time.isOver) repeat(early, time);
  else {
    reset(early[1]);
    early[1].isFinished = true;
    if (late === undefined) state.isFinished = true;
    else reset(late[1]);
  }
}

/**
 * What a trigger knows in a window that several became: `result` is what it knew there before, or fresh, and changes;
 * `merged` are the states of all that became it.
 */
export function onMerge(
  trigger: Trigger,
  result: TriggerState,
  merged: readonly TriggerState[],
  time: TriggerTime,
): void {
  const parts = pair(trigger, result);
  const mergePart = (i: number): void => {
    const [part, its] = parts[i] as Part; // an index of parts
    onMerge(part, its, merged.map((state) => state.parts[i] as TriggerState), time); // of the same shape
  };
  const isFinishedInAll = (states: readonly (TriggerState | undefined)[]): boolean =>
    states.every((state) => state?.isFinished);
  switch (trigger.kind) {
    case 'default':
    case 'never':
      return;
    case 'afterCount':
      result.isFinished = merged.some(({ isFinished }) => isFinished);
      result.count = result.isFinished ? 0 : merged.reduce((sum, { count }) => sum + count, 0);
      return;
    case 'afterProcessingTime': {
      const wakes = result.isFinished ? [] : merged.flatMap(({ wake }) => (wake === undefined ? [] : [wake]));
      result.wake = wakes.length === 0 ? undefined : Math.min(...wakes);
      return;
    }
    case 'afterWatermark': {
      const [early, late] = result.parts;
      if (early === undefined) result.isFinished = isFinishedInAll(merged) && time.isOver;
      else if (isFinishedInAll(merged.map((state) => state.parts[0])) && time.isOver) {
        early.isFinished = true;
        if (late !== undefined) mergePart(1);
      } else {
        mergePart(0);
        early.isFinished = false;
        if (late !== undefined) reset(late);
      }
      return;
    }
    case 'afterEach': {
      const started = parts.findIndex((_, i) => {
        mergePart(i);
        return !result.parts[i]?.isFinished;
      });
      if (started >= 0) result.parts.slice(started + 1).forEach(clear);
      result.isFinished = started < 0;
      return;
    }
    default: {
      parts.forEach((_, i) => mergePart(i));
      const finished = result.parts.map(({ isFinished }) => isFinished);
      if (trigger.kind === 'afterAll') result.isFinished = finished.every(Boolean);
      else if (trigger.kind !== 'repeatedly') result.isFinished = finished.some(Boolean);
    }
  }
}
