import type { Graph, PCollectionView, Step } from '../model/index.ts';

/** A step, or a composite whose steps are shown as one. */
export interface FoldNode {
  /** Names it in addresses and in the page; the same whatever else is open. */
  readonly id: string;
  /** The path of the step or of the composite. */
  readonly path: string;
  /** The kind of primitive; undefined for a composite. */
  readonly kind: string | undefined;
  /** Its steps, by their places in the graph. */
  readonly steps: readonly number[];
  /** Those of them that take all they take from outside. */
  readonly entering: readonly number[];
  /** Those of them that give something to others, or that nobody takes anything of. */
  readonly leaving: readonly number[];
}

/** Elements that go from one node to another. */
export interface FoldEdge {
  readonly from: FoldNode;
  readonly to: FoldNode;
  /** Whether all of it is side inputs. */
  readonly isSide: boolean;
}

/** A graph as a viewer wants it: composites that are not open are one node each. */
export interface FoldedGraph {
  readonly nodes: readonly FoldNode[];
  readonly edges: readonly FoldEdge[];
}

/** A composite that has more than one step, and can be opened. */
export interface Scope {
  /** As in {@link FoldNode}. */
  readonly id: string;
  readonly path: string;
}

/** A step that takes something of another one, by their places in the graph. */
interface Link {
  readonly from: number;
  readonly to: number;
  readonly isSide: boolean;
}

/** The composites of a graph, outer ones first, and its foldings. */
export class Fold {
  readonly scopes: readonly Scope[];
  readonly #steps: readonly Step[];
  readonly #scopeAt: ReadonlyMap<string, Scope>;
  readonly #links: readonly Link[];

  constructor({ steps }: Graph) {
    this.#steps = steps;
    this.#links = linksOf(steps);
    const counts = new Map<string, number>();
    for (const { path } of steps) for (const scope of scopesOf(path)) counts.set(scope, (counts.get(scope) ?? 0) + 1);
    const paths = [...counts].filter(([, count]) => count > 1).map(([path]) => path);
    this.scopes = paths.map((path, n) => ({ id: `c${n}`, path }));
    this.#scopeAt = new Map(this.scopes.map((scope) => [scope.path, scope]));
  }

  /** The composites around a path, outer ones first. */
  around(path: string): readonly Scope[] {
    return scopesOf(path).flatMap((scope) => this.#scopeAt.get(scope) ?? []);
  }

  /** The graph with the composites of these ids open; a composite in one that is closed can not be seen. */
  folded(open: ReadonlySet<string>): FoldedGraph {
    const members = new Map<string, { scope: Scope | undefined; steps: number[] }>();
    const nodeOf = this.#steps.map(({ path }, n) => {
      const scope = this.around(path).find(({ id }) => !open.has(id));
      const id = scope?.id ?? `s${n}`;
      const member = members.get(id) ?? { scope, steps: [] };
      member.steps.push(n);
      members.set(id, member);
      return id;
    });
    const isInside = ({ from, to }: Link): boolean => nodeOf[from] === nodeOf[to];
    const fed = new Set(this.#links.filter((link) => !link.isSide && isInside(link)).map(({ to }) => to));
    const taken = new Set(this.#links.map(({ from }) => from));
    const leaving = new Set(this.#links.filter((link) => !isInside(link)).map(({ from }) => from));
    const nodes = Array.from(members, ([id, { scope, steps }]): FoldNode => {
      const first = this.#steps[steps[0] ?? 0];
      return {
        id,
        path: scope?.path ?? first?.path ?? '',
        kind: scope === undefined ? first?.primitive.kind : undefined,
        steps,
        entering: steps.filter((n) => !fed.has(n)),
        leaving: steps.filter((n) => leaving.has(n) || !taken.has(n)),
      };
    });
    return { nodes, edges: edgesOf(this.#links, nodeOf, new Map(nodes.map((node) => [node.id, node]))) };
  }
}

function edgesOf(links: readonly Link[], nodeOf: readonly string[], nodes: ReadonlyMap<string, FoldNode>): FoldEdge[] {
  const edges = new Map<string, FoldEdge>();
  for (const link of links) {
    const from = nodes.get(nodeOf[link.from] ?? '');
    const to = nodes.get(nodeOf[link.to] ?? '');
    if (from === undefined || to === undefined || from === to) continue;
    const key = `${from.id} ${to.id}`;
    edges.set(key, { from, to, isSide: link.isSide && (edges.get(key)?.isSide ?? true) });
  }
  return [...edges.values()];
}

/** The composites around a step: of `a/b/c` these are `a` and `a/b`. */
function scopesOf(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, n) => parts.slice(0, n + 1).join('/'));
}

function linksOf(steps: readonly Step[]): Link[] {
  const placeOf = new Map(steps.map(({ path }, n) => [path, n]));
  return steps.flatMap((step, to) => {
    const main = step.inputs.map(({ producer }) => ({ producer, isSide: false }));
    const sides = sidesOf(step).map(({ collection }) => ({ producer: collection.producer, isSide: true }));
    return [...main, ...sides].flatMap(({ producer, isSide }) => {
      const from = placeOf.get(producer);
      return from === undefined ? [] : [{ from, to, isSide }];
    });
  });
}

function sidesOf({ primitive }: Step): readonly PCollectionView<unknown>[] {
  if ('sideInputs' in primitive) return Object.values(primitive.sideInputs);
  return 'traits' in primitive ? Object.values(primitive.traits.sideInputs) : [];
}
