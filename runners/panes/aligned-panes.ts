import { type BoundedWindow, type Timestamp, windowKey } from '../../model/index.ts';
import type { Spillable } from '../shuffle/index.ts';
import { type Cell, CellTable } from '../state/index.ts';
import { Delays } from './delays.ts';
import { Heap } from './heap.ts';
import { endOfWindow, type PaneMachine } from './pane-machine.ts';
import { type PaneTable, type PaneTableSpec } from './pane-table.ts';
import { panesCodec, type WindowPanes } from './window-panes.ts';

/** When something happens to all panes of a window: it is over, or it is expired. */
interface Due {
  readonly window: BoundedWindow;
  readonly at: Timestamp;
  readonly isExpiry: boolean;
}

/** A window that is due, and those of its cells that were not visited yet. */
interface Walk {
  readonly due: Due;
  readonly cells: Iterator<Cell<WindowPanes>>;
}

/**
 * Panes by window, then key, for windows that never merge.
 *
 * A window has one entry in the order of time, not one per key: when it is due its cells are walked, a piece at a time.
 * No element comes while a walk is under way. A cell says itself whether it was there, so that a walk can start again.
 */
export class AlignedPanes implements PaneTable {
  readonly #spec: PaneTableSpec;
  readonly #machine: PaneMachine;
  readonly #cells: CellTable<WindowPanes>;
  readonly #delays: Delays;
  readonly #due = new Heap<Due>(({ at }) => at);
  readonly #known = new Set<string>();
  #walk: Walk | undefined;

  constructor(spec: PaneTableSpec) {
    const { keys, codegen, tree, held, machine } = spec;
    this.#spec = spec;
    this.#machine = machine;
    this.#cells = new CellTable({ space: spec.space('cells'), codec: panesCodec(tree, held.codec), keys, codegen });
    this.#delays = new Delays({ space: spec.space('delays'), codegen }, machine);
    for (const window of this.#cells.windows()) this.#schedule(window, machine.hasEnd(window));
  }

  add(key: unknown, value: unknown, timestamp: Timestamp, window: BoundedWindow): boolean {
    const cell = this.#cells.find(window, key) ?? this.put(key, window, this.#machine.begin(window));
    const panes = cell.content;
    if (this.#machine.isClosed(panes)) return false;
    this.#machine.add(panes, window, value, timestamp);
    this.#machine.fire(key, panes, window);
    this.#delays.update(key, window, panes);
    cell.isChanged = true;
    return true;
  }

  /** Takes over panes that began elsewhere. */
  put(key: unknown, window: BoundedWindow, panes: WindowPanes): Cell<WindowPanes> {
    if (!this.#known.has(windowKey(window))) this.#schedule(window, this.#machine.hasEnd(window) && !panes.hasEnded);
    return this.#cells.add(window, key, panes);
  }

  nextEvent(): Timestamp | undefined {
    return this.#walk?.due.at ?? this.#due.peek()?.at;
  }

  nextWakeUp(): Timestamp | undefined {
    return this.#delays.next();
  }

  fireNext(budget: number): number {
    const walk = this.#walk ?? this.#startWalk();
    const { window, isExpiry } = walk.due;
    let left = budget;
    while (left > 0) {
      const { done, value: cell } = walk.cells.next();
      if (done) {
        this.#endWalk(walk.due);
        break;
      }
      // It may have expired since the walk began.
      const isExpired = isExpiry || this.#machine.isExpired(window);
      if (!isExpired && cell.content.hasEnded) continue;
      left--;
      if (isExpired) this.#expire(cell);
      else this.#end(cell);
    }
    return left;
  }

  fireDelays(budget: number): number {
    let left = budget;
    while (left > 0) {
      const timer = this.#delays.pop(this.#spec.time.processingTime);
      if (timer === undefined) return left;
      left--;
      const { key, window } = timer;
      const cell = this.#cells.find(window, key);
      if (cell === undefined) continue;
      cell.content.wakeUp = undefined;
      this.#machine.fire(key, cell.content, window);
      this.#delays.update(key, window, cell.content);
      cell.isChanged = true;
    }
    return left;
  }

  save(): void {
    this.#breakOff();
    for (const table of this.#tables()) table.save();
  }

  bytes(): number {
    return this.#tables().reduce((sum, table) => sum + table.bytes(), 0);
  }

  get canSpill(): boolean {
    return this.#tables().some((table) => table.canSpill);
  }

  spill(): void {
    this.#breakOff();
    for (const table of this.#tables()) table.spill();
  }

  #tables(): readonly (Spillable & { save(): void })[] {
    return [this.#cells, this.#delays.table];
  }

  #schedule(window: BoundedWindow, hasEnd: boolean): void {
    this.#known.add(windowKey(window));
    const at = hasEnd ? endOfWindow(window) : this.#machine.expiryOf(window);
    this.#due.push({ window, at, isExpiry: !hasEnd });
  }

  #startWalk(): Walk {
    const due = this.#due.pop();
    if (due === undefined) throw new Error('This is a bug in Viga: no window is due.');
    const cells = this.#cells.in(due.window)[Symbol.iterator]();
    // What is expired by now is not told first that it is over.
    const isExpiry = due.isExpiry || this.#machine.isExpired(due.window);
    this.#walk = { due: { ...due, isExpiry }, cells };
    return this.#walk;
  }

  /** A cell may not be changed across a save: the walk begins again, past the cells where it was. */
  #breakOff(): void {
    if (this.#walk === undefined) return;
    const { due, cells } = this.#walk;
    cells.return?.();
    this.#due.push(due);
    this.#walk = undefined;
  }

  #endWalk({ window, isExpiry }: Due): void {
    this.#walk = undefined;
    if (isExpiry) this.#known.delete(windowKey(window));
    else this.#schedule(window, false);
  }

  #end(cell: Cell<WindowPanes>): void {
    const { key, window, content } = cell;
    this.#machine.fire(key, content, window);
    this.#delays.update(key, window, content);
    content.hasEnded = true;
    cell.isChanged = true;
  }

  #expire({ key, window, content }: Cell<WindowPanes>): void {
    this.#machine.expire(key, content, window);
    this.#delays.clear(key, window, content);
    this.#cells.delete(window, key);
  }
}
