import { type AsyncScope, findMetricsScopeBy, type Host, type MetricsScope } from '../../model/index.ts';

let scope: AsyncScope<MetricsScope> | undefined;

/**
 * Tells what follows an await which call it belongs to. One for the process, as metric handles are: what it holds is a
 * call's own, so runs side by side do not meet in it.
 */
export function metricsScope(host: Host): AsyncScope<MetricsScope> {
  if (scope === undefined) {
    const made = host.asyncScope<MetricsScope>();
    findMetricsScopeBy(() => made.get());
    scope = made;
  }
  return scope;
}
