import { type Graph, type PCollection, type PCollectionView, PipelineError, type Step } from '../../model/index.ts';
import { isKeyed } from '../execution/index.ts';

// Graph to stages. What is said below of roots and their order is that of a bounded run; a streaming run has all stages at
// once.
//
// A stage is the largest tree of element-wise steps behind one entry. An entry is a source, the output of a shuffle, a
// buffer, or a merge: a Flatten whose inputs come from different stages, which then pass their batches to it directly. So
// do stages that would be too deep: what follows is another.
// A Flatten of several stages whose output is only kept (grouped, stored, written, a side input) is a join: its inputs go
// straight to where it is kept, and nothing runs for it.
// A ParDo with state or timers begins a stage that is fed like a merge, from one stage or from several: what it keeps comes
// out at its end.
// All but merges, joins and keyed stages are roots: they run one after another, each from its start to its end. The others run
// while the roots that feed them do and are finished when the last of those is.
//
// A step with side inputs starts when they are complete. Its roots therefore run after those of its side inputs; where
// that would be a circle (both come from one source), the step is cut off behind a buffer and starts a stage of its own.
//
// Invariant: `after` of the roots has no circle; roots are listed in an order that respects it.

/** How many steps of a stage may follow each other: each costs stack, when the stage is printed and when it runs. */
const DEEPEST = 200;

/** Steps that keep what they get until later: elements leave a stage for them. */
const KEEPERS: ReadonlySet<Step['primitive']['kind']> = new Set([
  'GroupByKey',
  'CombinePerKey',
  'Reshuffle',
  'SplittableParDo',
  'Write',
]);

/** What elements enter a stage from. */
export type EntryKind = 'source' | 'group' | 'buffer' | 'splittable' | 'rejects' | 'merge' | 'keyed' | 'join';

/** Those whose stages run while the roots that feed them do. */
const FED: ReadonlySet<EntryKind> = new Set(['merge', 'keyed', 'join']);

/** A stage of the plan. */
export interface PlannedStage {
  readonly id: number;
  readonly entryKind: EntryKind;
  /** The step whose output enters: a source, a grouping, a reshuffle; the stage's first step for merges, keyed and cut-off steps. */
  readonly entryStep: Step;
  /** Element-wise steps, producers before consumers. */
  readonly steps: Step[];
  /** The roots that must be finished before this one starts; empty where it is no root. */
  readonly after: Set<PlannedStage>;
  /** The roots that feed it; a root only itself. */
  readonly roots: ReadonlySet<PlannedStage>;
  /** Why it is a stage of its own. */
  readonly reason: string;
}

/** The stages of a graph, and which of them makes each collection. */
export interface Plan {
  /** In the order in which they are made: producers before consumers. */
  readonly stages: readonly PlannedStage[];
  /** The roots in the order in which they run. */
  readonly order: readonly PlannedStage[];
  readonly stageOf: ReadonlyMap<Step, PlannedStage>;
  readonly producerOf: (collection: PCollection<unknown>) => Step;
}

/** The side inputs of a step, by name. */
export const sideInputsOf = ({ primitive }: Step): Readonly<Record<string, PCollectionView<unknown>>> =>
  primitive.kind === 'SplittableParDo'
    ? primitive.sideInputs
    : 'traits' in primitive
      ? primitive.traits.sideInputs
      : {};

/** Plans a bounded run. */
export function planBounded(graph: Graph): Plan {
  const planner = new Planner(graph);
  for (const step of graph.steps) planner.place(step);
  return planner.plan();
}

/** Plans a streaming run: all stages live at once, and a step that may have to wait for its side inputs begins a stage. */
export function planStreaming(graph: Graph): Plan {
  const planner = new Planner(graph, true);
  for (const step of graph.steps) planner.place(step);
  return planner.plan();
}

class Planner {
  readonly #waitsForSides: boolean;
  readonly #stages: PlannedStage[] = [];
  readonly #stageOf = new Map<Step, PlannedStage>();
  readonly #stepByPath: ReadonlyMap<string, Step>;
  /** Collections that a step looks at element by element. */
  readonly #lookedAt: ReadonlySet<PCollection<unknown>>;
  /** How many steps of its stage lead to a step. */
  readonly #depthOf = new Map<Step, number>();

