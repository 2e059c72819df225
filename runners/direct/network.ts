import {
  type AfterCommit,
  type BoundedWindow,
  type AsyncScope,
  type Graph,
  type Host,
  type MetricsScope,
  PipelineError,
  type StateSpace,
  type Step,
} from '../../model/index.ts';
import { generateSegment, interpretSegment } from '../compile/index.ts';
import { type Edge, isKeyed, type MetricsStore, StageRuntime, type StageSpec } from '../execution/index.ts';
import { ElementStore, Grouping, type MemoryWatch, reducerOf, type Spill } from '../shuffle/index.ts';
import { MergeEdge } from './edges.ts';
import type { Plan, PlannedStage } from '../plan/index.ts';
import { hasPanes, PanedGroups, type PanedGroupsSpec } from './paned-groups.ts';
import { keptSpillable } from './kept-spillable.ts';
import { KeyedStage } from './keyed-stage.ts';
import { SideInputs } from './side-inputs.ts';
import { CountedStore, Drops, type StrictFeed, type Turn } from '../run/index.ts';
import { wire } from '../plan/index.ts';
import { Write } from './writes.ts';

/** What a stage that begins with a grouping is fed with. */
type Groups = Pick<Grouping, 'batches'>;

/** What the stages of a run share. */
export interface NetworkEnvironment {
  readonly host: Host;
  readonly metrics: MetricsStore;
  readonly scope: AsyncScope<MetricsScope>;
  readonly signal: AbortSignal;
  readonly spill: Spill;
  readonly memory: MemoryWatch;
  readonly runId: string;
  readonly afterCommit: AfterCommit;
  readonly turn: Turn;
  /** What a strict run does with the elements that enter a stage. */
  readonly strictFeed: (step: string) => StrictFeed | undefined;
}

/**
 * The stages of a run and what lies between them: groupings, stores, sinks, side inputs.
 *
 * Everything is made once: edges and their stores when the network is, the runtime of a stage when it is first needed.
 */
export class Network {
  readonly writes = new Map<Step, Write>();
  readonly drops: Drops;
  readonly #environment: NetworkEnvironment;
  readonly #specs: ReadonlyMap<PlannedStage, StageSpec>;
  readonly #sides: SideInputs;
  readonly #groupings = new Map<PlannedStage, Groups>();
  readonly #stores = new Map<PlannedStage, ElementStore>();
  readonly #runtimes = new Map<PlannedStage, StageRuntime>();
  readonly #keyed = new Map<PlannedStage, KeyedStage>();
  #kept: CountedStore | undefined;
  /** Whether some step keeps what may have to go to a store. */
  #isKeeping: boolean;
  readonly #open = new Set<StageRuntime>();

