import { type BoundedWindow, MAX_TIMESTAMP, type PaneInfo, type Timestamp, windowKey } from '../../model/index.ts';
import { type Batch, BatchBuilder, singletonLists, type Windows } from '../execution/index.ts';

/** An element that waits for its side inputs, in one of its windows. */
export interface PushedBack {
  readonly value: unknown;
  readonly timestamp: Timestamp;
  readonly window: BoundedWindow;
  readonly pane: PaneInfo;
}

/** What waits for the side inputs of one window, in the order in which it came. */
interface WaitingWindow {
  readonly window: BoundedWindow;
  readonly elements: { readonly element: PushedBack; readonly order: number }[];
  earliest: Timestamp;
}

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
  readonly #waiting = new Map<string, WaitingWindow>();
  #length = 0;
  #order = 0;
  #isChanged = false;

  /** `isReady` tells whether all side inputs of the step are, for a window of its main input. */
  constructor(isReady: (window: BoundedWindow) => boolean) {
    this.#isReady = isReady;
  }

  get length(): number {
    return this.#length;
  }

  /** The earliest timestamp that waits; {@link MAX_TIMESTAMP} if nothing does. */
  hold(): Timestamp {
    let least = MAX_TIMESTAMP;
    for (const { earliest } of this.#waiting.values()) least = Math.min(least, earliest);
    return least;
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
    const ready: WaitingWindow[] = [];
    for (const [name, waiting] of this.#waiting) {
      if (!this.#isReady(waiting.window)) continue;
      ready.push(waiting);
      this.#waiting.delete(name);
    }
    if (ready.length === 0) return undefined;
    const elements = inOrder(ready);
    this.#length -= elements.length;
    this.#isChanged = true;
    const builder = new BatchBuilder();
    for (const { value, timestamp, window, pane } of elements) builder.add(value, timestamp, this.#only(window), pane);
    return builder.take();
  }

  /** All that waits, if that has changed since the last cut. */
  changed(): readonly PushedBack[] | undefined {
    if (!this.#isChanged) return undefined;
    this.#isChanged = false;
    return inOrder([...this.#waiting.values()]);
  }

  restore(waiting: readonly PushedBack[]): void {
    for (const element of waiting) this.#wait(element);
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
        this.#wait({ value, timestamp, window, pane });
        this.#isChanged = true;
      }
    }
  }

  #wait(element: PushedBack): void {
    const { window, timestamp } = element;
    const name = windowKey(window);
    let waiting = this.#waiting.get(name);
    if (waiting === undefined) {
      waiting = { window, elements: [], earliest: MAX_TIMESTAMP };
      this.#waiting.set(name, waiting);
    }
    waiting.elements.push({ element, order: this.#order++ });
    waiting.earliest = Math.min(waiting.earliest, timestamp);
    this.#length++;
  }
}

/** The elements of some windows in the order in which they came. */
function inOrder(windows: readonly WaitingWindow[]): readonly PushedBack[] {
  const all = windows.flatMap(({ elements }) => elements);
  if (windows.length > 1) all.sort((a, b) => a.order - b.order);
  return all.map(({ element }) => element);
}
