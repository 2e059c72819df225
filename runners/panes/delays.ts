import { type BoundedWindow, MAX_TIMESTAMP, type Timestamp } from '../../model/index.ts';
import { type SetTimer, TimerTable, type TimerTableSpec } from '../state/index.ts';
import type { PaneMachine } from './pane-machine.ts';
import type { WindowPanes } from './window-panes.ts';

const FAMILY = 'delay';

/** The panes that wait for processing time: one timer per key and window, for the earliest time that makes a difference. */
export class Delays {
  readonly #timers: TimerTable;
  readonly #machine: PaneMachine;

  constructor(spec: TimerTableSpec, machine: PaneMachine) {
    this.#timers = new TimerTable(spec);
    this.#machine = machine;
  }

  /** After each change of the panes. */
  update(key: unknown, window: BoundedWindow, panes: WindowPanes): void {
    const next = this.#machine.nextDelay(panes);
    if (next === panes.wakeUp) return;
    panes.wakeUp = next;
    if (next === undefined) this.#timers.clear({ key, window, family: FAMILY, tag: '' });
    else this.#timers.set({ key, window, family: FAMILY, tag: '', timestamp: next, outputTimestamp: MAX_TIMESTAMP });
  }

  /** Before the panes go. */
  clear(key: unknown, window: BoundedWindow, panes: WindowPanes): void {
    if (panes.wakeUp !== undefined) this.#timers.clear({ key, window, family: FAMILY, tag: '' });
    panes.wakeUp = undefined;
  }

  /** Removes and gives the first whose time has come. */
  pop(now: Timestamp): SetTimer | undefined {
    return this.#timers.pop(now);
  }

  next(): Timestamp | undefined {
    return this.#timers.next();
  }

  /** What is saved and spilled besides the cells. */
  get table(): TimerTable {
    return this.#timers;
  }
}
