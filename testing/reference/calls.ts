// Calls of users' functions: what they are given, and what becomes of what they give back.
import { DEAD_LETTERS, MAIN, MIN_TIMESTAMP, NO_FIRING, OutputAt } from '../../model/index.ts';
import type { AnyDoFn, BoundedWindow, KV, Primitive, Step, Timestamp } from '../../model/index.ts';
import type { Behavior, Element, Place, Surroundings } from './element.ts';

type Emit = Surroundings['emit'];
type Emitters = Readonly<Record<string, (value: unknown, timestamp?: Timestamp) => void>>;
/** Gives the views that a call in a window may look at. */
export type SideValuesOf = (window: BoundedWindow) => Readonly<Record<string, unknown>>;
// biome-ignore lint/suspicious/noExplicitAny: which names a context has is known to the user's types only.
export type AnyContext = any;

/** Calls a function of a step at a place, and passes on what it emits and returns once it has returned. */
export function callAt(step: Step, place: Place, emit: Emit, fn: (emitters: Emitters) => unknown): void {
  const { path, primitive, outputs } = step;
  const all: (readonly [Element, string])[] = [];
  const skew = primitive.kind === 'ParDo' ? (primitive.doFn.allowedTimestampSkew ?? 0) : 0;
  const add = (value: unknown, tag: string, { timestamp = place.timestamp, window = place.window }): void => {
    if (primitive.kind === 'ParDo' && timestamp < place.timestamp - skew && place.timestamp > MIN_TIMESTAMP) {
      throw new RangeError(`${path}: an output at ${timestamp} lies too far before its input at ${place.timestamp}.`);
    }
    all.push([{ value, timestamp, window, pane: place.pane }, tag]);
  };
  const tags = [...outputs.keys()].filter((tag) => tag !== MAIN && tag !== DEAD_LETTERS);
  const emitTo = (tag: string) => (value: unknown, timestamp?: Timestamp) =>
    add(value, tag, timestamp ? { timestamp } : {});
  const result = fn(Object.fromEntries(tags.map((tag) => [tag, emitTo(tag)]))) ?? [];
  if (!(Symbol.iterator in Object(result))) throw new TypeError(`${path}: its outputs can't be iterated at once.`);
  // It can, as was just seen.
  for (const value of result as Iterable<unknown>) {
    if (!OutputAt.is(value)) add(value, MAIN, {});
    else add(value.value, MAIN, { timestamp: value.timestamp, window: value.window ?? place.window });
  }
  for (const one of all) emit(...one);
}

type ElementWise = Extract<Primitive, { readonly traits: unknown }>;

/** A Map, a Filter, a ParDo without state. */
export function elementWise(step: Step, primitive: ElementWise, views: SideValuesOf, emit: Emit): Behavior {
  if (primitive.kind === 'ParDo') return bundles(step, primitive.doFn, views, emit);
  const process = (element: Element): void =>
    callAt(step, element, emit, () => resultOf(primitive, { ...element, sideInputs: views(element.window) }));
  return { process };
}

/** Each element is a bundle of its own, and all stays: what is to follow a commit follows at once. */
function bundles(step: Step, doFn: AnyDoFn, views: SideValuesOf, emit: Emit): Behavior {
  const bundle = { resource: doFn.setup?.(), afterCommit };
  return {
    process(element) {
      const context = { ...element, ...bundle, sideInputs: views(element.window) };
      doFn.startBundle?.(bundle);
      callAt(step, element, emit, (emitters) =>
        doFn.process(element.value, { ...context, emit: emitters } as AnyContext),
      );
      const end = { ...element, timestamp: MIN_TIMESTAMP, pane: NO_FIRING };
      callAt(step, end, emit, () => doFn.finishBundle?.(bundle));
    },
  };
}

export const afterCommit = (fn: () => unknown): void => void fn();

function resultOf(primitive: Exclude<ElementWise, { kind: 'ParDo' }>, context: AnyContext): unknown {
  const { value } = context;
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
      return primitive satisfies never;
  }
}
