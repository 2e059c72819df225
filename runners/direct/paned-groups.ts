import { MAX_TIMESTAMP, MIN_TIMESTAMP, type Timestamp, type WindowingStrategy } from '../../model/index.ts';
import { type Batch, BatchBuilder, type Edge, type StepTime, type Windows } from '../execution/index.ts';
import { PaneGrouping, type PaneGroupingSpec } from '../panes/index.ts';
import type { AddToGroup, ElementStore, Pair, Spillable } from '../shuffle/index.ts';

/** Outputs that are asked for at a time once all elements are there. */
const OUTPUTS = 1_024;

/** Whether a bounded run gives out more than one pane for a key and window, or panes that others than the default trigger make. */
export const hasPanes = ({ trigger }: WindowingStrategy): boolean => trigger.kind !== 'default';

/** What the bounded schedule takes from its step, besides the grouping itself. */
export interface PanedGroupsSpec extends Omit<PaneGroupingSpec, 'time' | 'emit' | 'lateDrop'> {
  /** Takes the panes that fire while elements come. */
  readonly early: ElementStore;
}

/**
 * A grouping with a trigger in a bounded run: the watermark is at the beginning of time while elements come, and then at its
 * end. There is no clock, so what waits for processing time waits for the end.
 *
 * It begins with its first element: where it keeps what memory has no room for is only there when the run has started.
 */
export class PanedGroups implements Edge, Spillable {
  readonly name: string;
  readonly isFull = false;
  /** Replaced with the first element; read it each time. */
  addPair: AddToGroup;
  readonly #spec: PanedGroupsSpec;
  readonly #builder = new BatchBuilder();
  readonly #time: StepTime = {
    inputWatermark: MIN_TIMESTAMP,
    outputWatermark: MIN_TIMESTAMP,
    processingTime: Number.NaN,
  };
  #grouping: PaneGrouping | undefined;
  #isComplete = false;

  constructor(spec: PanedGroupsSpec) {
    this.name = spec.step;
    this.#spec = spec;
    this.addPair = (key, value, timestamp, windows) => {
      this.#grouping = this.#begin();
      this.addPair = this.#grouping.addPair;
      this.addPair(key, value, timestamp, windows);
    };
  }

  add(value: unknown, timestamp: Timestamp, windows: Windows): void {
    // Elements of its input are pairs by the types of groupByKey and combinePerKey.
    const { key, value: held } = value as Pair;
    this.addPair(key, held, timestamp, windows);
  }

  flush(): void {}

  bytes(): number {
    return this.#grouping?.bytes() ?? 0;
  }

  get canSpill(): boolean {
    return this.#grouping?.canSpill ?? false;
  }

  spill(between?: () => void): void {
    this.#grouping?.spill(between);
  }

  /** All panes: those that fired early, then those that end of input makes. */
  *batches(): Iterable<Batch> {
    yield* this.#spec.early.batches();
    this.#isComplete = true;
    this.#time.inputWatermark = MAX_TIMESTAMP;
    for (let isDone = false; !isDone; ) {
      isDone = this.#grouping?.advance(OUTPUTS) ?? true;
      // Also where nothing came out: memory is looked at between batches.
      yield this.#builder.take();
    }
  }

  #begin(): PaneGrouping {
    return new PaneGrouping({
      ...this.#spec,
      time: this.#time,
      emit: (value, timestamp, windows, pane) => {
        const taker = this.#isComplete ? this.#builder : this.#spec.early;
        taker.add(value, timestamp, windows, pane);
      },
      lateDrop: () => undefined, // no window has expired before the last element
    });
  }
}
