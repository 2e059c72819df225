import {
  type AnyWindowFn,
  type BoundedWindow,
  type ByteReader,
  type ByteWriter,
  GLOBAL_WINDOW,
  type IntervalWindow,
  MAX_TIMESTAMP,
  type Timestamp,
  type WindowMerge,
} from '../../model/index.ts';
import { combineError, isSameWindow, mergesOf, type Spillable } from '../shuffle/index.ts';
import { type Cell, type CellCodec, CellTable, TimerTable } from '../state/index.ts';
import { type ActiveWindow, enter, type KnownWindow, type MergeRules, windowsCodec } from './active-windows.ts';
import { Delays } from './delays.ts';
import { endOfWindow, type PaneMachine } from './pane-machine.ts';
import { type PaneTable, type PaneTableSpec } from './pane-table.ts';
import { ALONE, joined, placeOf, UNCLEAR } from './session-place.ts';
import { panesCodec, type WindowPanes } from './window-panes.ts';

/** What a key has. */
interface KeyWindows {
  /** Its windows that have not expired. */
  list: ActiveWindow[];
  /** When its timer fires, at the latest when something is due; undefined if it has none. */
  timer: Timestamp | undefined;
}

const FAMILY = 'window';

/**
 * Panes by key, then window, for windows that merge: one cell and one timer per key.
 *
 * Each element of a session moves its end, so the timer is not moved with it: it fires when the end would have been, and is
 * set again.
 */
export class MergingPanes implements PaneTable {
  readonly #spec: PaneTableSpec;
  readonly #windowFn: AnyWindowFn;
  readonly #machine: PaneMachine;
  readonly #cells: CellTable<KeyWindows>;
  readonly #timers: TimerTable;
  readonly #delays: Delays;
  readonly #isSessions: boolean;
  /** Whether triggers keep nothing, so that panes can be changed in place. */
  readonly #isStateless: boolean;
  readonly #isClosed = (panes: WindowPanes): boolean => this.#machine.isClosed(panes);

  constructor(spec: PaneTableSpec, windowFn: AnyWindowFn) {
    const { keys, codegen, machine } = spec;
    this.#spec = spec;
    this.#windowFn = windowFn;
    this.#machine = machine;
    this.#isSessions = windowFn.spec.kind === 'sessions';
    this.#isStateless = spec.tree.root.trigger.kind === 'default';
    this.#cells = new CellTable({ space: spec.space('cells'), codec: keyCodec(spec), keys, codegen });
    this.#timers = new TimerTable({ space: spec.space('timers'), codegen });
    this.#delays = new Delays({ space: spec.space('delays'), codegen }, machine);
  }

  add(key: unknown, value: unknown, timestamp: Timestamp, window: BoundedWindow): boolean {
    const cell =
      this.#cells.find(GLOBAL_WINDOW, key) ?? this.#cells.add(GLOBAL_WINDOW, key, { list: [], timer: undefined });
    cell.isChanged = true;
    const into = this.#isSessions ? this.#enterSession(cell, window as IntervalWindow) : this.#enter(cell, window);
    if (into === undefined) return false;
    const { panes } = into;
    this.#machine.add(panes, into.window, value, timestamp);
    this.#machine.fire(key, panes, into.window);
    this.#delays.update(key, into.window, panes);
    this.#schedule(cell);
    return true;
  }

  nextEvent(): Timestamp | undefined {
    return this.#timers.next();
  }

  nextWakeUp(): Timestamp | undefined {
    return this.#delays.next();
  }

