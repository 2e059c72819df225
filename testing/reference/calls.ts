// Calls of users' functions: what they are given, and what becomes of what they give back.
import { DEAD_LETTERS, MAIN, MIN_TIMESTAMP, NO_FIRING, OutputAt } from '../../model/index.ts';
import type { AnyDoFn, BoundedWindow, Primitive, Step, Timestamp } from '../../model/index.ts';
import type { Behavior, Element, Place, Surroundings } from './element.ts';

/** The steps whose function is called element by element. */
export type ElementWise = Extract<Primitive, { readonly traits: unknown }>;

/** The views that a call in a window may look at. */
export type SideValuesOf = (window: BoundedWindow) => Readonly<Record<string, unknown>>;

type Emitters = Readonly<Record<string, (value: unknown, timestamp?: Timestamp) => void>>;

/** Calls a function of a step at a place, and passes on what it emits and returns once it has returned. */
export function callAt(
  { path, primitive, outputs }: Step,
  place: Place,
  emit: Surroundings['emit'],
  fn: (emitters: Emitters) => unknown,
): void {
  const all: (readonly [Element, string])[] = [];
  const skew = primitive.kind === 'ParDo' ? (primitive.doFn.allowedTimestampSkew ?? 0) : skewOf(primitive);
  const add = (value: unknown, timestamp: Timestamp, window: BoundedWindow, tag: string): void => {
    if (timestamp < place.timestamp - skew && place.timestamp > MIN_TIMESTAMP) {
      throw new RangeError(`${path}: an output at ${timestamp} lies too far before its input at ${place.timestamp}.`);
    }
    all.push([{ value, timestamp, window, pane: place.pane }, tag]);
  };
  const emitters = [...outputs.keys()]
    .filter((tag) => tag !== MAIN && tag !== DEAD_LETTERS)
    .map((tag) => [tag, (value: unknown, at = place.timestamp) => add(value, at, place.window, tag)]);
  const result = fn(Object.fromEntries(emitters)) ?? [];
  if (!(Symbol.iterator in Object(result))) throw new TypeError(`${path}: its outputs can't be iterated at once.`);
  // It can, as was just seen.
  for (const value of result as Iterable<unknown>) {
    if (OutputAt.is(value)) add(value.value, value.timestamp, value.window ?? place.window, MAIN);
    else add(value, place.timestamp, place.window, MAIN);
  }
  for (const one of all) emit(...one);
}

const skewOf = (primitive: Primitive): number =>
  primitive.kind === 'WithTimestamps' ? primitive.allowedTimestampSkew : 0;

/** A Map, a Filter, a ParDo without state: each element is a bundle of its own. */
export function elementWise(
  step: Step,
  primitive: ElementWise,
  views: SideValuesOf,
  emit: Surroundings['emit'],
): Behavior {
  if (primitive.kind === 'ParDo') return bundles(step, primitive.doFn, views, emit);
  return {
    process: (element) =>
      callAt(step, element, emit, () =>
        resultOf(primitive, element.value, { ...element, sideInputs: views(element.window) }),
      ),
  };
}

function bundles(step: Step, doFn: AnyDoFn, views: SideValuesOf, emit: Surroundings['emit']): Behavior {
  const bundle = { resource: doFn.setup?.(), afterCommit };
  return {
    process(element) {
      const { window } = element;
      doFn.startBundle?.(bundle);
      callAt(step, element, emit, (emitters) =>
        // It declares no state and no timers, so its function looks for none.
        doFn.process(element.value, { ...element, ...bundle, sideInputs: views(window), emit: emitters } as AnyContext),
      );
      const end = { timestamp: MIN_TIMESTAMP, window, pane: NO_FIRING };
      callAt(step, end, emit, () => doFn.finishBundle?.(bundle));
    },
  };
}

/** All that happens stays, so what is to follow a commit follows at once. */
export const afterCommit = (fn: () => unknown): void => void fn();

type Lambda = Exclude<ElementWise, { kind: 'ParDo' }>;
// biome-ignore lint/suspicious/noExplicitAny: which names there are in it is known to the user's types only.
type AnyContext = any;
type LambdaContext = Parameters<Extract<Lambda, { kind: 'Map' | 'FlatMap' | 'Filter' }>['fn']>[1];

function resultOf(primitive: Lambda, value: unknown, context: LambdaContext): unknown {
  switch (primitive.kind) {
    case 'Map':
      return [primitive.fn(value, context)];
    case 'FlatMap':
      return primitive.fn(value, context);
    case 'Filter':
      return primitive.fn(value, context) ? [value] : [];
    case 'KeyBy':
      return [{ key: primitive.fn(value), value }];
    case 'MapValues': {
      // Its input are pairs.
      const pair = value as { readonly key: unknown; readonly value: unknown };
      return [{ key: pair.key, value: primitive.fn(pair.value, pair.key) }];
    }
    case 'WithTimestamps':
      return [new OutputAt(value, primitive.fn(value), undefined)];
    default:
      return primitive satisfies never;
  }
}
