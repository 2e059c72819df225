import {
  type BoundedWindow,
  fromBytes,
  MAX_TIMESTAMP,
  type PaneInfo,
  type StateSpace,
  structuralCoder,
  type Timestamp,
  toBytes,
  windowKey,
} from '../../model/index.ts';

import { BatchBuilder, GLOBAL_ONLY } from '../execution/index.ts';
import { restoredBatch, type SavedBatch, savedBatch } from './saved-batch.ts';

/** Elements that are written together. */
const CHUNK = 1_024;
/** Elements that are kept in memory. */
const MOST_IN_MEMORY = 16 * CHUNK;

/** An element that waits, in one of its windows. */
export interface PushedBack {
  readonly value: unknown;
  readonly timestamp: Timestamp;
  readonly window: BoundedWindow;
  readonly pane: PaneInfo;
}

/** An element with its place in the order in which all came. */
interface Waiting {
  readonly order: number;
  readonly value: unknown;
  readonly timestamp: Timestamp;
  readonly pane: PaneInfo;
}

/** Some elements of a window. */
interface Chunk {
  /** Where the first of them came; it names the chunk. */
  readonly first: number;
  length: number;
  earliest: Timestamp;
  /** Undefined where they are in the space only. */
  elements: Waiting[] | undefined;
  isSaved: boolean;
}

/** What waits for one window. */
export interface WaitingWindow {
  readonly window: BoundedWindow;
  readonly chunks: Chunk[];
}

/** What is known of a chunk whose elements are in the space. */
type SavedChunk = Pick<Chunk, 'first' | 'length' | 'earliest'> & Pick<WaitingWindow, 'window'>;

/**
 * Elements that wait by window, in chunks: what is written once is not written again at the next cut, and when many wait
 * only the last are in memory.
 */
export class WaitingElements {
  readonly #space: StateSpace | undefined;
  readonly #windows = new Map<string, WaitingWindow>();
  #order = 0;
  #inMemory = 0;
  length = 0;

  /** `space` is where they survive; without one all stay in memory. */
  constructor(space: StateSpace | undefined) {
    this.#space = space;
    for (const { value } of space?.scan(keyOf(KNOWN, 0), keyOf(KNOWN + 1, 0)) ?? []) {
      // Written by `#write`.
      const { window, first, length, earliest } = fromBytes(structuralCoder, value) as SavedChunk;
      this.#windowOf(window).chunks.push({ first, length, earliest, elements: undefined, isSaved: true });
      this.#order = Math.max(this.#order, first + length);
      this.length += length;
    }
  }

  windows(): Iterable<WaitingWindow> {
    return this.#windows.values();
  }

  /** The earliest timestamp that waits; {@link MAX_TIMESTAMP} if nothing does. */
  hold(): Timestamp {
    let least = MAX_TIMESTAMP;
    for (const { chunks } of this.#windows.values()) {
      for (const { earliest } of chunks) least = Math.min(least, earliest);
    }
    return least;
  }

