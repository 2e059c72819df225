import { type AsyncScope, findMetricsScopeBy, type Host } from '../../model/index.ts';
import type { StepMetrics } from '../execution/index.ts';

let scope: AsyncScope<StepMetrics> | undefined;

/**
 * Tells what follows an await which call it belongs to. One for the process, as metric handles are: what it holds is a
 * call's own, so runs side by side do not meet in it.
 */
export function metricsScope(host: Host): AsyncScope<StepMetrics> {
  if (scope === undefined) {
    const made = host.asyncScope<StepMetrics>();
    findMetricsScopeBy(() => made.get());
    scope = made;
  }
  return scope;
}
