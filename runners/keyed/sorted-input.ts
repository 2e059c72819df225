import {
  type BoundedWindow,
  type ByteReader,
  type ByteWriter,
  learningCoder,
  MIN_TIMESTAMP,
  type PaneInfo,
  type StateSpace,
  type Timestamp,
} from '../../model/index.ts';
import { type CellCodec, SortedCells } from '../state/index.ts';
import { ALWAYS, instantAfter } from './collection-handles.ts';
import type { KeyedStore } from './keyed-store.ts';

// Input in order of time: the elements of a key wait until none with an earlier timestamp can come, as Beam's
// StatefulDoFnRunner has it. The first of them has a timer, of a family that no DoFn can declare, which fires once the
// watermark, less the allowed lateness, has passed it; its output timestamp holds the watermark behind the step.

/** The timers of elements that wait; a name that holds a colon is Viga's own. */
export const TURN = 'viga:turn';

/** What waits besides a timestamp. */
interface Parts {
  readonly value: unknown;
  readonly pane: PaneInfo;
}

/** An element that waits until none with an earlier timestamp can come. */
export interface Waiting extends Parts {
  readonly timestamp: Timestamp;
}

const PLAIN = learningCoder({ codegen: false });

const PARTS: CellCodec<Parts> = {
  encode: (parts: Parts, writer: ByteWriter) => PLAIN.encode(parts, writer),
  // It was this when it was written.
  decode: (reader: ByteReader) => PLAIN.decode(reader) as Parts,
};

/** The elements of a step that wait for their turn. */
export class SortedInput {
  readonly cells: SortedCells<Parts>;
  readonly #store: KeyedStore;

  constructor(store: KeyedStore, space: StateSpace | undefined) {
    this.#store = store;
    this.cells = new SortedCells({ space, codec: PARTS, codegen: store.codegen });
  }

  /** Lets an element wait; one that came after its turn is dropped. */
  add(window: BoundedWindow, key: unknown, { value, pane, timestamp }: Waiting): void {
    const { time, lateness, lateDrop, events } = this.#store;
    if (time.inputWatermark > timestamp + lateness) {
      lateDrop(value, timestamp);
      return;
    }
    this.#store.keepUntilExpiry(window);
    this.cells.add(window, key, { timestamp, value: { value, pane } });
    const turn = events.inMemory({ window, key, family: TURN, tag: '' });
    if (turn === undefined) {
      // It may be on disk: then what waits says what it is.
      const [first] = this.cells.range(window, key, MIN_TIMESTAMP, ALWAYS);
      this.#setTurn(window, key, first?.timestamp ?? timestamp);
    } else if (timestamp < turn.outputTimestamp) this.#setTurn(window, key, timestamp);
  }

  /** The first elements of a key whose turn has come by a time, so many at most; those behind them get a timer. */
  take(window: BoundedWindow, key: unknown, due: Timestamp, most: number): readonly Waiting[] {
    const id = { window, key, family: TURN, tag: '' };
    const { lateness, events } = this.#store;
    // It may have waited since before a restart.
    this.#store.keepUntilExpiry(window);
    const to = due >= this.#store.expiryOf(window) ? ALWAYS : instantAfter(due - lateness);
    const taken = this.cells.take(window, key, to, most);
    events.clear(id);
    const [next] = this.cells.range(window, key, MIN_TIMESTAMP, ALWAYS);
    if (next === undefined) this.cells.clear(window, key);
    else this.#setTurn(window, key, next.timestamp);
    return taken.map(({ timestamp, value: { value, pane } }) => ({ value, pane, timestamp }));
  }

  #setTurn(window: BoundedWindow, key: unknown, timestamp: Timestamp): void {
    this.#store.events.set({
      window,
      key,
      family: TURN,
      tag: '',
      timestamp: Math.min(timestamp + this.#store.lateness, this.#store.expiryOf(window)),
      outputTimestamp: timestamp,
    });
  }
}
