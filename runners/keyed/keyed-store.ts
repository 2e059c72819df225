import {
  type AnyDoFn,
  type BoundedWindow,
  encodeKey,
  END_OF_GLOBAL_WINDOW,
  type Duration,
  isPrimitiveKey,
  keyEncoder,
  MAX_TIMESTAMP,
  type StateSpace,
  type StateSpecs,
  type Step,
  type TimerSpecs,
  type Timestamp,
  windowKey,
} from '../../model/index.ts';
import type { LateDrop, StepTime } from '../execution/index.ts';
import { type Cell, CellTable, type SetTimer, type TimerId, TimerTable } from '../state/index.ts';
import { type Collection, collectionOf, hasClock, isEmpty, type Kept, KeptCodec, newKept } from './kept.ts';
import { SortedInput } from './sorted-input.ts';
import { WindowQueue } from './window-queue.ts';

/** What a keyed step takes from its run. */
export interface KeyedStoreSpec {
  readonly step: Step;
  readonly time: StepTime;
  readonly codegen: boolean;
  /** Where a part of what the step keeps survives; undefined where nothing has to. */
  readonly space: (name: string) => StateSpace | undefined;
  readonly lateDrop: LateDrop;
}

type Table = Pick<CellTable<Kept>, 'save' | 'bytes' | 'canSpill' | 'spill'>;

/** A key and window in whose calls others have to wait for. */
interface Lock {
  readonly freed: Promise<void>;
  readonly free: () => void;
}

/** A call goes on, so others of its key and window wait: kept by the text of both. */
const lockKey = (window: BoundedWindow, key: unknown): string => encodeKey([windowKey(window), key]);

/** What a keyed step keeps: cells by window and key, timers, and when windows expire. */
export class KeyedStore {
  readonly step: Step;
  readonly doFn: AnyDoFn;
  readonly time: StepTime;
  readonly codegen: boolean;
  readonly lateDrop: LateDrop;
  readonly states: StateSpecs;
  /** Whether timers of it are dropped when their window expires. */
  readonly hasClocks: boolean;
  /** Whether a failed call leaves no trace. */
  readonly isAtomic: boolean;
  readonly skew: Duration;
  readonly lateness: Duration;
  /** Where elements wait that are to come in order of time. */
  readonly sorted: SortedInput | undefined;
  /** The values of its collections, in the order of its cells. */
  readonly collections: readonly (Collection | undefined)[];
  readonly events: TimerTable;
  readonly clocks: TimerTable;
  /** Set while elements are let go that have waited for their turn. */
  isReleasing = false;
  /** Calls that go on after they have returned. */
  readonly goingOn = new Set<{ readonly hasChanged: boolean }>();
  readonly #cells: CellTable<Kept>;
  /** How many cells it declares. */
  readonly #width: number;
  readonly #tables: readonly Table[];
  readonly #locks = new Map<string, Lock>();
  /** Whether a key is told of the end of its window, and therefore remembered without anything else. */
  readonly #remembersKeys: boolean;
  /** Windows that have cells, or had. */
  readonly #windows = new WindowQueue();

