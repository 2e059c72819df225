import {
  type AnyWindowFn,
  type BoundedWindow,
  type ByteReader,
  type ByteWriter,
  GLOBAL_WINDOW,
  MAX_TIMESTAMP,
  structuralCoder,
  type Timestamp,
  windowKey,
  type WindowMerge,
} from '../../model/index.ts';
import { combineError, inOrder, mergesOf, type Spillable } from '../shuffle/index.ts';
import { type Cell, type CellCodec, CellTable, TimerTable } from '../state/index.ts';
import { Delays } from './delays.ts';
import { endOfWindow, type PaneMachine } from './pane-machine.ts';
import { type PaneTable, type PaneTableSpec } from './pane-table.ts';
import { panesCodec, type WindowPanes } from './window-panes.ts';

/** A window of a key; one without panes has just come with an element. */
interface ActiveWindow {
  readonly window: BoundedWindow;
  panes: WindowPanes | undefined;
}

/** A window that takes elements. */
interface OpenWindow {
  readonly window: BoundedWindow;
  readonly panes: WindowPanes;
}

/** The windows of a key that are not expired. Those whose trigger is finished merge no more (Beam's ActiveWindowSet). */
interface KeyWindows {
  list: ActiveWindow[];
}

const END = 'end';
const EXPIRY = 'expiry';

/** Panes by key, then window, for windows that merge: one cell per key, with a timer for the next thing of each window. */
export class MergingPanes implements PaneTable {
  readonly #spec: PaneTableSpec;
  readonly #windowFn: AnyWindowFn;
  readonly #machine: PaneMachine;
  readonly #cells: CellTable<KeyWindows>;
  readonly #events: TimerTable;
  readonly #delays: Delays;

  constructor(spec: PaneTableSpec, windowFn: AnyWindowFn) {
    const { keys, codegen, machine } = spec;
    this.#spec = spec;
    this.#windowFn = windowFn;
    this.#machine = machine;
    this.#cells = new CellTable({ space: spec.space('cells'), codec: windowsCodec(spec), keys, codegen });
    this.#events = new TimerTable({ space: spec.space('events'), codegen });
    this.#delays = new Delays({ space: spec.space('delays'), codegen }, machine);
  }

  add(key: unknown, value: unknown, timestamp: Timestamp, window: BoundedWindow): boolean {
    const cell = this.#cells.find(GLOBAL_WINDOW, key) ?? this.#cells.add(GLOBAL_WINDOW, key, { list: [] });
    cell.isChanged = true;
    const current = this.#enter(cell, window);
    if (current === undefined) return false;
    const { panes } = current;
    this.#machine.add(panes, current.window, value, timestamp);
    this.#machine.fire(key, panes, current.window);
    this.#delays.update(key, current.window, panes);
    return true;
  }

  nextEvent(): Timestamp | undefined {
    return this.#events.next();
  }

  nextWakeUp(): Timestamp | undefined {
    return this.#delays.next();
  }

