import type { Graph, StepStats } from '../../model/index.ts';

/** What went through a step, or through all steps of a composite taken as one. */
export interface ScopeStats extends StepStats {
  /** Whether elements begin here, so that there is no `in` to show. */
  readonly isSource: boolean;
  /** Whether elements end here, so that there is no `out` to show. */
  readonly isSink: boolean;
}

const SOURCES: ReadonlySet<string> = new Set(['Impulse', 'Create', 'Read']);

/** Each step as it is. */
export const everyStep = (steps: readonly StepStats[]): ScopeStats[] =>
  steps.map((stats) => ({ ...stats, isSource: SOURCES.has(stats.kind), isSink: stats.kind === 'Write' }));

/**
 * Steps folded to the outermost scopes: in is what enters a scope from outside, out what leaves it.
 *
 * Where a step has several outputs and only some leave the scope, all of them count: the runner does not tell them apart.
 */
export function outermostScopes(graph: Graph, steps: readonly StepStats[]): ScopeStats[] {
  const leaving = new Set<string>();
  const entering = new Set<string>();
  const consumed = new Set<string>();
  for (const { path, inputs } of graph.steps) {
    if (inputs.every(({ producer }) => scopeOf(producer) !== scopeOf(path))) entering.add(path);
    for (const { producer } of inputs) {
      consumed.add(producer);
      if (scopeOf(producer) !== scopeOf(path)) leaving.add(producer);
    }
  }
  const scopes = new Map<string, ScopeStats>();
  for (const stats of steps) {
    const { step, kind, failed, bytes } = stats;
    const scope = scopeOf(step);
    const before = scopes.get(scope);
    const isExit = leaving.has(step) || !consumed.has(step);
    scopes.set(scope, {
      step: scope,
      kind: before === undefined && scope === step ? kind : (before?.kind ?? 'Composite'),
      elementsIn: (before?.elementsIn ?? 0) + (entering.has(step) ? stats.elementsIn : 0),
      elementsOut: (before?.elementsOut ?? 0) + (isExit ? stats.elementsOut : 0),
      failed: (before?.failed ?? 0) + failed,
      droppedLate: (before?.droppedLate ?? 0) + stats.droppedLate,
      droppedClosed: (before?.droppedClosed ?? 0) + stats.droppedClosed,
      bytes: (before?.bytes ?? 0) + bytes,
      // A composite whose parts all begin by themselves is a source; one that also has an input is not.
      isSink: (before?.isSink ?? true) && (kind === 'Write' || !isExit),
      isSource: (before?.isSource ?? true) && (SOURCES.has(kind) || !entering.has(step)),
    });
  }
  return [...scopes.values()];
}

const scopeOf = (path: string): string => path.slice(0, path.indexOf('/') < 0 ? undefined : path.indexOf('/'));
