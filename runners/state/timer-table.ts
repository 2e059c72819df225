import {
  type BoundedWindow,
  encodeKey,
  MAX_TIMESTAMP,
  type StateSpace,
  type Timestamp,
  windowKey,
} from '../../model/index.ts';

/** Which timer: the latest `set` of the same one counts. */
export interface TimerId {
  readonly key: unknown;
  readonly window: BoundedWindow;
  readonly family: string;
  readonly tag: string;
}

/** A timer that will fire. */
export interface SetTimer extends TimerId {
  readonly timestamp: Timestamp;
  /** The event time of what it gives out; it holds the watermark until it has fired. */
  readonly outputTimestamp: Timestamp;
}

/** What a table takes from its step and its run. */
export interface TimerTableSpec {
  readonly space: StateSpace | undefined;
  readonly codegen: boolean;
}

/** Timers of one step in one time domain, ordered by time. */
export class TimerTable {
  readonly #timers = new Map<string, SetTimer>();

  constructor(_spec: TimerTableSpec) {}

  set(timer: SetTimer): void {
    this.#timers.set(idOf(timer), timer);
  }

  clear(id: TimerId): void {
    this.#timers.delete(idOf(id));
  }

  find(id: TimerId): SetTimer | undefined {
    return this.#timers.get(idOf(id));
  }

  /** Removes and gives the earliest timer with `timestamp <= until`. */
  pop(until: Timestamp): SetTimer | undefined {
    let first: SetTimer | undefined;
    for (const timer of this.#timers.values()) {
      if (timer.timestamp <= until && (first === undefined || timer.timestamp < first.timestamp)) first = timer;
    }
    if (first !== undefined) this.clear(first);
    return first;
  }

  /** When the earliest fires; undefined if none is set. */
  next(): Timestamp | undefined {
    return [...this.#timers.values()].reduce<number | undefined>(
      (least, { timestamp }) => Math.min(least ?? timestamp, timestamp),
      undefined,
    );
  }

  /** The earliest output timestamp; {@link MAX_TIMESTAMP} if none is set. */
  hold(): Timestamp {
    return [...this.#timers.values()].reduce((least, timer) => Math.min(least, timer.outputTimestamp), MAX_TIMESTAMP);
  }
}

const idOf = ({ key, window, family, tag }: TimerId): string => encodeKey([key, windowKey(window), family, tag]);
