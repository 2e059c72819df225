import { type ItemId, itemId } from './item.ts';

/** Items that a runner can't do yet, each with the reason. One that starts to pass has to leave. */
export type Ledger = ReadonlyMap<ItemId, string>;

const STREAM = 'needs the streaming engine and a test stream: elements that come while the watermark moves';
const STATE = 'needs state: the direct runner refuses a DoFn that has any, until the streaming engine runs it';
const TIMERS = 'needs timers: the direct runner refuses a DoFn that has any, until the streaming engine runs it';
const FN_API = 'needs the Fn API worker of the portable runner';

const directBatch: readonly (readonly [number, string])[] = [
  [37, 'needs state, and side inputs of a splittable ParDo, which the model does not have yet'],
  [40, 'needs the streaming engine: a trigger that fires again and again on a collection that never ends'],
  [77, 'needs the streaming engine: on bounded input a window fires once, at its end'],
  ...range(92, 102, STREAM),
  [103, 'needs the streaming engine: on bounded input a window fires once, at its end, so nothing is dropped'],
  [104, STREAM],
  ...range(105, 118, STATE),
  ...range(119, 131, TIMERS),
];

function range(from: number, to: number, reason: string): (readonly [number, string])[] {
  return Array.from({ length: to - from + 1 }, (_, i) => [from + i, reason]);
}

const ledgers: Readonly<Record<string, readonly (readonly [number, string])[]>> = {
  'direct batch': directBatch,
};

/** The ledger of a runner in a mode; an empty one where there is none. */
export const ledgerOf = (runner: string, mode: string): Ledger =>
  new Map((ledgers[`${runner} ${mode}`] ?? []).map(([number, reason]) => [itemId(number), reason]));
