import type { Edge, RunSegment, Target } from '../execution/index.ts';

/**
 * A segment without steps, whose edges take batches as they are; undefined where it has a step, or an edge that takes
 * elements one by one.
 *
 * Between a source and a grouping nothing needs the elements in turn. The grouping's own loop over them is faster than
 * any that calls it: it overlaps their look-ups.
 */
export function wholeBatches(targets: readonly Target[]): RunSegment | undefined {
  const edges: Edge[] = [];
  for (const target of targets) {
    if (target.kind === 'node' || target.edge.addBatch === undefined) return undefined;
    edges.push(target.edge);
  }
  return (batch, from, to) => {
    for (const edge of edges) edge.addBatch?.(batch, from, to);
    return to;
  };
}
