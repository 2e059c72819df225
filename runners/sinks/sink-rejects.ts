import {
  DEAD_LETTERS,
  ElementError,
  GLOBAL_WINDOW,
  MIN_TIMESTAMP,
  NO_FIRING,
  PipelineError,
  type SinkBatch,
  showValue,
  type Step,
} from '../../model/index.ts';
import { deadLetterOf, type Edge, GLOBAL_ONLY } from '../execution/index.ts';
import type { Outbox } from './outbox.ts';

/** An element that a sink rejected, and where it is in the outbox: in which entry of its epoch, at which place of that. */
interface Rejected {
  readonly entry: number;
  readonly place: number;
  readonly element: unknown;
  readonly error: Error;
}

/** What is taken out of an epoch before its sink gets it again. */
interface TakenOut {
  readonly epoch: number;
  readonly rejected: readonly Rejected[];
  /** Whether the cut that is being made takes it out. */
  isInCut: boolean;
}

/**
 * What a sink rejects: dead letters where they are asked for, the end of the run otherwise.
 *
 * What it rejects while it stages is part of the epoch that it stages for. A sink that is given a durable epoch rejects when
 * it is too late for that: if it wrote the rest, a crash before the next cut would lose the dead letters, as its ledger then
 * says that it has the epoch. So it is not let: its delivery ends in an error once it has seen all, which takes its
 * transaction back. The next cut then moves what was rejected out of the outbox and to the dead letters, at once, and after
 * that commit the sink gets what is left.
 *
 * Invariant: of a durable epoch each element is in the outbox or among the dead letters, never both, never neither.
 */
export class SinkRejects {
  readonly #step: Step;
  readonly #outbox: Outbox;
  readonly #edge: Edge | undefined;
  #attempt: Attempt | undefined;
  #takenOut: TakenOut | undefined;
  count = 0;

  /** `edge` is where dead letters go. */
  constructor(step: Step, outbox: Outbox, edge: Edge | undefined) {
    this.#step = step;
    this.#outbox = outbox;
    this.#edge = step.outputs.has(DEAD_LETTERS) ? edge : undefined;
  }

  /** Whether the sink can go on only after the next cut. */
  get areWaiting(): boolean {
    return this.#takenOut !== undefined;
  }

  /** Whether what is rejected becomes a dead letter. */
  get areKept(): boolean {
    return this.#edge !== undefined;
  }

  /** @throws ElementError where no dead letters are asked for. */
  reject(element: unknown, error: Error): void {
    if (this.#edge === undefined) {
      if (error instanceof ElementError) throw error;
      throw new ElementError(this.#step.path, element, error.message, { cause: error });
    }
    if (this.#attempt === undefined) this.#pass(element, error);
    else this.#attempt.reject(element, error);
  }

  /** Gives a sink an epoch. Returns whether it has it now; if not it rejected something, and is to get it after the next cut. */
  async deliver(epoch: number, give: (batches: () => Iterable<SinkBatch<unknown>>) => unknown): Promise<boolean> {
    const attempt = new Attempt(this.#step.path, this.#outbox, epoch);
    this.#attempt = attempt;
    try {
      await give(() => attempt.batches());
    } catch (error) {
      if (!attempt.isEnded) throw error;
    } finally {
      this.#attempt = undefined;
    }
    const { rejected } = attempt;
    if (rejected.length > 0) this.#takenOut = { epoch, rejected, isInCut: false };
    return rejected.length === 0;
  }

  /** Makes dead letters of what was rejected, within the transaction of a cut. */
  cut(): void {
    const takenOut = this.#takenOut;
    if (takenOut === undefined) return;
    takenOut.isInCut = true;
    const { epoch, rejected } = takenOut;
    for (const [entry, ofEntry] of Map.groupBy(rejected, (one) => one.entry)) {
      const places = new Set(ofEntry.map(({ place }) => place));
      // Where a sink delivers, entries are batches.
      this.#outbox.replace(epoch, entry, (batch) => without(batch as SinkBatch<unknown>, places));
    }
    for (const { element, error } of rejected) this.#pass(element, error);
  }

  /** The cut is durable. */
  committed(): void {
    if (this.#takenOut?.isInCut === true) this.#takenOut = undefined;
  }

  #pass(element: unknown, error: Error): void {
    this.count++;
    const call = { element, timestamp: MIN_TIMESTAMP, windows: [GLOBAL_WINDOW], attempts: 1, coordinate: undefined };
    this.#edge?.add(deadLetterOf(this.#step.path, error, call), MIN_TIMESTAMP, GLOBAL_ONLY, NO_FIRING);
  }
}

/** One time that an epoch is given to a sink. */
class Attempt {
  readonly #step: string;
  readonly #outbox: Outbox;
  readonly #epoch: number;
  readonly rejected: Rejected[] = [];
  /** Whether it was ended because of what was rejected. */
  isEnded = false;
  #isRead = false;
  #entry = 0;
  #values: readonly unknown[] = [];
  #places = new Set<number>();

  constructor(step: string, outbox: Outbox, epoch: number) {
    this.#step = step;
    this.#outbox = outbox;
    this.#epoch = epoch;
  }

  *batches(): Generator<SinkBatch<unknown>, void, undefined> {
    this.#isRead = false;
    for (const [entry, batch] of this.#outbox.numbered(this.#epoch)) {
      const given = batch as SinkBatch<unknown>; // where a sink delivers, entries are batches
      this.#entry = entry;
      this.#values = given.values;
      this.#places = new Set();
      yield given;
    }
    this.#isRead = true;
    if (this.rejected.length > 0) throw this.#end();
  }

  reject(element: unknown, error: Error): void {
    const place = this.#values.findIndex((value, i) => Object.is(value, element) && !this.#places.has(i));
    if (place < 0) throw strange(this.#step, element);
    this.#places.add(place);
    this.rejected.push({ entry: this.#entry, place, element, error });
    // The sink looks at elements after it has them all: then each is taken out by itself.
    if (this.#isRead) throw this.#end();
  }

  #end(): Error {
    this.isEnded = true;
    return new Error(`${this.#step}: it gets this epoch again without the elements that it rejected.`);
  }
}

function without(batch: SinkBatch<unknown>, places: ReadonlySet<number>): SinkBatch<unknown> {
  const { values, timestamps, windows, panes } = batch;
  const stays = (_one: unknown, place: number): boolean => !places.has(place);
  const isOwn = Array.isArray(windows[0]);
  return {
    values: values.filter(stays),
    timestamps: typeof timestamps === 'number' ? timestamps : timestamps.filter(stays),
    // Lists of windows, one per value, or one list for all.
    windows: isOwn ? (windows as readonly (readonly never[])[]).filter(stays) : windows,
    panes: Array.isArray(panes) ? panes.filter(stays) : panes,
  };
}

const strange = (step: string, element: unknown): PipelineError =>
  new PipelineError(
    step,
    `its sink rejected ${showValue(element)}, which is not in the batch that it was given last. It could not be told which element becomes a dead letter. Let the sink reject elements as it was given them, before it asks for the next batch.`,
  );
