import { type Graph, MAIN, type PCollection, type Step } from '../../model/index.ts';
import type { Edge, StageNode, StageSpec, Target } from '../execution/index.ts';
import { type Plan, type PlannedStage, sideInputsOf } from './plan.ts';

/** Makes the edges that lead out of stages. */
export interface EdgeMaker {
  /** Into the stage that begins with a step: a grouping, a buffer, a merge. */
  into(stage: PlannedStage): Edge;
  side(collection: PCollection<unknown>): Edge;
  sink(step: Step): Edge;
}

/** The stages of a plan with their nodes and edges joined: what is run. */
export function wire(graph: Graph, plan: Plan, edges: EdgeMaker): ReadonlyMap<PlannedStage, StageSpec> {
  const wiring = new Wiring(plan, edges);
  for (const step of graph.steps) wiring.connect(step);
  return wiring.specs();
}

class Wiring {
  readonly #plan: Plan;
  readonly #edges: EdgeMaker;
  readonly #nodes = new Map<Step, StageNode>();
  readonly #entries = new Map<PlannedStage, Map<string, Target[]>>();
  readonly #sides = new Set<PCollection<unknown>>();

  constructor(plan: Plan, edges: EdgeMaker) {
    this.#plan = plan;
    this.#edges = edges;
    for (const stage of plan.stages) {
      stage.steps.forEach((step, index) => this.#nodes.set(step, nodeOf(step, index)));
      // A merge and a step that was cut off begin with a step of their own; other stages with another step's output.
      const first = this.#nodes.get(stage.entryStep);
      if (first !== undefined) first.incoming++;
      this.#entries.set(stage, new Map(first === undefined ? [] : [[MAIN, [{ kind: 'node', node: first }]]]));
    }
  }

  connect(step: Step): void {
    if (!this.#isJoin(step)) for (const input of step.inputs) this.#addTarget(input, this.#targetOf(step));
    for (const { collection } of Object.values(sideInputsOf(step))) {
      if (this.#sides.has(collection)) continue;
      this.#sides.add(collection);
      this.#addTarget(collection, { kind: 'edge', edge: this.#edges.side(collection) });
    }
  }

  specs(): ReadonlyMap<PlannedStage, StageSpec> {
    return new Map(
      [...this.#entries].map(([stage, entry]) => {
        const nodes = stage.steps.flatMap((step) => this.#nodes.get(step) ?? []);
        return [stage, { name: stage.entryStep.path, nodes, entry }];
      }),
    );
  }

  #targetOf(step: Step): Target {
    if (step.primitive.kind === 'Write') return { kind: 'edge', edge: this.#edges.sink(step) };
    const stage = this.#plan.stageOf.get(step);
    const node = this.#nodes.get(step);
    if (stage !== undefined && (node === undefined || stage.entryStep === step)) {
      return { kind: 'edge', edge: this.#edges.into(stage) };
    }
    if (node === undefined) throw new Error(`This is a bug in Viga: ${step.path} is in no stage. Please report it.`);
    node.incoming++;
    return { kind: 'node', node };
  }

  #isJoin(step: Step): boolean {
    const stage = this.#plan.stageOf.get(step);
    return stage?.entryKind === 'join' && stage.entryStep === step;
  }

  #addTarget(collection: PCollection<unknown>, target: Target): void {
    const producer = this.#plan.producerOf(collection);
    if (this.#isJoin(producer)) {
      for (const input of producer.inputs) this.#addTarget(input, target);
      return;
    }
    const stage = this.#plan.stageOf.get(producer);
    const outputs = this.#nodes.get(producer)?.targets ?? (stage && this.#entries.get(stage));
    outputs?.set(collection.tag, [...(outputs.get(collection.tag) ?? []), target]);
  }
}

const nodeOf = (step: Step, index: number): StageNode => {
  const kind = step.inputs[0]?.windowing.windowFn.spec.kind;
  return { index, step, targets: new Map(), isMultiWindow: kind === 'sliding' || kind === 'custom', incoming: 0 };
};
