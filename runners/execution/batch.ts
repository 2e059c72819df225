import {
  type BoundedWindow,
  GLOBAL_WINDOW,
  MIN_TIMESTAMP,
  NO_FIRING,
  type PaneInfo,
  type Timestamp,
} from '../../model/index.ts';

/** The windows of an element. One list is shared by all elements that are in the same windows. */
export type Windows = readonly BoundedWindow[];

/** What elements start with: only the global window. */
export const GLOBAL_ONLY: Windows = [GLOBAL_WINDOW];

/**
 * Elements that go through a stage together.
 *
 * Each part of what the model knows of an element is either one for the whole batch, or, where its column is not null,
 * one per element. Most batches have no columns, and values are stored bare.
 */
export interface Batch {
  readonly values: readonly unknown[];
  readonly length: number;
  readonly timestamp: Timestamp;
  readonly timestamps: Float64Array | null;
  readonly windows: Windows;
  readonly windowsColumn: readonly Windows[] | null;
  readonly pane: PaneInfo;
  readonly panes: readonly PaneInfo[] | null;
  /** Where the source found the element at an index; only called for errors. */
  readonly coordinate: ((index: number) => string | undefined) | null;
}

/** A batch whose elements share everything but their values. */
export const sharedBatch = (
  values: readonly unknown[],
  timestamp: Timestamp = MIN_TIMESTAMP,
  windows: Windows = GLOBAL_ONLY,
  pane: PaneInfo = NO_FIRING,
): Batch => ({
  values,
  length: values.length,
  timestamp,
  timestamps: null,
  windows,
  windowsColumn: null,
  pane,
  panes: null,
  coordinate: null,
});

/**
 * Collects elements into a batch. A part of the metadata becomes a column only when a second value of it shows up.
 */
export class BatchBuilder {
  #values: unknown[] = [];
  #timestamp: Timestamp = MIN_TIMESTAMP;
  #timestamps: Timestamp[] | null = null;
  #windows: Windows = GLOBAL_ONLY;
  #windowsColumn: Windows[] | null = null;
  #pane: PaneInfo = NO_FIRING;
  #panes: PaneInfo[] | null = null;
  #coordinates: ((() => string | undefined) | undefined)[] | null = null;

  get length(): number {
    return this.#values.length;
  }

  add(value: unknown, timestamp: Timestamp, windows: Windows, pane: PaneInfo): void {
    const n = this.#values.length;
    if (n === 0) {
      this.#timestamp = timestamp;
      this.#windows = windows;
      this.#pane = pane;
    } else {
      this.#widen(n, timestamp, windows, pane);
    }
    this.#values.push(value);
    this.#timestamps?.push(timestamp);
    this.#windowsColumn?.push(windows);
    this.#panes?.push(pane);
  }

  /** Says where the element added last was found. */
  locate(coordinate: (() => string | undefined) | undefined): void {
    if (coordinate === undefined) return;
    this.#coordinates ??= [];
    this.#coordinates[this.#values.length - 1] = coordinate;
  }

  #widen(n: number, timestamp: Timestamp, windows: Windows, pane: PaneInfo): void {
    if (this.#timestamps === null && timestamp !== this.#timestamp) {
      this.#timestamps = new Array<Timestamp>(n).fill(this.#timestamp);
    }
    if (this.#windowsColumn === null && windows !== this.#windows) {
      this.#windowsColumn = new Array<Windows>(n).fill(this.#windows);
    }
    if (this.#panes === null && pane !== this.#pane) this.#panes = new Array<PaneInfo>(n).fill(this.#pane);
  }

  /** Gives what was collected and starts anew. */
  take(): Batch {
    const coordinates = this.#coordinates;
    const batch: Batch = {
      values: this.#values,
      length: this.#values.length,
      timestamp: this.#timestamp,
      timestamps: this.#timestamps && Float64Array.from(this.#timestamps),
      windows: this.#windows,
      windowsColumn: this.#windowsColumn,
      pane: this.#pane,
      panes: this.#panes,
      coordinate: coordinates && ((index) => coordinates[index]?.()),
    };
    this.#values = [];
    this.#timestamps = null;
    this.#windowsColumn = null;
    this.#panes = null;
    this.#coordinates = null;
    return batch;
  }
}
