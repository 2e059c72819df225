import type { BoundedWindow, Timestamp } from '../../model/index.ts';
import type { KeyedStore } from './keyed-store.ts';
import type { Kept, Waiting } from './kept.ts';
import { firstFrom } from './state-handles.ts';

// Input in order of time: the elements of a key wait until none with an earlier timestamp can come, as Beam's
// StatefulDoFnRunner has it. The first of them has a timer, of a family that no DoFn can declare, which fires once the
// watermark, less the allowed lateness, has passed it; its output timestamp holds the watermark behind the step.

/** The timers of elements that wait; a name that holds a colon is Viga's own. */
export const TURN = 'viga:turn';

/** An element with the key and window that it waits in. */
export interface KeptElement {
  readonly window: BoundedWindow;
  readonly key: unknown;
  readonly element: Waiting;
}

/** Lets an element wait for its turn; one that came after its turn is dropped. */
export function keepUntilTurn(store: KeyedStore, { window, key, element }: KeptElement): void {
  const { timestamp, value } = element;
  if (store.time.inputWatermark > timestamp + store.lateness) {
    store.lateDrop(value, timestamp);
    return;
  }
  const cell = store.find(window, key) ?? store.add(window, key);
  const { waiting } = cell.content;
  const at = firstFrom(waiting, timestamp, true);
  waiting.splice(at, 0, element);
  cell.isChanged = true;
  if (at === 0) setTurn(store, window, key, timestamp);
}

/** The elements of a key whose turn has come when its timer fires; sets the timer for those behind them. */
export function takeTurn(store: KeyedStore, window: BoundedWindow, key: unknown, due: Timestamp): readonly Waiting[] {
  const cell = store.find(window, key);
  if (cell === undefined) return [];
  const { content } = cell;
  const left = content.waiting.findIndex(({ timestamp }) => turnOf(store, window, timestamp) > due);
  const taken = content.waiting.splice(0, left < 0 ? content.waiting.length : left);
  cell.isChanged = true;
  setNext(store, window, key, content);
  store.tidy(cell);
  return taken;
}

function setNext(store: KeyedStore, window: BoundedWindow, key: unknown, { waiting }: Kept): void {
  const [next] = waiting;
  if (next !== undefined) setTurn(store, window, key, next.timestamp);
}

function setTurn(store: KeyedStore, window: BoundedWindow, key: unknown, timestamp: Timestamp): void {
  store.events.set({
    window,
    key,
    family: TURN,
    tag: '',
    timestamp: turnOf(store, window, timestamp),
    outputTimestamp: timestamp,
  });
}

const turnOf = (store: KeyedStore, window: BoundedWindow, timestamp: Timestamp): Timestamp =>
  Math.min(timestamp + store.lateness, store.expiryOf(window));
