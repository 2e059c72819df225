import { MAX_TIMESTAMP, type PaneInfo, type Timestamp } from '../../model/index.ts';
import { type Batch, BatchBuilder, type Edge, type Windows } from '../execution/index.ts';

/** Elements that are collected into one batch. */
const BATCH = 1_024;
/** So many batches may wait before their producers do. */
const MOST_BATCHES = 8;

/** Elements on their way into a stage, in order. Knows the earliest timestamp that it holds. */
export class StageQueue implements Edge {
  readonly name: string;
  readonly #room: () => Promise<void>;
  readonly #builder = new BatchBuilder();
  readonly #batches: { readonly batch: Batch; readonly earliest: Timestamp }[] = [];
  #isPushing = false;

  /** `room` runs the stage behind until there is room. */
  constructor(name: string, room: () => Promise<void>) {
    this.name = name;
    this.#room = room;
  }

  add(value: unknown, timestamp: Timestamp, windows: Windows, pane: PaneInfo): void {
    this.#builder.add(value, timestamp, windows, pane);
    if (this.#builder.length >= BATCH) this.close();
  }

  get isFull(): boolean {
    return this.#batches.length >= MOST_BATCHES;
  }

  get isEmpty(): boolean {
    return this.#batches.length === 0 && this.#builder.length === 0;
  }

  /** Elements that wait. */
  get length(): number {
    return this.#batches.reduce((sum, { batch }) => sum + batch.length, this.#builder.length);
  }

  flush(_all: boolean): void | Promise<void> {
    // The stage behind may be the one that this is called from the depth of.
    if (!this.isFull || this.#isPushing) return;
    this.#isPushing = true;
    return this.#room().finally(() => {
      this.#isPushing = false;
    });
  }

  /** Puts a whole batch behind what waits. */
  push(batch: Batch): void {
    this.close();
    this.#batches.push({ batch, earliest: earliestOf(batch) });
  }

  /** The next batch; undefined if none waits. */
  take(): Batch | undefined {
    if (this.#batches.length === 0) this.close();
    return this.#batches.shift()?.batch;
  }

  /** The earliest timestamp that waits; {@link MAX_TIMESTAMP} if nothing does. */
  earliest(): Timestamp {
    this.close();
    return this.#batches.reduce((least, { earliest }) => Math.min(least, earliest), MAX_TIMESTAMP);
  }

  /** All that waits, in order; it stays. */
  batches(): readonly Batch[] {
    this.close();
    return this.#batches.map(({ batch }) => batch);
  }

  /** Makes a batch of what was collected. */
  private close(): void {
    if (this.#builder.length === 0) return;
    const batch = this.#builder.take();
    this.#batches.push({ batch, earliest: earliestOf(batch) });
  }
}

/** The earliest timestamp of a batch. */
export function earliestOf({ timestamps, timestamp, length }: Batch): Timestamp {
  if (length === 0) return MAX_TIMESTAMP;
  if (timestamps === null) return timestamp;
  let least = MAX_TIMESTAMP;
  for (let i = 0; i < length; i++) {
    const at = timestamps[i] as Timestamp; // the index is below the length
    if (at < least) least = at;
  }
  return least;
}