  add({ value, timestamp, window, pane }: PushedBack): void {
    const { chunks } = this.#windowOf(window);
    let chunk = chunks.at(-1);
    if (chunk === undefined || chunk.isSaved || chunk.length >= CHUNK) {
      chunk = { first: this.#order, length: 0, earliest: MAX_TIMESTAMP, elements: [], isSaved: false };
      chunks.push(chunk);
    }
    chunk.elements?.push({ order: this.#order++, value, timestamp, pane });
    chunk.length++;
    chunk.earliest = Math.min(chunk.earliest, timestamp);
    this.length++;
    this.#inMemory++;
    if (this.#inMemory > MOST_IN_MEMORY && this.#space !== undefined) this.#spill();
  }

  /** Takes out what waits for some windows, in the order in which it came; of many the first chunks. */
  take(windows: readonly WaitingWindow[]): readonly PushedBack[] {
    const chunks = windows.flatMap(({ window, chunks: all }) => all.map((chunk) => ({ window, chunk })));
    chunks.sort((a, b) => a.chunk.first - b.chunk.first);
    const taken: (PushedBack & { readonly order: number })[] = [];
    for (const { window, chunk } of chunks) {
      if (taken.length >= MOST_IN_MEMORY) break;
      for (const element of this.#remove(window, chunk)) taken.push({ ...element, window });
    }
    return windows.length === 1 ? taken : taken.sort((a, b) => a.order - b.order);
  }

  /** Writes what came since the last cut. */
  save(): void {
    for (const { window, chunks } of this.#windows.values()) for (const chunk of chunks) this.#write(window, chunk);
  }

  #remove(window: BoundedWindow, chunk: Chunk): readonly Waiting[] {
    const elements = chunk.elements ?? this.#read(chunk);
    const waiting = this.#windowOf(window);
    waiting.chunks.splice(waiting.chunks.indexOf(chunk), 1);
    if (waiting.chunks.length === 0) this.#windows.delete(windowKey(window));
    if (chunk.elements !== undefined) this.#inMemory -= chunk.length;
    if (chunk.isSaved) for (const kind of [KNOWN, ELEMENTS]) this.#space?.delete(keyOf(kind, chunk.first));
    this.length -= chunk.length;
    return elements;
  }

  #read({ first }: Chunk): readonly Waiting[] {
    const bytes = this.#space?.get(keyOf(ELEMENTS, first));
    if (bytes === undefined) throw new Error('This is a bug in Viga: elements that wait are not where they were put.');
    return restoredElements(fromBytes(structuralCoder, bytes) as SavedElements); // written by `#write`
  }

  #write(window: BoundedWindow, chunk: Chunk): void {
    const { first, length, earliest, elements } = chunk;
    if (chunk.isSaved || elements === undefined || this.#space === undefined) return;
    const known: SavedChunk = { window, first, length, earliest };
    this.#space.put(keyOf(ELEMENTS, first), toBytes(structuralCoder, savedElements(elements)));
    this.#space.put(keyOf(KNOWN, first), toBytes(structuralCoder, known));
    chunk.isSaved = true;
  }

  #spill(): void {
    for (const { window, chunks } of this.#windows.values()) {
      for (const chunk of chunks) {
        this.#write(window, chunk);
        chunk.elements = undefined;
      }
    }
    this.#inMemory = 0;
  }

  #windowOf(window: BoundedWindow): WaitingWindow {
    const name = windowKey(window);
    let waiting = this.#windows.get(name);
    if (waiting === undefined) {
      waiting = { window, chunks: [] };
      this.#windows.set(name, waiting);
    }
    return waiting;
  }
}

/** The elements of a chunk as they are written: names of fields once for all. */
interface SavedElements {
  readonly orders: readonly number[];
  readonly batch: SavedBatch;
}

function savedElements(elements: readonly Waiting[]): SavedElements {
  const builder = new BatchBuilder();
  for (const { value, timestamp, pane } of elements) builder.add(value, timestamp, GLOBAL_ONLY, pane);
  return { orders: elements.map(({ order }) => order), batch: savedBatch(builder.take()) };
}

function restoredElements({ orders, batch }: SavedElements): readonly Waiting[] {
  const { values, timestamps, timestamp, panes, pane } = restoredBatch(batch);
  return orders.map((order, i) => ({
    order,
    value: values[i],
    timestamp: timestamps?.[i] ?? timestamp,
    pane: panes?.[i] ?? pane,
  }));
}

/** What is known of chunks, and their elements: kinds of keys. */
const KNOWN = 0;
const ELEMENTS = 1;

function keyOf(kind: number, first: number): Uint8Array {
  const key = Buffer.alloc(9);
  key.writeUInt8(kind);
  key.writeBigUInt64BE(BigInt(first), 1);
  return key;
}
