import {
  fromBytes,
  type StateSpace,
  type StateStore,
  structuralCoder,
  type Timestamp,
  toBytes,
} from '../../model/index.ts';
import type { Unfinished } from '../execution/index.ts';
import type { LiveNetwork } from './live-network.ts';
import type { LiveStage } from './live-stage.ts';
import { SavedInFlight } from './saved-in-flight.ts';
import { SavedMetrics } from './saved-metrics.ts';
import type { SavedSplit } from '../sources/index.ts';

const SPACE = 'viga#stages';
const IN_FLIGHT = 'viga#in-flight';

/** What a stage itself keeps from one epoch to the next; operators have spaces of their own. */
interface SavedStage {
  readonly inputWatermark: Timestamp;
  readonly outputWatermark: Timestamp;
  readonly grouping: { readonly inputWatermark: Timestamp; readonly outputWatermark: Timestamp } | undefined;
  readonly splits: readonly SavedSplit[] | undefined;
  /** What was left of restrictions that ended, until their system has been told. */
  readonly ended: readonly unknown[] | undefined;
}

/**
 * The stages of a run in the job's store: how far time is at each, where its sources are, what waits at its gate.
 *
 * Watermarks are restored before anything runs, so they never fall, across restarts too.
 */
export class SavedStages {
  readonly #network: LiveNetwork;
  readonly #space: StateSpace;
  readonly #metrics: SavedMetrics;
  /** What is on its way. */
  readonly inFlight: SavedInFlight;

  constructor(network: LiveNetwork, store: StateStore) {
    this.#network = network;
    this.#space = store.space(SPACE);
    this.#metrics = new SavedMetrics(network, store);
    this.inFlight = new SavedInFlight(network.stages, store.space(IN_FLIGHT));
  }

  /** Writes everything; says why where something has to come to its end before. */
  save(): Unfinished | undefined {
    const unfinished = this.inFlight.save();
    if (unfinished !== undefined) return unfinished;
    for (const stage of this.#network.stages) {
      this.#space.put(keyOf(stage), toBytes(structuralCoder, this.#saved(stage)));
      stage.gate?.save();
      stage.grouping?.operator.save();
      stage.keyed?.timed.operator.save();
    }
    for (const [collection, view] of this.#network.sides.all()) {
      view.operator.save();
      const { inputWatermark } = view.time;
      this.#space.put(viewKey(collection), toBytes(structuralCoder, inputWatermark));
    }
    this.#metrics.save();
    return undefined;
  }

  /** Returns the stages that are new: the program did not have them at the last epoch. */
  restore(): readonly LiveStage[] {
    this.#metrics.restore();
    this.inFlight.restore();
    const added: LiveStage[] = [];
    for (const stage of this.#network.stages) {
      const bytes = this.#space.get(keyOf(stage));
      // Written by `save`.
      if (bytes !== undefined) this.#restore(stage, fromBytes(structuralCoder, bytes) as SavedStage);
      else added.push(stage);
    }
    for (const [collection, view] of this.#network.sides.all()) {
      const bytes = this.#space.get(viewKey(collection));
      if (bytes === undefined) continue;
      view.time.inputWatermark = view.time.outputWatermark = fromBytes(structuralCoder, bytes) as Timestamp; // as saved
    }
    return added;
  }

  #saved(stage: LiveStage): SavedStage {
    const { time, grouping, reads } = stage;
    return {
      inputWatermark: time.inputWatermark,
      outputWatermark: time.outputWatermark,
      grouping: grouping && {
        inputWatermark: grouping.time.inputWatermark,
        outputWatermark: grouping.time.outputWatermark,
      },
      splits: reads?.save(),
      ended: reads?.ended,
    };
  }

  #restore(stage: LiveStage, saved: SavedStage): void {
    Object.assign(stage.time, { inputWatermark: saved.inputWatermark, outputWatermark: saved.outputWatermark });
    if (stage.grouping !== undefined) Object.assign(stage.grouping.time, saved.grouping);
    stage.reads?.restore(saved.splits ?? [], saved.ended ?? [], saved.outputWatermark);
    stage.isGateStale = stage.gate !== undefined;
  }
}

/** Forgets how far a step has read: a source begins anew. */
export function forgetReading(store: StateStore, step: string): void {
  for (const kind of ['source', 'splittable'] as const) store.space(SPACE).delete(Buffer.from(`${kind} ${step}`));
}

const keyOf = ({ planned }: LiveStage): Uint8Array => Buffer.from(`${planned.entryKind} ${planned.entryStep.path}`);

const viewKey = ({ producer, tag }: { readonly producer: string; readonly tag: string }): Uint8Array =>
  Buffer.from(`view ${producer}:${tag}`);