  fireNext(budget: number): number {
    const timer = this.#events.pop(this.#spec.time.inputWatermark);
    if (timer === undefined) throw new Error('This is a bug in Viga: no window is due.');
    const { key, window } = timer;
    const found = this.#find(key, window);
    if (found === undefined) return budget - 1;
    found.cell.isChanged = true;
    if (this.#machine.isExpired(window)) this.#expire(found.cell, found.panes, window);
    else this.#end(key, found.panes, window);
    return budget - 1;
  }

  fireDelays(budget: number): number {
    let left = budget;
    for (; left > 0; left--) {
      const timer = this.#delays.pop(this.#spec.time.processingTime);
      if (timer === undefined) return left;
      const { key, window } = timer;
      const found = this.#find(key, window);
      if (found === undefined) continue;
      found.panes.wakeUp = undefined;
      this.#machine.fire(key, found.panes, window);
      this.#delays.update(key, window, found.panes);
      found.cell.isChanged = true;
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

  spill(): void {
    for (const table of this.#tables()) table.spill();
  }

  #tables(): readonly (Spillable & { save(): void })[] {
    return [this.#cells, this.#events, this.#delays.table];
  }

  #end(key: unknown, panes: WindowPanes, window: BoundedWindow): void {
    this.#machine.fire(key, panes, window);
    this.#delays.update(key, window, panes);
    panes.hasEnded = true;
    this.#schedule(key, window, panes);
  }

  #expire(cell: Cell<KeyWindows>, panes: WindowPanes, window: BoundedWindow): void {
    const { key, content } = cell;
    this.#machine.expire(key, panes, window);
    this.#delays.clear(key, window, panes);
    content.list = content.list.filter((one) => one.panes !== panes);
    if (content.list.length === 0) this.#cells.delete(GLOBAL_WINDOW, key);
  }

  #find(key: unknown, window: BoundedWindow): { cell: Cell<KeyWindows>; panes: WindowPanes } | undefined {
    const cell = this.#cells.find(GLOBAL_WINDOW, key);
    const name = windowKey(window);
    const panes = cell?.content.list.find((one) => windowKey(one.window) === name)?.panes;
    return cell === undefined || panes === undefined ? undefined : { cell, panes };
  }

  /** The window that takes an element of `window`, after all that merges has merged; undefined if its trigger is finished. */
  #enter({ key, content }: Cell<KeyWindows>, window: BoundedWindow): OpenWindow | undefined {
    const name = windowKey(window);
    const isClosed = ({ panes }: ActiveWindow): boolean => panes !== undefined && this.#machine.isClosed(panes);
    let active = content.list.filter((one) => !isClosed(one));
    const closed = content.list.filter(isClosed);
    let current = active.find((one) => windowKey(one.window) === name);
    if (current === undefined) {
      current = { window, panes: undefined };
      active = [...active, current];
    }
    const windows = active.map((one) => one.window).sort(inOrder);
    for (const { merged, result } of this.#mergesOf(windows)) {
      const names = new Set(merged.map(windowKey)).add(windowKey(result));
      const joined = active.filter((one) => names.has(windowKey(one.window)));
      if (joined.length === 0) continue;
      const one: ActiveWindow = { window: result, panes: this.#merged(key, joined, result) };
      if (joined.includes(current)) current = one;
      active = [...active.filter((other) => !joined.includes(other)), one];
    }
    const into = windowKey(current.window);
    const isInto = (one: ActiveWindow): boolean => windowKey(one.window) === into;
    if (current.panes === undefined && closed.some(isInto)) {
      content.list = [...closed, ...active.filter((one) => one !== current)];
      return undefined;
    }
    if (current.panes === undefined) {
      current.panes = this.#machine.begin(current.window);
      this.#schedule(key, current.window, current.panes);
    }
    // A window that came out of a merge takes the place of an equal one that was finished.
    content.list = [...closed.filter((one) => !isInto(one)), ...active];
    return { window: current.window, panes: current.panes };
  }

  #mergesOf(windows: readonly BoundedWindow[]): readonly WindowMerge<BoundedWindow>[] {
    try {
      return mergesOf(this.#windowFn, windows);
    } catch (error) {
      throw combineError(this.#spec.step, error, windows);
    }
  }

  #merged(key: unknown, joined: readonly ActiveWindow[], result: BoundedWindow): WindowPanes | undefined {
    const name = windowKey(result);
    const sources: WindowPanes[] = [];
    let same: WindowPanes | undefined;
    for (const { window, panes } of joined) {
      if (panes === undefined) continue;
      sources.push(panes);
      if (windowKey(window) === name) same = panes;
      this.#unschedule(key, window, panes);
    }
    if (sources.length === 0) return undefined;
    const merged = this.#machine.merge(result, sources, same);
    this.#schedule(key, result, merged);
    this.#delays.update(key, result, merged);
    return merged;
  }

  /** Sets the timer for the next thing that time does to a window. */
  #schedule(key: unknown, window: BoundedWindow, { hasEnded }: WindowPanes): void {
    const isEnd = !hasEnded && this.#machine.hasEnd(window);
    const timestamp = isEnd ? endOfWindow(window) : this.#machine.expiryOf(window);
    this.#events.set({ key, window, family: isEnd ? END : EXPIRY, tag: '', timestamp, outputTimestamp: MAX_TIMESTAMP });
  }

  #unschedule(key: unknown, window: BoundedWindow, panes: WindowPanes): void {
    for (const family of [END, EXPIRY]) this.#events.clear({ key, window, family, tag: '' });
    this.#delays.clear(key, window, panes);
  }
}

function windowsCodec({ tree, held }: PaneTableSpec): CellCodec<KeyWindows> {
  const codec = panesCodec(tree, held.codec);
  return {
    encode({ list }: KeyWindows, writer: ByteWriter) {
      writer.writeVarint(list.length);
      for (const { window, panes } of list) {
        if (panes === undefined) throw new Error('This is a bug in Viga: a window without panes was kept.');
        structuralCoder.encode(window, writer);
        codec.encode(panes, writer);
      }
    },
    decode(reader: ByteReader): KeyWindows {
      const read = (): ActiveWindow => {
        // It was a window when it was written.
        const window = structuralCoder.decode(reader) as BoundedWindow;
        return { window, panes: codec.decode(reader) };
      };
      return { list: Array.from({ length: reader.readVarint() }, read) };
    },
  };
}
