import type { AnyDoFn } from '../../model/index.ts';
import { isAsyncIterable, isIterable } from './chunks.ts';
import type { CallContext, Invoke } from './invoke.ts';
import { type KeyedScope, NOT_CALLED } from './keyed-access.ts';
import { isThenable } from './stage.ts';

// Calls of a DoFn with state or timers. A call begins when its key and window are free, and ends when all its outputs have
// been given out: state is theirs until then.

/** Makes an error of what a call threw. */
export type Explain = (error: unknown) => unknown;

const asItIs: Explain = (error) => error;

/** Fills the context of a call. */
type Fill = (...at: Parameters<Invoke> extends [unknown, ...infer At] ? At : never) => CallContext;

/** Calls `process` between the begin and the end of its scope. */
export function keyedProcess(doFn: AnyDoFn, fill: Fill): Invoke {
  return (value, ...at) => callWhenFree(doFn, fill(...at), value, at);
}

function callWhenFree(doFn: AnyDoFn, context: CallContext, value: unknown, at: Parameters<Fill>): unknown {
  const scope = scopeOf(context);
  const begun = scope.begin(value, ...at);
  if (begun === NOT_CALLED) return undefined;
  if (begun !== undefined) return begun.then(() => callWhenFree(doFn, context, value, at));
  let result: unknown;
  try {
    // The handles that the DoFn declared are on the object; which they are is known to the user's types only.
    result = doFn.process(value, context as unknown as Parameters<AnyDoFn['process']>[1]);
  } catch (error) {
    scope.end(false);
    throw error;
  }
  if (result !== undefined && !Array.isArray(result)) return endAfter(result, scope);
  scope.end(true);
  return result;
}

export function scopeOf({ scope }: CallContext): KeyedScope {
  if (scope === undefined) throw new Error('This is a bug in Viga: a keyed step has no state. Please report it.');
  return scope;
}

/** The same outputs; the call ends with the last of them. */
export function endAfter(result: unknown, scope: KeyedScope, explain: Explain = asItIs): unknown {
  const fail = (error: unknown): never => {
    scope.end(false);
    throw explain(error);
  };
  if (isThenable(result)) return result.then((settled) => endAfter(settled, scope, explain), fail);
  if (isAsyncIterable(result)) return asyncUntilEnd(result, scope, fail);
  if (typeof result === 'object' && !Array.isArray(result) && isIterable(result)) {
    return untilEnd(result, scope, fail);
  }
  scope.end(true);
  return result;
}

function* untilEnd(outputs: Iterable<unknown>, scope: KeyedScope, fail: Explain): Iterable<unknown> {
  try {
    yield* outputs;
  } catch (error) {
    fail(error);
  }
  scope.end(true);
}

async function* asyncUntilEnd(
  outputs: AsyncIterable<unknown>,
  scope: KeyedScope,
  fail: Explain,
): AsyncIterable<unknown> {
  try {
    yield* outputs;
  } catch (error) {
    fail(error);
  }
  scope.end(true);
}
