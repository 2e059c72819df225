// Calls of users' functions: what they are given, and what becomes of what they give back.
import { DEAD_LETTERS, type KV, MAIN, OutputAt, type Primitive } from '../../model/index.ts';
import type { AnyDoFn, CombineFn, DeadLetter, Timestamp } from '../../model/index.ts';
import { type Behavior, type Element, type Place, type Surroundings, Unmodelled } from './element.ts';

/** What a function gets; which names are in it is known to the user's types only. */
export type Context = Parameters<AnyDoFn['process']>[1];
type Called = (context: Context) => unknown;
type Output = readonly [element: Element, tag: string];

/**
 * Calls a function of a step at a place, and passes on what it gives once it has returned. Where it fails for an element a
 * step with dead letters passes one on instead, after `undo`. That no output comes before its input is taken for granted.
 */
export function callAt(at: Surroundings, place: Place, fn: Called, undo = (): void => {}): void {
  let outputs: readonly Output[];
  try {
    outputs = outputsOf(at, place, fn);
  } catch (thrown) {
    if (thrown instanceof Unmodelled || !('value' in place) || !at.step.outputs.has(DEAD_LETTERS)) throw thrown;
    undo();
    const { name, message, stack } = thrown instanceof Error ? thrown : new Error(String(thrown));
    const { value: element, timestamp, window } = place;
    const found = { step: at.step.path, timestamp, window, coordinate: undefined, attempts: 1 };
    const value: DeadLetter<unknown> = { element, error: { name, message, stack }, ...found };
    outputs = [[{ ...place, value }, DEAD_LETTERS]];
  }
  for (const output of outputs) at.emit(...output);
}

function outputsOf(at: Surroundings, place: Place, fn: Called): readonly Output[] {
  const { path, outputs } = at.step;
  const all: Output[] = [];
  const add = (value: unknown, tag: string, timestamp = place.timestamp, window = place.window): void =>
    void all.push([{ ...place, value, timestamp, window }, tag]);
  const afterCommit = (): never => {
    throw new Unmodelled(path, 'something to do after a commit');
  };
  const emitTo = (tag: string) => (value: unknown, timestamp?: Timestamp) => add(value, tag, timestamp);
  const emit = Object.fromEntries([...outputs.keys()].map((tag) => [tag, emitTo(tag)]));
  const given = { sideInputs: at.views(place.window), state: {}, timers: {}, resource: undefined, emit, afterCommit };
  const result = atOnce(path, fn({ ...place, ...given })) ?? [];
  // What is known at once can be iterated.
  for (const value of result as Iterable<unknown>) {
    if (OutputAt.is(value)) add(value.value, MAIN, value.timestamp, value.window);
    else add(value, MAIN);
  }
  return all;
}

function atOnce(path: string, given: unknown): unknown {
  if ('then' in Object(given) || Symbol.asyncIterator in Object(given)) throw new Unmodelled(path, 'an async function');
  return given;
}

type ElementWise = Extract<Primitive, { readonly traits: unknown }>;

/** A Map, a Filter, a ParDo without state. */
export const elementWise = (primitive: ElementWise, at: Surroundings): Behavior => ({
  process: (element) => callAt(at, element, (context) => resultOf(primitive, at.step.path, element.value, context)),
});

function resultOf(primitive: ElementWise, path: string, value: unknown, context: Context): unknown {
  if (primitive.kind === 'ParDo') return primitive.doFn.process(value, context);
  if (primitive.kind === 'MapValues') {
    // Its input are pairs.
    const pair = value as KV<unknown, unknown>;
    return [{ key: pair.key, value: atOnce(path, primitive.fn(pair.value, pair.key)) }];
  }
  const given = atOnce(path, primitive.fn(value, context));
  if (primitive.kind === 'FlatMap') return given;
  if (primitive.kind === 'Filter') return given ? [value] : [];
  if (primitive.kind === 'KeyBy') return [{ key: given, value }];
  // Of WithTimestamps it is a timestamp.
  return [primitive.kind === 'Map' ? given : new OutputAt(value, given as Timestamp, undefined)];
}

/** The output of a combiner for some inputs. */
export const combined = (fn: CombineFn<unknown, unknown, unknown>, inputs: readonly unknown[]): unknown =>
  fn.extractOutput(inputs.reduce((accumulator, input) => fn.addInput(accumulator, input), fn.createAccumulator()));
