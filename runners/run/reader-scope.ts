import type { AsyncScope, MetricsScope } from '../../model/index.ts';
import { type MetricsStore, runScoped, StepMetrics } from '../execution/index.ts';

/** Runs a call of a reader. */
export type RunReader = <R>(call: () => R) => R;

/** What a reader counts, and writes to the console, is of its step, also what it goes on to do after an await. */
export function readerScope(scope: AsyncScope<MetricsScope>, store: MetricsStore, step: string): RunReader {
  const metrics = new StepMetrics(store, step, false);
  return (call) => runScoped(scope, metrics, call);
}
