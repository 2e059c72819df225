import { assert, StateError, type StateEntry, type StateSpace, type StateStore } from '../../model/index.ts';
import { MemoryRows } from './memory-rows.ts';

/** What is to go wrong with the next commit. */
export type CommitFault = 'fails' | 'crashes-before' | 'crashes-after';

/** What {@link MemoryDisk} can be told. */
export interface MemoryDiskOptions {
  /** Asked at each commit; undefined lets it succeed. */
  readonly faultAt?: (epoch: number) => CommitFault | undefined;
}

/** The rows of all spaces, by name. */
type Rows = ReadonlyMap<string, MemoryRows>;

/**
 * What is durable of a store that is in memory: it outlives the stores that are opened on it, as a disk outlives processes.
 *
 * A simulator crashes a job by `crash` and opens the store again: it stands at its last commit, like the real one after a
 * power loss.
 */
export class MemoryDisk {
  readonly id: string;
  readonly #faultAt: NonNullable<MemoryDiskOptions['faultAt']>;
  #durable: { readonly epoch: number; readonly rows: Rows } = { epoch: 0, rows: new Map() };
  #open: MemoryStore | undefined;

  constructor(id: string, { faultAt = () => undefined }: MemoryDiskOptions = {}) {
    this.id = id;
    this.#faultAt = faultAt;
  }

  /** The last epoch that is durable. */
  get epoch(): number {
    return this.#durable.epoch;
  }

  /** @throws StateError if it is open already. */
  open(): StateStore {
    if (this.#open !== undefined) {
      throw new StateError(
        this.id,
        'locked',
        'another process has this job open, and only one may run it. Stop that one, or name another directory.',
      );
    }
    const { epoch, rows } = this.#durable;
    const store = new MemoryStore({
      id: this.id,
      epoch,
      rows,
      onCommit: (next, committed) => this.#commit(next, committed),
      onClose: () => {
        if (this.#open === store) this.#open = undefined;
      },
    });
    this.#open = store;
    return store;
  }

  /** Ends whatever has the store open: what it did not commit is gone, and it can do nothing more. */
  crash(): void {
    this.#open?.end(
      new StateError(
        this.id,
        'failed',
        'the process has crashed. Nothing it does can have an effect. Open the store again.',
      ),
    );
    this.#open = undefined;
  }

  /** Changes a durable value that is still `from`, as a disk that fails does; while nobody has the store open. */
  damage(space: string, key: Uint8Array, from: Uint8Array, to: Uint8Array): void {
    const rows = this.#durable.rows.get(space);
    const value = rows?.get(key);
    if (value !== undefined && Buffer.compare(value, from) === 0) rows?.put(key, to);
  }

  #commit(epoch: number, rows: Rows): void {
    const fault = this.#faultAt(epoch);
    if (fault === 'fails') {
      throw new StateError(
        this.id,
        'no-room',
        'database or disk is full. What was committed is safe. Free space and start the job again: it goes on from its last epoch.',
      );
    }
    if (fault !== 'crashes-before') this.#durable = { epoch, rows };
    if (fault !== undefined) this.crash();
  }
}

/** What a store takes from the disk that it is opened on. */
interface Opening {
  readonly id: string;
  readonly epoch: number;
  readonly rows: Rows;
  readonly onCommit: (epoch: number, rows: Rows) => void;
  readonly onClose: () => void;
}

class MemoryStore implements StateStore {
  readonly id: string;
  epoch: number;
  readonly #opening: Opening;
  /** Rows that are shared with the disk until they are written to. */
  readonly #rows: Map<string, MemoryRows>;
  readonly #shared: Set<string>;
  #end: Error | undefined;

  constructor(opening: Opening) {
    this.id = opening.id;
    this.epoch = opening.epoch;
    this.#opening = opening;
    this.#rows = new Map(opening.rows);
    this.#shared = new Set(opening.rows.keys());
  }

  space(name: string): StateSpace {
    return new MemorySpace(
      () => this.#read(name),
      () => this.#write(name),
    );
  }

  spaces(): readonly string[] {
    this.#check();
    return [...this.#rows].flatMap(([name, rows]) => (rows.size > 0 ? [name] : [])).sort();
  }

  async commit(epoch: number): Promise<void> {
    this.#check();
    assert(epoch > this.epoch, `epoch ${epoch} is committed after epoch ${this.epoch}`);
    try {
      this.#opening.onCommit(epoch, new Map(this.#rows));
      this.#check();
    } catch (error) {
      // The disk throws StateErrors.
      this.end(error as Error);
      throw error;
    }
    for (const name of this.#rows.keys()) this.#shared.add(name);
    this.epoch = epoch;
  }

  close(): void {
    this.#opening.onClose();
    this.end(new Error(`This is a bug in Viga: the state of ${this.id} is used after it was closed.`));
  }

  /** From now on everything fails with this error. */
  end(error: Error): void {
    this.#end ??= error;
  }

  #check(): void {
    if (this.#end !== undefined) throw this.#end;
  }

  #read(name: string): MemoryRows | undefined {
    this.#check();
    return this.#rows.get(name);
  }

  #write(name: string): MemoryRows {
    this.#check();
    const rows = this.#rows.get(name);
    if (rows !== undefined && !this.#shared.has(name)) return rows;
    const own = new MemoryRows(rows);
    this.#rows.set(name, own);
    this.#shared.delete(name);
    return own;
  }
}

class MemorySpace implements StateSpace {
  readonly #read: () => MemoryRows | undefined;
  readonly #write: () => MemoryRows;

  constructor(read: () => MemoryRows | undefined, write: () => MemoryRows) {
    this.#read = read;
    this.#write = write;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#read()?.get(key);
  }

  put(key: Uint8Array, value: Uint8Array): void {
    this.#write().put(key, value);
  }

  delete(key: Uint8Array): void {
    this.#write().delete(key);
  }

  *scan(from: Uint8Array = new Uint8Array(0), to?: Uint8Array): Iterable<StateEntry> {
    yield* this.#read()?.scan(from, to) ?? [];
  }

  deleteRange(from: Uint8Array, to: Uint8Array | undefined): void {
    this.#write().deleteRange(from, to);
  }
}
