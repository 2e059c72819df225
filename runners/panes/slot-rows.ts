import {
  type BoundedWindow,
  ByteReader,
  ByteWriter,
  type PrimitiveKey,
  type StateEntry,
  type StateSpace,
  windowKey,
} from '../../model/index.ts';
import {
  type CellCodec,
  endOf,
  readWholeWindow,
  writeKey,
  writeKeyValue,
  writeWindow,
  writeWindowValue,
} from '../state/index.ts';
import { RunWriter } from './run-writer.ts';
import { BlockRun, RowRun, RunMerge, type RunPlace, type RunReader } from './sorted-runs.ts';
import { readUint32, writeUint32 } from './uint32.ts';

/** The name of the row that says which run is the next. */
const NEXT = new Uint8Array(1);

/** Where slots lie that have no room in memory, or have to survive a crash. */
export interface SlotSpaces {
  /** What was saved of slots that are in memory as well. */
  readonly saved: StateSpace;
  /** What is in memory no more. */
  readonly runs: StateSpace;
  readonly counter: StateSpace;
}

/**
 * What the slots of open windows hold, in runs: by window, run and key.
 *
 * Saves write slots that stay in memory, a row for each that has changed; for lists a piece of what was added. When slots are
 * forgotten they are written as sorted runs in the place of those rows, and a new run begins. What a key has is the sum of
 * its parts in all runs, so nothing has to be read before the window fires; then all runs are read side by side.
 */
export class SlotRows {
  readonly #spaces: SlotSpaces;
  readonly #held: CellCodec<unknown>;
  readonly #key = new ByteWriter(256);
  readonly #value = new ByteWriter();
  /** The number of the next run. */
  #next: number;
  /** That of the slots in memory. */
  #run: number;
  #piece = 0;
  /** Whether rows tell that the run of the slots in memory has begun. */
  #isBegun = false;

  constructor(spaces: SlotSpaces, held: CellCodec<unknown>) {
    this.#spaces = spaces;
    this.#held = held;
    const next = spaces.counter.get(NEXT);
    this.#next = next === undefined ? 0 : new ByteReader(next).readVarint();
    // The slots of a job that starts again are empty: it begins with a run of its own.
    this.#run = this.#next++;
  }

  /** The windows that have rows: a look for each. */
  windows(): Iterable<BoundedWindow> {
    const windows = new Map<string, BoundedWindow>();
    for (const space of [this.#spaces.saved, this.#spaces.runs]) {
      for (let from: Uint8Array | undefined = new Uint8Array(0); from !== undefined; ) {
        const row = firstOf(space.scan(from));
        if (row === undefined) break;
        const window = readWholeWindow(new ByteReader(row.key), new ByteReader(row.value));
        windows.set(windowKey(window), window);
        from = endOf(prefixOf(window));
      }
    }
    return windows.values();
  }

  /** Saves what a slot holds, or for lists what was added to it. */
  put(window: BoundedWindow, form: PrimitiveKey, key: unknown, held: unknown): void {
    if (!this.#isBegun) this.#saveNext();
    this.#isBegun = true;
    const writer = this.#keyOf(window, form);
    writeUint32(this.#piece, writer);
    const value = this.#value;
    value.reset();
    writeWindowValue(window, value);
    writeKeyValue(form, key, value);
    this.#held.encode(held, value);
    this.#spaces.saved.put(writer.bytes.subarray(0, writer.position), value.bytes.subarray(0, value.position));
  }

  /** What is saved from now on does not take the place of what was saved before. */
  endPiece(): void {
    this.#piece++;
  }

  /** Begins to write what is in slots of a window, in the place of what was saved of them: they are to be forgotten. */
  replace(window: BoundedWindow): RunWriter {
    const prefix = prefixOf(window, this.#run);
    if (this.#isBegun) this.#spaces.saved.deleteRange(prefix, endOf(prefix));
    const number = (): number => {
      const next = this.#next++;
      this.#saveNext();
      return next;
    };
    return new RunWriter({ space: this.#spaces.runs, window, held: this.#held, number });
  }

  /** All slots were forgotten: those that come from now on are in a run of their own. */
  endRun(): void {
    this.#run = this.#next++;
    this.#piece = 0;
    this.#isBegun = false;
  }

  /** Reads all that rows hold of a window, which goes away by being read. */
  merge(window: BoundedWindow): RunMerge {
    const { saved, runs } = this.#spaces;
    const readers = [
      ...this.#runsIn(runs, window).map(({ run, place }) => ({ run, reader: new BlockRun(place) as RunReader })),
      ...this.#runsIn(saved, window).map(({ run, place }) => ({ run, reader: new RowRun(place) as RunReader })),
    ];
    return new RunMerge(readers.sort((a, b) => a.run - b.run).map(({ reader }) => reader));
  }

  /** Deletes what was saved of a slot in memory. */
  deleteKey(window: BoundedWindow, form: PrimitiveKey): void {
    const from = this.#keyOf(window, form).toBytes();
    this.#spaces.saved.deleteRange(from, endOf(from));
  }

  deleteWindow(window: BoundedWindow): void {
    const prefix = prefixOf(window);
    for (const space of [this.#spaces.saved, this.#spaces.runs]) space.deleteRange(prefix, endOf(prefix));
  }

  /** The runs that have rows in a window: a look for each. */
  #runsIn(space: StateSpace, window: BoundedWindow): { readonly run: number; readonly place: RunPlace }[] {
    const found: { readonly run: number; readonly place: RunPlace }[] = [];
    const all = prefixOf(window);
    for (let from: Uint8Array | undefined = all; from !== undefined; ) {
      const row = firstOf(space.scan(from, endOf(all)));
      if (row === undefined) break;
      const run = readUint32(new ByteReader(row.key, all.length));
      const prefix = prefixOf(window, run);
      found.push({ run, place: { space, window, prefix, held: this.#held } });
      from = endOf(prefix);
    }
    return found;
  }

  /** That of a slot in memory; good until the next one is made. */
  #keyOf(window: BoundedWindow, form: PrimitiveKey): ByteWriter {
    const writer = this.#key;
    writer.reset();
    writeWindow(window, writer);
    writeUint32(this.#run, writer);
    writeKey(form, writer);
    return writer;
  }

  #saveNext(): void {
    const writer = this.#value;
    writer.reset();
    writer.writeVarint(this.#next);
    this.#spaces.counter.put(NEXT, writer.bytes.subarray(0, writer.position));
  }
}

function prefixOf(window: BoundedWindow, run?: number): Uint8Array {
  const writer = new ByteWriter(64);
  writeWindow(window, writer);
  if (run !== undefined) writeUint32(run, writer);
  return writer.toBytes();
}

function firstOf(rows: Iterable<StateEntry>): StateEntry | undefined {
  for (const row of rows) return row;
  return undefined;
}
