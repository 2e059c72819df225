import { type BoundedWindow, MAX_TIMESTAMP, type PaneInfo, type Timestamp } from '../../model/index.ts';
import { type Batch, BatchBuilder, singletonLists, type Windows } from '../execution/index.ts';

/** An element that waits for its side inputs, in one of its windows. */
export interface PushedBack {
  readonly value: unknown;
  readonly timestamp: Timestamp;
  readonly window: BoundedWindow;
  readonly pane: PaneInfo;
}

/**
 * Holds back what a step can't process yet, since a side input is not ready for its window: per element and window.
 *
 * What waits holds the watermark that the step sees. It never waits in the step's queue, so the others go on: a source that
 * feeds both main and side input never blocks.
 */
export class SideGate {
  readonly #isReady: (window: BoundedWindow) => boolean;
  readonly #ready = new WeakSet<Windows>();
  readonly #only = singletonLists();
  #waiting: PushedBack[] = [];
  #isChanged = false;

  /** `isReady` tells whether all side inputs of the step are, for a window of its main input. */
  constructor(isReady: (window: BoundedWindow) => boolean) {
    this.#isReady = isReady;
  }

  get length(): number {
    return this.#waiting.length;
  }

  /** The earliest timestamp that waits; {@link MAX_TIMESTAMP} if nothing does. */
  hold(): Timestamp {
    return this.#waiting.reduce((least, { timestamp }) => Math.min(least, timestamp), MAX_TIMESTAMP);
  }

  /** What of a batch may go on now; the rest waits. */
  admit(batch: Batch): Batch {
    if (batch.windowsColumn === null && this.#allReady(batch.windows)) return batch;
    const builder = new BatchBuilder();
    for (let i = 0; i < batch.length; i++) {
      const windows = batch.windowsColumn?.[i] ?? batch.windows;
      const value = batch.values[i];
      const timestamp = batch.timestamps?.[i] ?? batch.timestamp;
      const pane = batch.panes?.[i] ?? batch.pane;
      const { coordinate } = batch;
      if (this.#allReady(windows)) {
        builder.add(value, timestamp, windows, pane);
        if (coordinate !== null) builder.locate(() => coordinate(i));
      } else this.#divide({ value, timestamp, windows, pane }, builder);
    }
    return builder.take();
  }

  /** What has become ready since it came. */
  release(): Batch | undefined {
    if (this.#waiting.length === 0) return undefined;
    const builder = new BatchBuilder();
    const still: PushedBack[] = [];
    for (const element of this.#waiting) {
      const { value, timestamp, window, pane } = element;
      if (this.#isReady(window)) builder.add(value, timestamp, this.#only(window), pane);
      else still.push(element);
    }
    if (builder.length === 0) return undefined;
    this.#waiting = still;
    this.#isChanged = true;
    return builder.take();
  }

  /** All that waits, if that has changed since the last cut. */
  changed(): readonly PushedBack[] | undefined {
    if (!this.#isChanged) return undefined;
    this.#isChanged = false;
    return this.#waiting;
  }

  restore(waiting: readonly PushedBack[]): void {
    this.#waiting = [...waiting];
  }

  #allReady(windows: Windows): boolean {
    if (this.#ready.has(windows)) return true;
    if (!windows.every((window) => this.#isReady(window))) return false;
    // A window that was ready once stays so.
    this.#ready.add(windows);
    return true;
  }

  #divide(
    { value, timestamp, windows, pane }: { value: unknown; timestamp: Timestamp; windows: Windows; pane: PaneInfo },
    ready: BatchBuilder,
  ): void {
    for (const window of windows) {
      if (this.#isReady(window)) ready.add(value, timestamp, this.#only(window), pane);
      else {
        this.#waiting.push({ value, timestamp, window, pane });
        this.#isChanged = true;
      }
    }
  }
}
