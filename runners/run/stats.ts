import {
  DEAD_LETTERS,
  type Graph,
  type LiveStats,
  type PCollection,
  type Step,
  type StepStats,
} from '../../model/index.ts';
import type { StageRuntime } from '../execution/index.ts';
import type { Plan, PlannedStage } from '../plan/index.ts';
import type { DropReason } from './drops.ts';
import type { ReadProgress } from './source-batch.ts';

/** What the statistics are read from: the counters of the stages, and what readers and writers count themselves. */
export interface Counted {
  readonly graph: Graph;
  readonly plan: Plan;
  readonly runtimeOf: (stage: PlannedStage) => StageRuntime | undefined;
  readonly bytesOf: (step: Step) => number;
  readonly rejectedBy: (step: Step) => number;
  readonly dropsOf: (step: Step, reason: DropReason) => number;
  /** What a streaming run knows besides. */
  readonly liveOf?: (step: Step) => LiveStats | undefined;
}

/** Elements in and out of each step so far. Elements of a step's input are those that its producers gave out. */
export function stepStats(counted: Counted): readonly StepStats[] {
  return counted.graph.steps.map((step) => ({
    step: step.path,
    kind: step.primitive.kind,
    elementsIn: step.inputs.reduce((sum, input) => sum + elementsOf(counted, input), 0),
    elementsOut: [...step.outputs.values()]
      .filter(({ tag }) => tag !== DEAD_LETTERS)
      .reduce((sum, output) => sum + elementsOf(counted, output), 0),
    failed: failedOf(counted, step),
    droppedLate: counted.dropsOf(step, 'expired'),
    droppedClosed: counted.dropsOf(step, 'closed'),
    bytes: counted.bytesOf(step),
    ...(counted.liveOf === undefined ? {} : { live: counted.liveOf(step) }),
  }));
}

function elementsOf(counted: Counted, collection: PCollection<unknown>): number {
  const { plan, runtimeOf } = counted;
  const producer = plan.producerOf(collection);
  const stage = plan.stageOf.get(producer);
  if (stage?.entryKind === 'join') return producer.inputs.reduce((sum, input) => sum + elementsOf(counted, input), 0);
  const runtime = stage && runtimeOf(stage);
  if (runtime === undefined) return 0;
  const node = runtime.nodes.find(({ node: { step } }) => step === producer);
  if (node !== undefined) return node.out.get(collection.tag) ?? 0;
  return runtime.elementsIn(collection.tag);
}

function failedOf({ plan, runtimeOf, rejectedBy }: Counted, step: Step): number {
  const stage = plan.stageOf.get(step);
  const runtime = stage && runtimeOf(stage);
  const node = runtime?.nodes.find(({ node }) => node.step === step);
  if (node !== undefined) return node.failed;
  return step.primitive.kind === 'Write' ? rejectedBy(step) : (runtime?.elementsIn(DEAD_LETTERS) ?? 0);
}

/** Bytes that readers have read, and how many there are in all. */
export class ReadCounts {
  readonly #read = new Map<Step, number>();
  readonly #total = new Map<Step, number | undefined>();

  /** What the reader of a step tells. */
  of(step: Step): ReadProgress {
    return {
      read: (bytes) => this.#read.set(step, this.bytesOf(step) + bytes),
      expect: (bytes) => this.#expect(step, bytes),
    };
  }

  bytesOf(step: Step): number {
    return this.#read.get(step) ?? 0;
  }

  get read(): number {
    return [...this.#read.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  /** Undefined while some reader does not know. */
  get total(): number | undefined {
    const totals = [...this.#total.values()];
    if (totals.length === 0) return undefined;
    return totals.reduce<number | undefined>(
      (sum, bytes) => (sum === undefined || bytes === undefined ? undefined : sum + bytes),
      0,
    );
  }

  #expect(step: Step, bytes: number | undefined): void {
    const before = this.#total.has(step) ? this.#total.get(step) : 0;
    this.#total.set(step, before === undefined || bytes === undefined ? undefined : before + bytes);
  }
}