  fireNext(budget: number): number {
    const timer = this.#timers.pop(this.#spec.time.inputWatermark);
    if (timer === undefined) throw new Error('This is a bug in Viga: no window is due.');
    const cell = this.#cells.find(GLOBAL_WINDOW, timer.key);
    if (cell === undefined) return budget - 1;
    cell.isChanged = true;
    cell.content.timer = undefined;
    let fired = 1;
    for (const { window, panes } of cell.content.list) {
      if (panes === undefined || this.#dueOf(window, panes) > timer.timestamp) continue;
      fired++;
      if (this.#machine.isExpired(window)) this.#expire(cell, panes, window);
      else this.#end(timer.key, panes, window);
    }
    if (cell.content.list.length === 0) this.#cells.delete(GLOBAL_WINDOW, timer.key);
    else this.#schedule(cell);
    return Math.max(0, budget - fired);
  }

  fireDelays(budget: number): number {
    let left = budget;
    for (; left > 0; left--) {
      const timer = this.#delays.pop(this.#spec.time.processingTime);
      if (timer === undefined) return left;
      const { key, window } = timer;
      const cell = this.#cells.find(GLOBAL_WINDOW, key);
      const panes = cell?.content.list.find((one) => isSameWindow(one.window, window))?.panes;
      if (cell === undefined || panes === undefined) continue;
      panes.wakeUp = undefined;
      this.#machine.fire(key, panes, window);
      this.#delays.update(key, window, panes);
      cell.isChanged = true;
    }
    return left;
  }

  save(): void {
    for (const table of this.#tables()) table.save();
  }

  bytes(): number {
    return this.#tables().reduce((sum, table) => sum + table.bytes(), 0);
  }

  get canSpill(): boolean {
    return this.#tables().some((table) => table.canSpill);
  }

  spill(between?: () => void): void {
    for (const [index, table] of this.#tables().entries()) {
      // Cells are the most; of timers all that lies on disk is gone through, which makes garbage as well.
      if (index > 0) between?.();
      table.spill();
    }
  }

  #tables(): readonly (Spillable & { save(): void })[] {
    return [this.#cells, this.#timers, this.#delays.table];
  }

  #enter({ key, content }: Cell<KeyWindows>, window: BoundedWindow): KnownWindow | undefined {
    const { list, into } = enter(content.list, window, this.#rulesFor(key));
    content.list = list;
    if (into === undefined) return undefined;
    const one = { window: into.window, panes: into.panes ?? this.#machine.begin(into.window) };
    list[list.indexOf(into)] = one;
    return one;
  }

  /** What {@link enter} does where a window joins one session, or none: nothing has to be asked or copied for that. */
  #enterSession(cell: Cell<KeyWindows>, window: IntervalWindow): KnownWindow | undefined {
    const { list } = cell.content;
    const at = placeOf(list, window, this.#isClosed);
    if (at === UNCLEAR) return this.#enter(cell, window);
    if (at === ALONE) {
      const fresh = { window, panes: this.#machine.begin(window) };
      // Most keys have one window at a time: a list that a window is pushed to takes place for seventeen.
      if (list.length === 0) cell.content.list = [fresh];
      else list.push(fresh);
      return fresh;
    }
    const session = list[at] as KnownWindow; // it has panes, or its place is unclear
    const result = joined(session.window as IntervalWindow, window);
    const one = { window: result, panes: this.#stretched(cell.key, session, result) };
    // The one that was changed last comes last.
    if (at < list.length - 1) list.push(...list.splice(at, 1));
    list[list.length - 1] = one;
    return one;
  }

  #stretched(key: unknown, session: KnownWindow, result: BoundedWindow): WindowPanes {
    if (!this.#isStateless) return this.#merged(key, [session], result) ?? session.panes;
    this.#machine.stretch(session.panes, result, session.window === result);
    return session.panes;
  }

  #end(key: unknown, panes: WindowPanes, window: BoundedWindow): void {
    this.#machine.fire(key, panes, window);
    this.#delays.update(key, window, panes);
    panes.hasEnded = true;
  }

  #expire({ key, content }: Cell<KeyWindows>, panes: WindowPanes, window: BoundedWindow): void {
    this.#machine.expire(key, panes, window);
    this.#delays.clear(key, window, panes);
    content.list = content.list.filter((one) => one.panes !== panes);
  }

  #rulesFor(key: unknown): MergeRules {
    return {
      mergesOf: (windows) => this.#mergesOf(windows),
      isClosed: this.#isClosed,
      merge: (joined, result) => this.#merged(key, joined, result),
    };
  }

  #mergesOf(windows: readonly BoundedWindow[]): readonly WindowMerge<BoundedWindow>[] {
    try {
      return mergesOf(this.#windowFn, windows);
    } catch (error) {
      throw combineError(this.#spec.step, error, windows);
    }
  }

  #merged(key: unknown, joined: readonly ActiveWindow[], result: BoundedWindow): WindowPanes | undefined {
    const sources: WindowPanes[] = [];
    let same: WindowPanes | undefined;
    for (const { window, panes } of joined) {
      if (panes === undefined) continue;
      sources.push(panes);
      if (isSameWindow(window, result)) same = panes;
      this.#delays.clear(key, window, panes);
    }
    if (sources.length === 0) return undefined;
    const merged = this.#machine.merge(result, sources, same);
    this.#delays.update(key, result, merged);
    return merged;
  }

  /** When time next makes a difference to a window. */
  #dueOf(window: BoundedWindow, panes: WindowPanes): Timestamp {
    const isEnd = !panes.hasEnded && !this.#machine.isClosed(panes) && this.#machine.hasEnd(window);
    return isEnd ? endOfWindow(window) : this.#machine.expiryOf(window);
  }

  #schedule({ key, content }: Cell<KeyWindows>): void {
    let next = MAX_TIMESTAMP;
    for (const { window, panes } of content.list) {
      if (panes !== undefined) next = Math.min(next, this.#dueOf(window, panes));
    }
    if (content.timer !== undefined && content.timer <= next) return;
    const isSet = content.timer !== undefined;
    content.timer = next;
    const id = { key, window: GLOBAL_WINDOW, family: FAMILY, tag: '' };
    const timer = { ...id, timestamp: next, outputTimestamp: MAX_TIMESTAMP };
    if (isSet) this.#timers.set(timer);
    else this.#timers.add(timer);
  }
}

function keyCodec({ tree, held }: PaneTableSpec): CellCodec<KeyWindows> {
  const windows = windowsCodec(panesCodec(tree, held.codec));
  return {
    encode({ list, timer }: KeyWindows, writer: ByteWriter) {
      writer.writeFloat64(timer ?? Number.NaN);
      windows.encode(list, writer);
    },
    decode(reader: ByteReader): KeyWindows {
      const timer = reader.readFloat64();
      return { timer: Number.isNaN(timer) ? undefined : timer, list: windows.decode(reader) };
    },
    bytesOf: windows.bytesOf && (({ list }) => windows.bytesOf?.(list) ?? 0),
  };
}
