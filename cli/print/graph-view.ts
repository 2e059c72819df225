import { DEAD_LETTERS, type Graph, MAIN, type PCollection, type Step } from '../../model/index.ts';

/** A collection that a step takes. */
export interface EdgeView {
  /** The path of the step that makes it. */
  readonly from: string;
  /** Which output of that step it is; undefined for the main one. */
  readonly output: string | undefined;
  /** The name of the side input; undefined for a main input. */
  readonly sideInput: string | undefined;
}

/** A step, as graphs show it. */
export interface StepNode {
  readonly path: string;
  readonly kind: string;
  readonly inputs: readonly EdgeView[];
  /** Tags of the outputs, the main one first. */
  readonly outputs: readonly string[];
  readonly isBounded: boolean;
  /** Where it reads or writes, without credentials, where it says so. */
  readonly location: string | undefined;
}

/** A composite transform and what is in it, or the pipeline itself. */
export interface ScopeNode {
  readonly name: string;
  readonly children: readonly (ScopeNode | StepNode)[];
}

/** The steps of a graph as plain data, producers before consumers. */
export const stepNodes = (graph: Graph): StepNode[] => graph.steps.map(stepNode);

function stepNode({ path, primitive, inputs, outputs }: Step): StepNode {
  const sides = 'traits' in primitive ? Object.entries(primitive.traits.sideInputs) : [];
  return {
    path,
    kind: primitive.kind,
    inputs: [
      ...inputs.map((input) => edge(input, undefined)),
      ...sides.map(([name, { collection }]) => edge(collection, name)),
    ],
    outputs: [...outputs.keys()].map((tag) => outputName(tag) ?? MAIN),
    isBounded: [...outputs.values()].every(({ isBounded }) => isBounded),
    location: locationOf(primitive),
  };
}

function locationOf(primitive: Step['primitive']): string | undefined {
  if (primitive.kind === 'Read') return primitive.source.location;
  return primitive.kind === 'Write' ? primitive.sink.location : undefined;
}

const edge = ({ producer, tag }: PCollection<unknown>, sideInput: string | undefined): EdgeView => ({
  from: producer,
  output: outputName(tag),
  sideInput,
});

const outputName = (tag: string): string | undefined =>
  tag === MAIN ? undefined : tag === DEAD_LETTERS ? 'dead letters' : tag;

/** The same steps in the tree of their composites, in order of first appearance. */
export function scopeTree(name: string, steps: readonly StepNode[]): ScopeNode {
  const root: MutableScope = { name, children: [], scopes: new Map() };
  for (const step of steps) {
    let scope = root;
    for (const part of step.path.split('/').slice(0, -1)) scope = childScope(scope, part);
    scope.children.push(step);
  }
  return root;
}

interface MutableScope {
  readonly name: string;
  readonly children: (ScopeNode | StepNode)[];
  readonly scopes: Map<string, MutableScope>;
}

function childScope(parent: MutableScope, name: string): MutableScope {
  const known = parent.scopes.get(name);
  if (known !== undefined) return known;
  const scope: MutableScope = { name, children: [], scopes: new Map() };
  parent.scopes.set(name, scope);
  parent.children.push(scope);
  return scope;
}

/** The last part of a step's path. */
export const ownName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** What an edge is called: the output it comes from, the side input it is. */
export const edgeLabel = ({ output, sideInput }: EdgeView): string | undefined =>
  sideInput === undefined ? output : output === undefined ? sideInput : `${sideInput} (${output})`;
