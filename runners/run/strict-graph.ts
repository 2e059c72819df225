import {
  type AnyDoFn,
  CoderError,
  ElementError,
  type Graph,
  type Primitive,
  type Step,
  structuralCoder,
  toBytes,
} from '../../model/index.ts';
import { takesContext } from '../execution/index.ts';

// A graph whose functions are watched: a step that changes the element it is given fails. Elements are shared by all
// consumers of a collection, so such a step works or not by luck.

type AnyFunction = (...parameters: unknown[]) => unknown;

/** The same pipeline, with each user function that takes an element watched. */
export const watchMutations = (graph: Graph): Graph => ({
  steps: graph.steps.map((step) => ({ ...step, primitive: watched(step) })),
});

function watched({ path, primitive }: Step): Primitive {
  switch (primitive.kind) {
    case 'Map':
    case 'FlatMap':
    case 'Filter':
    case 'KeyBy':
    case 'WithTimestamps':
    case 'MapValues':
      // A watched function takes and gives what the function does; the union of primitives can't say so.
      return { ...primitive, fn: watch(path, primitive.fn as AnyFunction) } as Primitive;
    case 'ParDo': {
      const { doFn } = primitive;
      const process = watch(
        path,
        (...parameters) => doFn.process(...(parameters as Parameters<AnyDoFn['process']>)),
        takesContext(doFn.process),
      );
      return { ...primitive, doFn: { ...doFn, ...lifeCycleOf(doFn), process: process as AnyDoFn['process'] } };
    }
    default:
      return primitive;
  }
}

/** The functions that no element is given to, for a DoFn that is an object of a class: a spread would leave them behind. */
const lifeCycleOf = (doFn: AnyDoFn): Partial<AnyDoFn> =>
  Object.fromEntries(LIFE_CYCLE.filter((name) => doFn[name]).map((name) => [name, doFn[name]?.bind(doFn)]));

const LIFE_CYCLE = ['setup', 'startBundle', 'finishBundle', 'teardown', 'onWindowExpiration'] as const;

/** The engine asks a function how many parameters it declares, so the watched one declares as many. */
function watch(step: string, fn: AnyFunction, hasContext = takesContext(fn)): AnyFunction {
  const call = (element: unknown, others: readonly unknown[]): unknown => {
    const before = fingerprint(element);
    if (before === undefined) return fn(element, ...others);
    return checkedResult(fn(element, ...others), () => {
      if (fingerprint(element) === before) return;
      throw new ElementError(
        step,
        element,
        'its function changed the element it was given. Other steps see the same object, so results depend on who comes first. Return a new object, e.g. { ...element, field: value }.',
      );
    });
  };
  return hasContext ? (element, context) => call(element, [context]) : (element) => call(element, []);
}

/** Checks when the call is over: at once, when its promise settles, when its outputs have been read. */
function checkedResult(result: unknown, check: () => void): unknown {
  if (typeof result !== 'object' || result === null) {
    check();
    return result;
  }
  if ('then' in result && typeof result.then === 'function') {
    return Promise.resolve(result).then((settled) => checkedResult(settled, check));
  }
  if ('next' in result && Symbol.iterator in result) return checkedIterable(result as Iterable<unknown>, check);
  if (Symbol.asyncIterator in result) return checkedAsyncIterable(result as AsyncIterable<unknown>, check);
  check();
  return result;
}

function* checkedIterable(outputs: Iterable<unknown>, check: () => void): Iterable<unknown> {
  yield* outputs;
  check();
}

async function* checkedAsyncIterable(outputs: AsyncIterable<unknown>, check: () => void): AsyncIterable<unknown> {
  yield* outputs;
  check();
}

/** What an element holds; undefined for one that has no bytes, a stream say, which can't be compared. */
function fingerprint(element: unknown): string | undefined {
  if (typeof element !== 'object' || element === null) return undefined;
  try {
    return toBytes(structuralCoder, element).join();
  } catch (error) {
    if (error instanceof CoderError) return undefined;
    throw error;
  }
}