  constructor({ step, time, codegen, space, lateDrop }: KeyedStoreSpec) {
    const { primitive, path, inputs } = step;
    if (primitive.kind !== 'ParDo') throw new Error(`This is a bug in Viga: ${path} keeps nothing. Please report it.`);
    const { doFn, traits } = primitive;
    this.step = step;
    this.doFn = doFn;
    this.time = time;
    this.codegen = codegen;
    this.lateDrop = lateDrop;
    // Its specs, whose types are forgotten.
    this.states = (doFn.state ?? {}) as StateSpecs;
    this.#width = Object.keys(this.states).length;
    this.hasClocks = Object.values((doFn.timers ?? {}) as TimerSpecs).some(
      ({ domain }) => domain === 'processing-time',
    );
    this.isAtomic = traits.hasDeadLetters || traits.retry !== undefined;
    this.skew = doFn.allowedTimestampSkew ?? 0;
    this.lateness = inputs[0]?.windowing.allowedLateness ?? 0;
    this.#remembersKeys = doFn.onWindowExpiration !== undefined;
    this.#cells = new CellTable({
      space: space('cells'),
      codec: new KeptCodec(this.states, { step: path, codegen }),
      keys: keyEncoder({ codegen }),
      codegen,
    });
    for (const window of this.#cells.windows()) this.#windows.add(window);
    this.events = new TimerTable({ space: space('timers'), codegen });
    this.clocks = new TimerTable({ space: space('clocks'), codegen });
    this.sorted = doFn.requiresTimeSortedInput ? new SortedInput(this, space('waiting')) : undefined;
    this.collections = Object.entries(this.states).map(([name, spec]) =>
      collectionOf(spec, { step: path, name, codegen }, space),
    );
    const others = [this.sorted?.cells, ...this.collections].filter((table) => table !== undefined);
    this.#tables = [this.#cells, this.events, this.clocks, ...others];
  }

  /** The last instant at which a window still has its state (Beam: the garbage collection time of a window). */
  expiryOf({ maxTimestamp }: BoundedWindow): Timestamp {
    return Math.min(maxTimestamp + this.lateness, END_OF_GLOBAL_WINDOW);
  }

  isExpired(window: BoundedWindow): boolean {
    return this.time.inputWatermark > this.expiryOf(window);
  }

  // Cells.

  find(window: BoundedWindow, key: unknown): Cell<Kept> | undefined {
    return this.#cells.find(window, key);
  }

  /**
   * What a call starts with: a key that will be told of the end of its window is remembered from its first element on.
   *
   * @throws KeyError for what can't be a key.
   */
  enter(window: BoundedWindow, key: unknown): Cell<Kept> | undefined {
    const cell = this.#cells.find(window, key);
    if (cell !== undefined) return cell;
    // Nothing may have looked at it yet.
    if (!isPrimitiveKey(key)) encodeKey(key);
    return this.#remembersKeys ? this.add(window, key) : undefined;
  }

  add(window: BoundedWindow, key: unknown): Cell<Kept> {
    this.#windows.add(window);
    return this.#cells.add(window, key, newKept(this.#width));
  }

  /** Forgets a key that nothing is kept for any more. */
  tidy({ window, key, content }: Cell<Kept>): void {
    if (!this.#remembersKeys && isEmpty(content)) this.delete(window, key);
  }

  delete(window: BoundedWindow, key: unknown): void {
    this.#cells.delete(window, key);
  }

  cellsIn(window: BoundedWindow): Iterable<Cell<Kept>> {
    return this.#cells.in(window);
  }

  /** The window that expires first of those that have state, or had. */
  firstToExpire(): BoundedWindow | undefined {
    return this.#windows.first();
  }

  /** Something is kept for a window, so that it has to be removed when that expires. */
  keepUntilExpiry(window: BoundedWindow): void {
    this.#windows.add(window);
  }

  /** Removes what is left of the window that expires first. */
  deleteFirst(): void {
    const window = this.#windows.first();
    if (window === undefined) return;
    this.#cells.deleteWindow(window);
    for (const collection of this.collections) collection?.deleteWindow(window);
    this.sorted?.cells.deleteWindow(window);
    this.#windows.shift();
  }

  /** What comes out at the end of windows holds the watermark at that of the first (Beam: the cleanup timer's output time). */
  hold(): Timestamp {
    const timers = Math.min(this.events.hold(), this.clocks.hold());
    if (!this.#remembersKeys) return timers;
    return Math.min(timers, this.firstToExpire()?.maxTimestamp ?? MAX_TIMESTAMP);
  }

  // Timers in processing time: their key remembers them, since they go with its window.

  setClock(timer: SetTimer): void {
    this.clocks.set(timer);
    this.#nameClock(timer);
  }

  clearClock(timer: TimerId): void {
    this.clocks.clear(timer);
    this.#forgetClock(timer);
  }

  /** Gives a function that makes a timer what it is now. */
  rememberClock(timer: TimerId): () => void {
    const undo = this.clocks.remember(timer);
    const cell = this.find(timer.window, timer.key);
    const isNamed = cell !== undefined && hasClock(cell.content, timer);
    return () => {
      undo();
      if (isNamed) this.#nameClock(timer);
      else this.#forgetClock(timer);
    };
  }

  #nameClock({ window, key, family, tag }: TimerId): void {
    const cell = this.find(window, key) ?? this.add(window, key);
    if (hasClock(cell.content, { family, tag })) return;
    cell.content.clocks = [...cell.content.clocks, { family, tag }];
    cell.isChanged = true;
  }

  #forgetClock({ window, key, family, tag }: TimerId): void {
    const cell = this.find(window, key);
    if (cell === undefined) return;
    cell.content.clocks = cell.content.clocks.filter((one) => one.family !== family || one.tag !== tag);
    cell.isChanged = true;
  }

  /** Removes what a key has in a window that has expired. */
  expire({ window, key, content }: Cell<Kept>): void {
    this.collections.forEach((collection, index) => {
      if (content.cells[index] !== undefined) collection?.clear(window, key);
    });
    for (const { family, tag } of content.clocks) this.clocks.clear({ window, key, family, tag });
    this.delete(window, key);
  }

  // Who has to wait.

  /** What to wait for before a call of this key and window may begin. */
  busy(window: BoundedWindow, key: unknown): Promise<void> | undefined {
    return this.#locks.size === 0 ? undefined : this.#locks.get(lockKey(window, key))?.freed;
  }

  /** Others of this key and window have to wait until what it returns is called. */
  lock(window: BoundedWindow, key: unknown): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    const name = lockKey(window, key);
    const lock = { freed: promise, free: resolve };
    this.#locks.set(name, lock);
    return () => {
      this.#locks.delete(name);
      lock.free();
    };
  }

  /** Whether some call goes on. */
  get isBusy(): boolean {
    return this.#locks.size > 0;
  }

  /** Whether a call that goes on has changed something. */
  get isChanging(): boolean {
    return [...this.goingOn].some(({ hasChanged }) => hasChanged);
  }

  // The tables as a whole.

  save(): void {
    for (const table of this.#tables) table.save();
  }

  bytes(): number {
    return this.#tables.reduce((sum, table) => sum + table.bytes(), 0);
  }

  get canSpill(): boolean {
    return this.#tables.some((table) => table.canSpill && !this.#isHeldStill(table));
  }

  /** Timers that a call has changed, and may take back, stay in memory. */
  #isHeldStill(table: Table): boolean {
    return this.isAtomic && (table === this.events || table === this.clocks) && (this.isReleasing || this.isChanging);
  }

  spill(): void {
    for (const table of this.#tables) if (!this.#isHeldStill(table)) table.spill();
  }
}
