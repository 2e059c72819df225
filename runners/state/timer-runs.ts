import { MAX_TIMESTAMP, type StateSpace, type Timestamp } from '../../model/index.ts';
import {
  firesBefore,
  type FiringOrder,
  hashOf,
  type HeldTimer,
  type StoredTimer,
  type TimerName,
} from './held-timer.ts';
import { NameFilter } from './name-filter.ts';
import { type Above, RUN, TimerRun } from './timer-run.ts';

/** Of more runs than this the smaller half becomes one: a block of each is in memory while timers fire. */
const MOST_RUNS = 16;

/** A run and its first timer. */
interface Front {
  readonly run: TimerRun;
  readonly first: FiringOrder;
}

/**
 * Timers that have no room in memory: sorted runs, hundreds of timers to a row. A run is what memory gave back at a time.
 *
 * Timers are never looked for by their names here. What memory has under a name counts instead of what is here, and when
 * memory is given back all blocks are gone through once, and what it stands for is removed. So each name is here once.
 */
export class TimerRuns {
  readonly #space: StateSpace;
  readonly #above: Above;
  #runs: TimerRun[];
  /** The run whose first timer comes first, once it was looked for. */
  #front: Front | undefined;
  /** The timer that holds the watermark, once it was looked for. */
  #holder: { readonly name: TimerName; readonly output: Timestamp } | undefined;

  constructor(space: StateSpace, above: Above) {
    this.#space = space;
    this.#above = above;
    const rows = [...space.scan(Uint8Array.of(RUN), Uint8Array.of(RUN + 1))];
    this.#runs = rows.map(({ key, value }) => TimerRun.read(space, key, value)).filter(({ isEmpty }) => !isEmpty);
  }

  get isEmpty(): boolean {
    return this.#runs.length === 0;
  }

  /** The first timer that counts. */
  first(): FiringOrder | undefined {
    if (this.#front !== undefined && !this.#above.has(this.#front.first)) return this.#front.first;
    this.#front = this.#earliest(this.#runs);
    this.#forgetEmpty();
    return this.#front?.first;
  }

  /** Takes the first timer, and those after it in its block. */
  take(): readonly StoredTimer[] {
    if (this.first() === undefined) return [];
    const timers = this.#front?.run.take(this.#above) ?? [];
    this.#changed();
    return timers;
  }

  /** The earliest output timestamp of those that count. */
  hold(): Timestamp | undefined {
    if (this.#holder !== undefined && !this.#above.has(this.#holder.name)) return this.#holder.output;
    this.#holder = undefined;
    while (this.first() !== undefined) {
      const outputs = this.#runs.map((run) => run.least());
      const output = Math.min(...outputs);
      if (output === MAX_TIMESTAMP) return output;
      const name = this.#runs[outputs.indexOf(output)]?.holder(this.#above);
      if (name === undefined) continue;
      this.#holder = { name, output };
      return output;
    }
    return undefined;
  }

  /** Takes in all that memory has. Nothing is changed if a timer has no bytes. */
  add(held: readonly HeldTimer[], sorted: readonly HeldTimer[]): void {
    const added = sorted.length === 0 ? undefined : this.#write(sorted);
    const above = held.filter(({ below }) => below !== undefined);
    if (above.length > 0 && !this.isEmpty) {
      const names = new NameFilter(above.length);
      for (const timer of above) names.add(hashOf(timer));
      for (const run of this.#runs) run.remove(names, this.#above);
    }
    if (added !== undefined) this.#runs.push(added);
    this.#changed();
  }

  /** After memory was given back: few runs are read faster than many. Nothing may be above them. */
  unite(): void {
    if (this.#runs.length <= MOST_RUNS) return;
    const bySize = this.#runs.toSorted((a, b) => a.count - b.count);
    const small = bySize.slice(0, MOST_RUNS / 2);
    const united = this.#write(this.#merged(small));
    this.#runs = [...this.#runs.filter((run) => !small.includes(run)), united];
    this.#changed();
  }

  /** After a timer of memory was forgotten: what is here under its name counts again. */
  lookAgain(): void {
    for (const run of this.#runs) run.lookAgain();
    this.#changed();
  }

  #write(timers: Iterable<StoredTimer>): TimerRun {
    return TimerRun.write(this.#space, Math.max(-1, ...this.#runs.map(({ number }) => number)) + 1, timers);
  }

  /** Takes all timers of some runs, in order. */
  *#merged(runs: readonly TimerRun[]): Iterable<StoredTimer> {
    const readers = runs.map((run) => ({ run, block: [] as readonly StoredTimer[], at: 0 }));
    for (;;) {
      let first: StoredTimer | undefined;
      let from: (typeof readers)[number] | undefined;
      for (const reader of readers) {
        if (reader.at === reader.block.length && !reader.run.isEmpty) {
          reader.block = reader.run.take(this.#above);
          reader.at = 0;
        }
        const timer = reader.block[reader.at];
        if (timer === undefined || (first !== undefined && !firesBefore(timer, first))) continue;
        first = timer;
        from = reader;
      }
      if (first === undefined || from === undefined) return;
      from.at++;
      yield first;
    }
  }

  #earliest(runs: readonly TimerRun[]): Front | undefined {
    let front: Front | undefined;
    for (const run of runs) {
      const first = run.first(this.#above);
      if (first !== undefined && (front === undefined || firesBefore(first, front.first))) front = { run, first };
    }
    return front;
  }

  #changed(): void {
    this.#front = undefined;
    this.#holder = undefined;
    this.#forgetEmpty();
  }

  #forgetEmpty(): void {
    if (this.#runs.some(({ isEmpty }) => isEmpty)) this.#runs = this.#runs.filter(({ isEmpty }) => !isEmpty);
  }
}