  constructor(graph: Graph, plan: Plan, environment: NetworkEnvironment) {
    this.#environment = environment;
    const { host, spill, memory } = environment;
    this.#sides = new SideInputs({ spill, memory, codegen: host.codegen, warn: host.warn });
    this.drops = new Drops(host);
    this.#isKeeping = plan.stages.some(({ steps }) => steps.some(isKeyed));
    this.#specs = wire(graph, plan, {
      into: (stage) => this.#into(stage),
      side: (collection) => this.#sides.edgeOf(collection),
      sink: (step) => this.#write(step).edge,
    });
  }

  /** The runtime of a stage, if it has one yet. */
  peek(stage: PlannedStage): StageRuntime | undefined {
    return this.#runtimes.get(stage);
  }

  runtime(stage: PlannedStage): StageRuntime {
    const made = this.#runtimes.get(stage);
    if (made !== undefined) return made;
    const spec = this.#specs.get(stage);
    if (spec === undefined) throw new Error(`This is a bug in Viga: ${stage.entryStep.path} was not wired.`);
    const { host, metrics, scope, signal, turn, memory, afterCommit } = this.#environment;
    const runtime = new StageRuntime(spec, {
      host,
      store: metrics,
      scope,
      sideInputs: this.#sides.access,
      compile: host.codegen ? generateSegment : interpretSegment,
      signal,
      warn: host.warn,
      afterCommit,
      turn,
    });
    this.#runtimes.set(stage, runtime);
    const [first] = spec.nodes;
    if (first !== undefined && isKeyed(first.step)) {
      const strict = this.#environment.strictFeed(first.step.path);
      const { warn } = this.#environment.spill;
      this.#keyed.set(
        stage,
        new KeyedStage(runtime, host, { turn, strict, memory, space: (name) => this.#space(name), warn }),
      );
    }
    return runtime;
  }

  /** All elements of a stage have come: its last bundle ends, and what it keeps comes out. */
  async end(stage: PlannedStage): Promise<void> {
    await this.runtime(stage).finishBundle();
    await this.#keyed.get(stage)?.end();
  }

  /** The side inputs of a step, as seen from a window of its main input. */
  sideInputs(step: Step, window: BoundedWindow): Readonly<Record<string, unknown>> {
    return this.#sides.of(step, window);
  }

  grouping(stage: PlannedStage): Groups | undefined {
    return this.#groupings.get(stage);
  }

  store(stage: PlannedStage): ElementStore | undefined {
    return this.#stores.get(stage);
  }

  /** Sets the DoFns of a stage up, unless that was done. */
  async open(stage: PlannedStage): Promise<void> {
    if (this.#isKeeping) this.#kept ??= new CountedStore(await this.#environment.host.openStateStore(undefined));
    const runtime = this.runtime(stage);
    if (this.#open.has(runtime)) return;
    this.#open.add(runtime);
    await runtime.open();
  }

  /** Tears the DoFns of a stage down. */
  async close(stage: PlannedStage): Promise<void> {
    const runtime = this.runtime(stage);
    this.#open.delete(runtime);
    await runtime.close();
  }

  /** Closes what is open, and gives up what was to be written. */
  async abort(): Promise<void> {
    for (const runtime of this.#open) await runtime.close();
    // The last first: whoever made a directory that others write to as well can then remove it.
    for (const write of [...this.writes.values()].reverse()) {
      try {
        await write.abort();
      } catch (error) {
        this.#environment.host.warn(`${write.step.path}: what was staged could not be removed: ${String(error)}.`);
      }
    }
  }

  /** Bytes that were written since memory had no room for them. */
  get spilledBytes(): number {
    return this.#environment.spill.bytes + (this.#kept?.bytes ?? 0);
  }

  /** Removes what steps have on disk. */
  dispose(): void {
    this.#kept?.close();
  }

  #space(name: string): StateSpace {
    if (this.#kept === undefined)
      throw new Error('This is a bug in Viga: a step keeps something before it was opened.');
    return this.#kept.space(name);
  }

  #into(stage: PlannedStage): Edge {
    const { path } = stage.entryStep;
    if (stage.entryKind === 'merge') return new MergeEdge(path, (batch) => this.runtime(stage).process(batch));
    if (stage.entryKind === 'keyed') return new MergeEdge(path, (batch) => this.#keyedStage(stage).push(batch));
    if (stage.entryKind === 'group') return this.#makeGrouping(stage);
    const store = this.#stores.get(stage) ?? this.#makeStore(stage.entryStep.path);
    this.#stores.set(stage, store);
    return store;
  }

  #keyedStage(stage: PlannedStage): KeyedStage {
    this.runtime(stage);
    const keyed = this.#keyed.get(stage);
    if (keyed === undefined) throw new Error(`This is a bug in Viga: ${stage.entryStep.path} keeps nothing.`);
    return keyed;
  }

  #makeGrouping(stage: PlannedStage): Edge {
    const { primitive, path, inputs } = stage.entryStep;
    const [input] = inputs;
    if (input === undefined)
      throw new PipelineError(path, 'it groups nothing. This is a bug in Viga; please report it.');
    const { host, spill, memory } = this.#environment;
    const fn = primitive.kind === 'CombinePerKey' ? primitive.fn : undefined;
    const spec = {
      step: path,
      windowing: input.windowing,
      reducer: reducerOf(fn, host.codegen),
      accumulatorCoder: fn?.accumulatorCoder,
      codegen: host.codegen,
    };
    if (hasPanes(input.windowing)) {
      const groups = this.#makePanedGroups(spec);
      this.#groupings.set(stage, groups);
      return groups;
    }
    const grouping = new Grouping({ ...spec, spill, partitionBytes: memory.partitionBytes });
    memory.add(grouping);
    this.#groupings.set(stage, grouping);
    return grouping;
  }

  #makePanedGroups(spec: Omit<PanedGroupsSpec, 'space' | 'early' | 'closedDrop'>): PanedGroups {
    const { spill, memory } = this.#environment;
    const { step } = spec;
    this.#isKeeping = true;
    const groups = new PanedGroups({
      ...spec,
      space: (name) => this.#space(`${step}/${name}`),
      early: this.#makeStore(step),
      closedDrop: this.drops.of(step, 'closed'),
    });
    memory.add(keptSpillable(groups, spill.warn));
    return groups;
  }

  #makeStore(name: string): ElementStore {
    const { host, spill, memory } = this.#environment;
    const store = new ElementStore(name, spill, host.codegen);
    memory.add(store);
    return store;
  }

  #write(step: Step): Write {
    const { primitive } = step;
    if (primitive.kind !== 'Write') throw new PipelineError(step.path, 'it is no write. This is a bug in Viga.');
    const { host, signal, runId } = this.#environment;
    const environment = { host, signal, runId, store: (name: string) => this.#makeStore(name) };
    const write = this.writes.get(step) ?? new Write(step, primitive.sink, environment);
    this.writes.set(step, write);
    return write;
  }
}