  constructor(graph: Graph, waitsForSides = false) {
    this.#waitsForSides = waitsForSides;
    this.#stepByPath = new Map(graph.steps.map((step) => [step.path, step]));
    this.#lookedAt = new Set(
      graph.steps.filter((step) => !KEEPERS.has(step.primitive.kind) && !isKeyed(step)).flatMap(({ inputs }) => inputs),
    );
  }

  plan(): Plan {
    const roots = this.#stages.filter(({ entryKind }) => !FED.has(entryKind));
    return {
      stages: this.#stages,
      order: inOrder(roots),
      stageOf: this.#stageOf,
      producerOf: (collection) => this.#producer(collection),
    };
  }

  place(step: Step): void {
    switch (step.primitive.kind) {
      case 'Impulse':
      case 'Create':
      case 'TestStream':
      case 'Read':
        return this.#open(step, 'source', new Set(), 'it reads');
      case 'GroupByKey':
      case 'CombinePerKey':
        return this.#open(step, 'group', this.#rootsBefore(step), 'all elements of a key must be there');
      case 'Reshuffle':
        return this.#open(step, 'buffer', this.#rootsBefore(step), 'a reshuffle was asked for');
      case 'SplittableParDo':
        return this.#open(step, 'splittable', this.#splittableAfter(step), 'its restrictions are read one by one');
      case 'Write':
        if (!step.primitive.hasDeadLetters) return;
        return this.#open(
          step,
          'rejects',
          this.#rootsBefore(step),
          'what its sink can not write is known when all is written',
        );
      default:
        return this.#placeElementWise(step);
    }
  }

  #placeElementWise(step: Step): void {
    const producers = new Set(step.inputs.map((input) => this.#stage(input)));
    const [only] = producers;
    if (producers.size !== 1 || only === undefined) {
      const isKept = [...step.outputs.values()].every((output) => !this.#lookedAt.has(output));
      if (isKept) this.#openFed(step, producers, 'join', 'its inputs go straight to where its output is kept');
      else this.#openFed(step, producers, 'merge', 'its inputs come from several stages');
      return;
    }
    if (this.#waitsForSides && !isKeyed(step) && Object.keys(sideInputsOf(step)).length > 0) {
      this.#openFed(step, producers, 'merge', 'it may have to wait for its side inputs');
      return;
    }
    const sides = this.#waitsForSides
      ? []
      : Object.values(sideInputsOf(step)).flatMap(({ collection }) => [...this.#stage(collection).roots]);
    const isCircle = sides.some((side) => [...only.roots].some((root) => side === root || reaches(side, root)));
    if (isCircle) {
      const after = new Set([...only.roots, ...sides]);
      this.#open(step, 'buffer', after, 'its side inputs come from the source of its main input');
      this.#stageOf.get(step)?.steps.push(step);
      return;
    }
    for (const root of only.roots) for (const side of sides) root.after.add(side);
    if (isKeyed(step)) {
      this.#openFed(step, producers, 'keyed', 'it keeps state or timers by key');
      return;
    }
    const depth = 1 + Math.max(...step.inputs.map((input) => this.#depthOf.get(this.#producer(input)) ?? 0));
    if (depth > DEEPEST) {
      this.#openFed(step, producers, 'merge', `${DEEPEST} steps lead to it`);
      return;
    }
    this.#depthOf.set(step, depth);
    only.steps.push(step);
    this.#stageOf.set(step, only);
  }

  #open(step: Step, entryKind: EntryKind, after: Set<PlannedStage>, reason: string): void {
    const roots = new Set<PlannedStage>();
    const stage: PlannedStage = {
      id: this.#stages.length,
      entryKind,
      entryStep: step,
      steps: [],
      after,
      roots,
      reason,
    };
    roots.add(stage);
    this.#stages.push(stage);
    this.#stageOf.set(step, stage);
  }

  #openFed(
    step: Step,
    producers: ReadonlySet<PlannedStage>,
    entryKind: 'merge' | 'keyed' | 'join',
    reason: string,
  ): void {
    const stage: PlannedStage = {
      id: this.#stages.length,
      entryKind,
      entryStep: step,
      steps: entryKind === 'join' ? [] : [step],
      after: new Set(),
      roots: new Set([...producers].flatMap(({ roots }) => [...roots])),
      reason,
    };
    this.#stages.push(stage);
    this.#stageOf.set(step, stage);
  }

  /** It starts from a store of its elements, when its side inputs are complete as well. */
  #splittableAfter(step: Step): Set<PlannedStage> {
    const sides = this.#waitsForSides ? [] : Object.values(sideInputsOf(step));
    return new Set([
      ...this.#rootsBefore(step),
      ...sides.flatMap(({ collection }) => [...this.#stage(collection).roots]),
    ]);
  }

  #rootsBefore(step: Step): Set<PlannedStage> {
    return new Set(step.inputs.flatMap((input) => [...this.#stage(input).roots]));
  }

  #stage(collection: PCollection<unknown>): PlannedStage {
    const stage = this.#stageOf.get(this.#producer(collection));
    if (stage === undefined) {
      throw new PipelineError(
        collection.producer,
        'no stage makes its output. Only a step that was added before its consumers can feed them. This is a bug in Viga; please report it.',
      );
    }
    return stage;
  }

  #producer(collection: PCollection<unknown>): Step {
    const step = this.#stepByPath.get(collection.producer);
    if (step === undefined) {
      throw new PipelineError(
        collection.producer,
        'the graph has no such step. This is a bug in Viga; please report it.',
      );
    }
    return step;
  }
}

/** Whether a root runs after another, directly or through others. */
function reaches(from: PlannedStage, to: PlannedStage): boolean {
  const seen = new Set<PlannedStage>();
  const open = [from];
  for (let stage = open.pop(); stage !== undefined; stage = open.pop()) {
    if (stage === to) return true;
    if (seen.has(stage)) continue;
    seen.add(stage);
    open.push(...stage.after);
  }
  return false;
}

/** Roots such that each comes after those it needs, otherwise in the order of the graph. */
function inOrder(roots: readonly PlannedStage[]): readonly PlannedStage[] {
  const ordered = new Set<PlannedStage>();
  const visit = (root: PlannedStage): void => {
    if (ordered.has(root)) return;
    for (const before of [...root.after].sort((a, b) => a.id - b.id)) visit(before);
    ordered.add(root);
  };
  for (const root of roots) visit(root);
  return [...ordered];
}
