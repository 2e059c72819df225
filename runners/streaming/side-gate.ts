import type { BoundedWindow, PaneInfo, StateSpace, Timestamp } from '../../model/index.ts';
import { type Batch, BatchBuilder, singletonLists, type Windows } from '../execution/index.ts';
import { WaitingElements } from './waiting-elements.ts';

/**
 * Holds back what a step can't process yet, since a side input is not ready for its window: per element and window.
 *
 * What waits holds the watermark that the step sees. It never waits in the step's queue, so the others go on: a source that
 * feeds both main and side input never blocks. It waits by window: what is done each time that time moves does not depend on
 * how much that is (benchmark nexmark, query 7).
 */
export class SideGate {
  readonly #isReady: (window: BoundedWindow) => boolean;
  readonly #ready = new WeakSet<Windows>();
  readonly #only = singletonLists();
  readonly #waiting: WaitingElements;

  /** `isReady` tells whether all side inputs of the step are, for a window of its main input; `space` is where what waits survives. */
  constructor(isReady: (window: BoundedWindow) => boolean, space?: StateSpace) {
    this.#isReady = isReady;
    this.#waiting = new WaitingElements(space);
  }

  get length(): number {
    return this.#waiting.length;
  }

  /** The earliest timestamp that waits; MAX_TIMESTAMP if nothing does. */
  hold(): Timestamp {
    return this.#waiting.hold();
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

  /** What has become ready since it came, or the first of it: to be asked again until nothing is. */
  release(): Batch | undefined {
    const ready = [...this.#waiting.windows()].filter(({ window }) => this.#isReady(window));
    if (ready.length === 0) return undefined;
    const builder = new BatchBuilder();
    for (const { value, timestamp, window, pane } of this.#waiting.take(ready)) {
      builder.add(value, timestamp, this.#only(window), pane);
    }
    return builder.take();
  }

  /** Writes what came since the last cut. */
  save(): void {
    this.#waiting.save();
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
      else this.#waiting.add({ value, timestamp, window, pane });
    }
  }
}
