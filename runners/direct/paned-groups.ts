import {
  MAX_TIMESTAMP,
  MIN_TIMESTAMP,
  type PaneInfo,
  type Timestamp,
  type WindowingStrategy,
} from '../../model/index.ts';
import { type Batch, BatchBuilder, type Edge, type StepTime, type Windows } from '../execution/index.ts';
import { PaneGrouping, type PaneGroupingSpec } from '../panes/index.ts';
import type { ElementStore } from '../shuffle/index.ts';

/** Outputs that are asked for at a time once all elements are there. */
const OUTPUTS = 1_024;

/** Whether a bounded run gives out more than one pane for a key and window, or panes that others than the default trigger make. */
export const hasPanes = ({ trigger }: WindowingStrategy): boolean => trigger.kind !== 'default';

/** What the bounded schedule takes from its step, besides the grouping itself. */
export interface PanedGroupsSpec extends Omit<PaneGroupingSpec, 'time' | 'space' | 'emit' | 'lateDrop'> {
  /** Takes the panes that fire while elements come. */
  readonly early: ElementStore;
}

/**
 * A grouping with a trigger in a bounded run: the watermark is at the beginning of time while elements come, and then at its
 * end. There is no clock, so what waits for processing time waits for the end.
 */
export class PanedGroups {
  readonly #early: ElementStore;
  readonly #grouping: PaneGrouping;
  readonly #builder = new BatchBuilder();
  #isComplete = false;
  readonly #time: StepTime = {
    inputWatermark: MIN_TIMESTAMP,
    outputWatermark: MIN_TIMESTAMP,
    processingTime: Number.NaN,
  };

  constructor(spec: PanedGroupsSpec) {
    this.#early = spec.early;
    this.#grouping = new PaneGrouping({
      ...spec,
      time: this.#time,
      space: () => undefined,
      emit: (value: unknown, timestamp: Timestamp, windows: Windows, pane: PaneInfo) => {
        const taker = this.#isComplete ? this.#builder : this.#early;
        taker.add(value, timestamp, windows, pane);
      },
      lateDrop: () => undefined, // no window has expired before the last element
    });
  }

  get edge(): Edge {
    return this.#grouping;
  }

  /** All panes: those that fired early, then those that end of input makes. */
  *batches(): Iterable<Batch> {
    yield* this.#early.batches();
    this.#isComplete = true;
    this.#time.inputWatermark = MAX_TIMESTAMP;
    for (let isDone = false; !isDone; ) {
      isDone = this.#grouping.advance(OUTPUTS);
      if (this.#builder.length > 0) yield this.#builder.take();
    }
  }
}
