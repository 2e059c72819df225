import { CoderError, fromBytes, StateError, type StateSpace, structuralCoder, toBytes } from '../../model/index.ts';
import { type InFlight, Unfinished } from '../execution/index.ts';
import type { Origin } from '../run/index.ts';
import type { LiveStage } from './live-stage.ts';
import { restoredBatch, type SavedBatch, savedBatch } from './saved-batch.ts';

/** A part of an open bundle as plain data. */
type SavedPart =
  | Exclude<InFlight, { readonly kind: 'elements' }>
  | { readonly kind: 'elements'; readonly step: string | undefined; readonly tag: string; readonly batch: SavedBatch };

/** What was on its way at a cut, in a stage or in front of it. */
interface SavedFlight {
  /** The path of the step that the stage begins with. */
  readonly entry: string;
  readonly queue: readonly SavedBatch[];
  readonly parts: readonly SavedPart[];
  /** Elements of which it was not known yet what is to be read of them. */
  readonly starting: readonly Origin[];
}

/**
 * What is on its way when an epoch is cut before all stages are at rest: queues, and what open bundles have not passed on.
 *
 * As a rule nothing is; then nothing is written.
 */
export class SavedInFlight {
  readonly #space: StateSpace;
  readonly #stages: readonly LiveStage[];
  /** What the store holds. */
  readonly #written = new Set<string>();

  constructor(stages: readonly LiveStage[], space: StateSpace) {
    this.#stages = stages;
    this.#space = space;
    for (const { key } of space.scan()) this.#written.add(Buffer.from(key).toString());
  }

  /** Writes all of it; says why where a bundle must be finished before, or something of it has no bytes. */
  save(): Unfinished | undefined {
    for (const stage of this.#stages) {
      const parts = stage.inFlight();
      if (parts instanceof Unfinished) return parts;
      const starting = stage.reads?.starting ?? [];
      const isNothing = parts.length === 0 && starting.length === 0;
      try {
        this.#put(`stage ${nameOf(stage)}`, isNothing ? undefined : flightOf(stage, { parts, starting }));
        this.#saveQueue(stage);
      } catch (error) {
        // Between steps of one stage values need no bytes; where they have none they are waited for.
        if (!(error instanceof CoderError)) throw error;
        return new Unfinished(
          stage.planned.entryStep.path,
          `something on its way has no bytes (${error.message})`,
          'queues',
        );
      }
    }
    return undefined;
  }

  /** Writes queues once more: sinks may have rejected elements at the cut. */
  saveQueues(): void {
    for (const stage of this.#stages) this.#saveQueue(stage);
  }

  /** @throws StateError where something was on its way to a step that the program does not have any more. */
  restore(): void {
    for (const { value } of this.#space.scan()) {
      // Written by `save`.
      const { entry, queue, parts, starting } = fromBytes(structuralCoder, value) as SavedFlight;
      for (const part of parts) this.#stageOf(entry, part).putOff(restoredPart(part));
      const stage = this.#stages.find(({ planned }) => planned.entryStep.path === entry);
      if (stage === undefined && (queue.length > 0 || starting.length > 0)) throw isGone(entry);
      for (const batch of queue) stage?.queue.push(restoredBatch(batch));
      void stage?.reads?.begin(starting);
    }
  }

  #saveQueue(stage: LiveStage): void {
    const queue = stage.queue.batches().map(savedBatch);
    this.#put(`queue ${nameOf(stage)}`, queue.length === 0 ? undefined : { ...flightOf(stage, {}), queue });
  }

  #put(name: string, flight: SavedFlight | undefined): void {
    const key = Buffer.from(name);
    if (flight !== undefined) {
      this.#space.put(key, toBytes(structuralCoder, flight));
      this.#written.add(name);
    } else if (this.#written.delete(name)) this.#space.delete(key);
  }

  /** Where a part goes on: stages may have other bounds now. */
  #stageOf(entry: string, part: SavedPart): LiveStage {
    const step = part.kind === 'firing' ? entry : (part.step ?? entry);
    const isEntry = part.kind === 'firing' || part.step === undefined;
    const stage = this.#stages.find(({ planned, runtime }) =>
      isEntry ? planned.entryStep.path === entry : runtime.nodes.some(({ path }) => path === step),
    );
    if (stage === undefined) throw isGone(step);
    return stage;
  }
}

const nameOf = ({ planned }: LiveStage): string => `${planned.entryKind} ${planned.entryStep.path}`;

const flightOf = (
  { planned }: LiveStage,
  { parts = [], starting = [] }: { readonly parts?: readonly InFlight[]; readonly starting?: readonly Origin[] },
): SavedFlight => ({
  entry: planned.entryStep.path,
  queue: [],
  parts: parts.map((part) => (part.kind === 'firing' ? part : { ...part, batch: savedBatch(part.batch) })),
  starting,
});

const restoredPart = (part: SavedPart): InFlight =>
  part.kind === 'firing' ? part : { ...part, batch: restoredBatch(part.batch) };

const isGone = (step: string): StateError =>
  new StateError(
    'the state',
    'foreign',
    `elements were on their way through ${step} when the job was stopped, and the program has no such step. They would be lost. Run the program that made the state until they are through, or begin a new job with an empty directory.`,
  );
