import type { Metric, MetricsScope } from '../../model/index.ts';
import { isAsyncIterable } from './chunks.ts';
import type { CallArguments, FailedCall } from './failures.ts';
import { type CallScope, runScoped, type StepMetrics } from './metrics.ts';
import type { NodeRuntime } from './node-runtime.ts';
import { collectOutputs, WithEmissions } from './outputs.ts';
import { isThenable } from './stage.ts';

// Calls whose metrics are told apart from those of the calls beside them: what a call goes on to do after an await counts
// for its own step, and is committed only if it succeeds.

/**
 * Where the metrics of a call go on that returned a promise although its function was known to be sync. It was not called
 * in a scope of its own, since that costs more than most functions; the batch was, and this is its scope.
 */
export class LateScope implements MetricsScope {
  #metrics: StepMetrics | undefined;

  /** The call that was made last goes on in it; those after it get another one. */
  take(metrics: StepMetrics, scope: CallScope): LateScope {
    this.#metrics = metrics;
    const next = new LateScope();
    scope.enter(next);
    return next;
  }

  update(metric: Metric, value: number | string): void {
    this.#metrics?.update(metric, value);
  }

  log(...entry: Parameters<MetricsScope['log']>): boolean {
    return this.#metrics?.log(...entry) ?? false;
  }
}

/** A call whose function is not known to be sync: what it goes on to do counts for its step. */
export function callScoped(node: NodeRuntime, scope: CallScope, call: CallArguments): unknown {
  const metrics = node.isAtomic ? node.metrics.fork() : node.metrics;
  try {
    const result = runScoped(scope, metrics, () => node.invoker.call(...call));
    const isLater = isThenable(result) || isAsyncIterable(result);
    if (!isLater) node.ring.returned();
    // A call whose outputs are collected ends with the last of them.
    if (isLater || node.collects) node.promised = metrics;
    else metrics.settle(true);
    return result;
  } catch (error) {
    metrics.settle(false);
    throw error;
  }
}

/** Collects all outputs of a call, for steps whose failed calls leave no trace. */
export function collectScoped(node: NodeRuntime, scope: CallScope, result: unknown): unknown {
  const metrics = node.promised ?? node.metrics;
  try {
    const collected = runScoped(scope, metrics, () => collectOutputs(result));
    if (isThenable(collected)) return collected;
    metrics.settle(true);
    node.promised = undefined;
    return collected;
  } catch (error) {
    metrics.settle(false);
    node.promised = undefined;
    throw error;
  }
}

/** Makes a call once more; gives all its outputs. */
export async function callAgain({ node, call, metrics }: FailedCall, scope: CallScope): Promise<unknown> {
  const collected = runScoped(scope, metrics, () => {
    const result = node.invoker.call(...call);
    return node.collects ? collectOutputs(result) : result;
  });
  // A call that goes on keeps its context; those beside it get another one.
  const emissions = isThenable(collected) ? node.invoker.release().emissions : node.invoker.takeEmissions();
  const result = await collected;
  metrics.settle(true);
  return WithEmissions.of(result, emissions);
}
