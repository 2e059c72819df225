// Calls of users' functions: what they are given, and what becomes of what they give back.
import { DEAD_LETTERS, MAIN, MIN_TIMESTAMP, OutputAt } from '../../model/index.ts';
import type { AnyDoFn, KV, Primitive, Timestamp } from '../../model/index.ts';
import type { Behavior, CallSurroundings, Element, Place } from './element.ts';

/** What a function gets; which names are in it is known to the user's types only. */
export type Context = Parameters<AnyDoFn['process']>[1];
type Called = (context: Context) => unknown;

/** A function that is not told at once what it gives. */
class Async extends TypeError {}

/**
 * Calls a function of a step at a place, and passes on what it emits and returns once it has returned. Where it fails for an
 * element a step with dead letters passes one on instead, after `undo`.
 */
export function callAt(at: CallSurroundings, place: Place, fn: Called, undo = (): void => {}): void {
  let all: readonly (readonly [Element, string])[];
  try {
    all = outputsOf(at, place, fn);
  } catch (thrown) {
    if (thrown instanceof Async || !('value' in place) || !at.step.outputs.has(DEAD_LETTERS)) throw thrown;
    undo();
    const { name, message, stack } = thrown instanceof Error ? thrown : new Error(String(thrown));
    const { value: element, timestamp, window } = place;
    const found = { step: at.step.path, timestamp, window, coordinate: undefined, attempts: 1 };
    all = [[{ ...place, value: { element, error: { name, message, stack }, ...found } }, DEAD_LETTERS]];
  }
  for (const one of all) at.emit(...one);
}

function outputsOf(at: CallSurroundings, place: Place, fn: Called): readonly (readonly [Element, string])[] {
  const { path, primitive, outputs } = at.step;
  const all: (readonly [Element, string])[] = [];
  const skew = primitive.kind === 'ParDo' ? (primitive.doFn.allowedTimestampSkew ?? 0) : Number.POSITIVE_INFINITY;
  const add = (value: unknown, tag: string, timestamp = place.timestamp, window = place.window): void => {
    if (timestamp < place.timestamp - skew && place.timestamp > MIN_TIMESTAMP) {
      throw new RangeError(`${path}: an output at ${timestamp} lies too far before its input at ${place.timestamp}.`);
    }
    all.push([{ value, timestamp, window, pane: place.pane }, tag]);
  };
  const emitTo = (tag: string) => (value: unknown, timestamp?: Timestamp) => add(value, tag, timestamp);
  const tags = [...outputs.keys()].filter((tag) => tag !== MAIN && tag !== DEAD_LETTERS);
  const emit = Object.fromEntries(tags.map((tag) => [tag, emitTo(tag)]));
  const given = { resource: at.resource, sideInputs: at.views(place.window), state: {}, timers: {}, emit };
  // All that happens stays: what is to follow a commit follows at once.
  const result = fn({ ...place, ...given, afterCommit: (then) => void then() }) ?? [];
  if (!(Symbol.iterator in Object(result))) throw new Async(`${path}: its outputs can't be iterated at once.`);
  // It can, as was just seen.
  for (const value of result as Iterable<unknown>) {
    if (OutputAt.is(value)) add(value.value, MAIN, value.timestamp, value.window);
    else add(value, MAIN);
  }
  return all;
}

type ElementWise = Extract<Primitive, { readonly traits: unknown }>;

/** A Map, a Filter, a ParDo without state. */
export const elementWise = (primitive: ElementWise, at: CallSurroundings): Behavior => ({
  process: (element) => callAt(at, element, (context) => resultOf(primitive, element.value, context)),
});
function resultOf(primitive: ElementWise, value: unknown, context: Context): unknown {
  // The input of mapValues are pairs.
  const pair = value as KV<unknown, unknown>;
  switch (primitive.kind) {
    case 'Map':
      return [primitive.fn(value, context)];
    case 'FlatMap':
      return primitive.fn(value, context);
    case 'Filter':
      return primitive.fn(value, context) ? [value] : [];
    case 'KeyBy':
      return [{ key: primitive.fn(value), value }];
    case 'MapValues':
      return [{ key: pair.key, value: primitive.fn(pair.value, pair.key) }];
    case 'WithTimestamps':
      return [new OutputAt(value, primitive.fn(value), undefined)];
    default:
      return primitive.doFn.process(value, context);
  }
}
