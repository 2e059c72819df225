import { type ByteReader, type ByteWriter, never, type Trigger } from '../../model/index.ts';

// Where a trigger stands, for one key and window: plain data beside the trigger. Each part of a composed trigger has a
// number, which is its place in the columns.

/** A trigger or a part of one, numbered from the root on. */
export interface TriggerNode {
  readonly number: number;
  readonly trigger: Trigger;
  readonly parts: readonly TriggerNode[];
}

/** A trigger with all that is known of it before there is an element. */
export interface TriggerTree {
  readonly root: TriggerNode;
  readonly size: number;
  /** Whether it has to be asked when the watermark passes the end of the window. */
  readonly waitsForEnd: boolean;
  /** The numbers of the parts that wait for processing time. */
  readonly delays: readonly number[];
}

/** Where a trigger stands. */
export interface TriggerState {
  /** Of each part: whether it has fired for the last time. */
  readonly finished: boolean[];
  /** Of each part: how many elements it has seen, or until when it waits; Infinity where it does not wait. */
  readonly values: number[];
}

/** Numbers the parts of a trigger. */
export function treeOf(trigger: Trigger): TriggerTree {
  const nodes: TriggerNode[] = [];
  let size = 0;
  const visit = (one: Trigger): TriggerNode => {
    const number = size++;
    const node: TriggerNode = { number, trigger: one, parts: partsOf(one).map(visit) };
    nodes.push(node);
    return node;
  };
  const root = visit(trigger);
  const numbersOf = (...kinds: readonly Trigger['kind'][]): readonly number[] =>
    nodes.filter((node) => kinds.includes(node.trigger.kind)).map(({ number }) => number);
  return {
    root,
    size,
    waitsForEnd: numbersOf('default', 'afterWatermark').length > 0,
    delays: numbersOf('afterProcessingTime'),
  };
}

/** The early part of `afterWatermark` is always there, as its finished bit says that the end was passed. */
function partsOf(trigger: Trigger): readonly Trigger[] {
  switch (trigger.kind) {
    case 'default':
    case 'never':
    case 'afterProcessingTime':
    case 'afterCount':
      return [];
    case 'afterWatermark':
      return [trigger.early ?? never(), ...(trigger.late === undefined ? [] : [trigger.late])];
    case 'repeatedly':
      return [trigger.trigger];
    case 'afterAny':
    case 'afterAll':
    case 'afterEach':
      return trigger.triggers;
    case 'orFinally':
      return [trigger.trigger, trigger.until];
    default:
      return trigger satisfies never;
  }
}

/** The state of a trigger that has seen nothing. */
export function newState({ size, delays }: TriggerTree): TriggerState {
  const state: TriggerState = {
    finished: new Array<boolean>(size).fill(false),
    values: new Array<number>(size).fill(0),
  };
  for (const number of delays) state.values[number] = Number.POSITIVE_INFINITY;
  return state;
}

export const copyState = ({ finished, values }: TriggerState): TriggerState => ({
  finished: [...finished],
  values: [...values],
});

/** Forgets what a part has seen of the pane, but not what has fired for the last time. */
export function clear({ number, trigger, parts }: TriggerNode, state: TriggerState): void {
  state.values[number] = trigger.kind === 'afterProcessingTime' ? Number.POSITIVE_INFINITY : 0;
  for (const part of parts) clear(part, state);
}

/** Makes a part as new. */
export function reset(node: TriggerNode, state: TriggerState): void {
  clear(node, state);
  const unfinish = ({ number, parts }: TriggerNode): void => {
    state.finished[number] = false;
    parts.forEach(unfinish);
  };
  unfinish(node);
}

export const isFinished = ({ number }: TriggerNode, state: TriggerState): boolean => state.finished[number] === true;

/** When the clock may next make a difference; Infinity if it can't. Times that have passed have made theirs. */
export function nextDelay({ delays }: TriggerTree, { values }: TriggerState, now: number): number {
  let next = Number.POSITIVE_INFINITY;
  for (const number of delays) {
    const at = values[number] ?? next;
    if (at > now && at < next) next = at;
  }
  return next;
}

export function encodeState({ finished, values }: TriggerState, writer: ByteWriter): void {
  for (let i = 0; i < values.length; i++) {
    writer.writeByte(finished[i] ? 1 : 0);
    writer.writeNumber(values[i] ?? 0);
  }
}

export function decodeState(tree: TriggerTree, reader: ByteReader): TriggerState {
  const state = newState(tree);
  for (let i = 0; i < tree.size; i++) {
    state.finished[i] = reader.readByte() === 1;
    state.values[i] = reader.readNumber();
  }
  return state;
}
