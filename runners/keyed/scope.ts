import {
  type BoundedWindow,
  ElementError,
  GLOBAL_WINDOW,
  KeyError,
  type KV,
  type PaneInfo,
  showValue,
  type Timer,
  type Timestamp,
} from '../../model/index.ts';
import { type KeyedPlace, type KeyedScope, NOT_CALLED, type Windows } from '../execution/index.ts';
import type { Cell } from '../state/index.ts';
import type { KeyedStore } from './keyed-store.ts';
import type { Kept } from './kept.ts';
import { type CellAccess, stateHandles } from './state-handles.ts';
import { type TimerAccess, timerHandles } from './timer-handles.ts';

/** One call at a time of a keyed step: which key and window its handles are about, and what it has changed. */
export class Scope implements KeyedScope, CellAccess, TimerAccess {
  readonly state: Readonly<Record<string, unknown>>;
  readonly timers: Readonly<Record<string, Timer>>;
  readonly store: KeyedStore;
  readonly isAtomic: boolean;
  window: BoundedWindow = GLOBAL_WINDOW;
  key: unknown;
  timestamp: Timestamp = 0;
  call = 0;
  #isOn = false;
  /** Whether its calls go on beside others, so that nothing found may be kept from one use of a handle to the next. */
  #isApart = false;
  #cell: Cell<Kept> | undefined;
  #mayBeEmpty = false;
  /** Whether the call has changed anything that it shares with others. */
  hasChanged = false;
  #undo: (() => void)[] = [];
  #free: (() => void) | undefined;

  constructor(store: KeyedStore) {
    this.store = store;
    this.isAtomic = store.isAtomic;
    const { step, states, collections, codegen } = store;
    this.state = stateHandles({ step: step.path, specs: states, collections, access: this, codegen });
    this.timers = timerHandles(store.doFn.timers ?? {}, this);
  }

  // The call.

  begin(
    element: unknown,
    timestamp: Timestamp,
    windows: Windows,
    pane: PaneInfo,
  ): undefined | typeof NOT_CALLED | Promise<void> {
    const { store } = this;
    const window = windows[0] ?? GLOBAL_WINDOW;
    // What has waited for its turn comes when the watermark is past it, and was not late when it came.
    if (!store.isReleasing && store.isExpired(window)) {
      store.lateDrop(element, timestamp);
      return NOT_CALLED;
    }
    const key = keyOf(store, element);
    try {
      if (store.sorted !== undefined && !store.isReleasing) {
        store.sorted.add(window, key, { value: element, timestamp, pane });
        return NOT_CALLED;
      }
      const busy = store.busy(window, key);
      if (busy !== undefined) return busy;
      this.#start(window, key, timestamp);
    } catch (error) {
      throw error instanceof KeyError ? badKey(store, key, error) : error;
    }
    return undefined;
  }

  beginAt({ key, windows, timestamp }: KeyedPlace): void {
    this.#start(windows[0] ?? GLOBAL_WINDOW, key, timestamp);
  }

  end(succeeded: boolean): void {
    if (!succeeded) this.#takeBack();
    this.#undo.length = 0;
    if (this.#mayBeEmpty) {
      const cell = this.#current();
      if (cell !== undefined) this.store.tidy(cell);
      this.#mayBeEmpty = false;
    }
    this.#isOn = false;
    this.hasChanged = false;
    this.#cell = undefined;
    this.store.goingOn.delete(this);
    this.#free?.();
    this.#free = undefined;
  }

  detach(): void {
    this.#isApart = true;
    this.#cell = undefined;
    if (!this.#isOn) return;
    this.#free ??= this.store.lock(this.window, this.key);
    this.store.goingOn.add(this);
  }

  #start(window: BoundedWindow, key: unknown, timestamp: Timestamp): void {
    this.window = window;
    this.key = key;
    this.timestamp = timestamp;
    const cell = this.store.enter(window, key);
    this.call++;
    this.#isOn = true;
    if (!this.#isApart) this.#cell = cell;
    else {
      this.#free = this.store.lock(window, key);
      this.store.goingOn.add(this);
    }
  }

  #takeBack(): void {
    for (const undo of this.#undo.toReversed()) undo();
    this.#mayBeEmpty = true;
  }

  #current(): Cell<Kept> | undefined {
    return this.#isApart && this.#isOn ? this.store.find(this.window, this.key) : this.#cell;
  }

  /** @throws Error if the call that the handles were given to has ended. */
  assertOn(call = this.call): void {
    if (this.#isOn && call === this.call) return;
    throw new Error(
      `${this.store.step.path}: state or a timer was used after the call that it was given to had ended. It belongs to the key and window of that call. Use it before process returns, or before its promise settles or its outputs end; what is to happen later belongs to a timer.`,
    );
  }

  // What handles do.

  read(index: number): unknown {
    if (!this.#isOn) this.assertOn();
    return this.#current()?.content.cells[index];
  }

  write(index: number, content: unknown): void {
    if (!this.#isOn) this.assertOn();
    const cell = this.#current() ?? (content === undefined ? undefined : this.#add());
    if (cell === undefined) return;
    const { cells } = cell.content;
    if (this.isAtomic) {
      const before = cells[index];
      this.#undo.push(() => this.#put(index, before));
    }
    cells[index] = content;
    cell.isChanged = true;
    this.hasChanged = true;
    if (content === undefined) this.#mayBeEmpty = true;
  }

  changes(): void {
    this.hasChanged = true;
  }

  undo(undo: () => void): void {
    if (this.isAtomic) this.#undo.push(undo);
  }

  #add(): Cell<Kept> {
    const cell = this.store.add(this.window, this.key);
    if (!this.#isApart) this.#cell = cell;
    return cell;
  }

  #put(index: number, content: unknown): void {
    const cell = this.#current() ?? this.#add();
    cell.content.cells[index] = content;
    cell.isChanged = true;
  }

  look(): void {
    if (!this.#isApart) this.#cell = this.store.find(this.window, this.key);
    this.#mayBeEmpty = true;
  }
}

const badKey = ({ step }: KeyedStore, key: unknown, error: KeyError): ElementError =>
  new ElementError(
    step.path,
    key,
    `its key can't keep anything: ${error.message}. Equal keys must have equal bytes. Use a key of plain data: text, numbers, dates, bytes, arrays and objects of these.`,
    { cause: error },
  );

/** The key of an element. @throws ElementError if it has none that state could be kept by */
function keyOf({ step }: KeyedStore, element: unknown): unknown {
  const key =
    // Any object may have one.
    typeof element === 'object' && element !== null ? (element as Partial<KV<unknown, unknown>>).key : undefined;
  if (key !== undefined) return key;
  throw new ElementError(
    step.path,
    element,
    `it keeps state or timers by key, and was given ${showValue(element)}, which has none. Each element must be { key, value }. Call keyBy(...) before it, and filter elements without a key.`,
  );
}
