// Calls of users' functions: what they are given, and what becomes of what they give back.
import { DEAD_LETTERS, MAIN, MIN_TIMESTAMP, OutputAt } from '../../model/index.ts';
import type { AnyDoFn, BoundedWindow, KV, Primitive, Step, Timestamp } from '../../model/index.ts';
import type { Behavior, Element, Place, Surroundings } from './element.ts';

type Emit = Surroundings['emit'];
type Emitters = Readonly<Record<string, (value: unknown, timestamp?: Timestamp) => void>>;
/** Gives the views that a call in a window may look at. */
export type SideValuesOf = (window: BoundedWindow) => Readonly<Record<string, unknown>>;
/** What a function gets; which names are in it is known to the user's types only. */
export type Context = Parameters<AnyDoFn['process']>[1];

/** Calls a function of a step at a place, and passes on what it emits and returns once it has returned. */
export function callAt(step: Step, place: Place, emit: Emit, fn: (emitters: Emitters) => unknown): void {
  const { path, primitive, outputs } = step;
  const all: (readonly [Element, string])[] = [];
  const skew = primitive.kind === 'ParDo' ? (primitive.doFn.allowedTimestampSkew ?? 0) : Number.POSITIVE_INFINITY;
  const add = (value: unknown, tag: string, { timestamp = place.timestamp, window = place.window }): void => {
    if (timestamp < place.timestamp - skew && place.timestamp > MIN_TIMESTAMP) {
      throw new RangeError(`${path}: an output at ${timestamp} lies too far before its input at ${place.timestamp}.`);
    }
    all.push([{ value, timestamp, window, pane: place.pane }, tag]);
  };
  const emitTo =
    (tag: string) =>
    (value: unknown, timestamp = place.timestamp) =>
      add(value, tag, { timestamp });
  const tags = [...outputs.keys()].filter((tag) => tag !== MAIN && tag !== DEAD_LETTERS);
  const result = fn(Object.fromEntries(tags.map((tag) => [tag, emitTo(tag)]))) ?? [];
  if (!(Symbol.iterator in Object(result))) throw new TypeError(`${path}: its outputs can't be iterated at once.`);
  // It can, as was just seen.
  for (const value of result as Iterable<unknown>) {
    if (!OutputAt.is(value)) add(value, MAIN, {});
    else add(value.value, MAIN, { timestamp: value.timestamp, window: value.window ?? place.window });
  }
  for (const one of all) emit(...one);
}

/** All that happens stays: what is to follow a commit follows at once. */
export const afterCommit = (fn: () => unknown): void => void fn();

type ElementWise = Extract<Primitive, { readonly traits: unknown }>;

/** A Map, a Filter, a ParDo without state. */
export function elementWise(step: Step, primitive: ElementWise, views: SideValuesOf, emit: Emit): Behavior {
  const always = { resource: primitive.kind === 'ParDo' ? primitive.doFn.setup?.() : undefined, afterCommit };
  return {
    process(element) {
      const context = { ...element, ...always, sideInputs: views(element.window), state: {}, timers: {} };
      callAt(step, element, emit, (emitters) => resultOf(primitive, element.value, { ...context, emit: emitters }));
    },
  };
}

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
