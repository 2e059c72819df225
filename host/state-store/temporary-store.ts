import { join } from 'node:path';
import type { Scratch, StateEntry, StateSpace, StateStore } from '../../model/index.ts';
import { loadSqlite } from './load-sqlite.ts';
import { createSchema } from './schema.ts';
import type { Machine } from './open-durable.ts';
import { SqliteStore } from './sqlite-store.ts';
import { stateError } from './state-errors.ts';

/** Nothing has to survive: no journal, no sync, and the system writes when it likes. */
const TEMPORARY = `
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = OFF;
  PRAGMA synchronous = OFF;
  PRAGMA cache_size = -6000;
`;

/** What a run keeps when its memory is full. A run that never writes to it makes no file. */
export class TemporaryStore implements StateStore {
  readonly id = 'temporary';
  epoch = 0;
  readonly #machine: Machine;
  readonly #spaces = new Map<string, LazySpace>();
  #opened: { readonly store: SqliteStore; readonly scratch: Scratch } | undefined;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  space(name: string): StateSpace {
    let space = this.#spaces.get(name);
    if (space === undefined) {
      const file: StoreFile = { opened: () => this.#opened?.store.space(name), open: () => this.#open().space(name) };
      space = new LazySpace(file);
      this.#spaces.set(name, space);
    }
    return space;
  }

  spaces(): readonly string[] {
    return this.#opened?.store.spaces() ?? [];
  }

  async commit(epoch: number): Promise<void> {
    await this.#opened?.store.commit(epoch);
    this.epoch = epoch;
  }

  close(): void {
    this.#opened?.store.close();
    this.#opened?.scratch.dispose();
    this.#opened = undefined;
  }

  #open(): SqliteStore {
    if (this.#opened !== undefined) return this.#opened.store;
    const scratch = this.#machine.disk.scratch();
    const place = join(scratch.path, 'state.db');
    try {
      const { DatabaseSync } = loadSqlite();
      const db = new DatabaseSync(place);
      db.exec(TEMPORARY);
      createSchema(db, this.id);
      const job = { id: this.id, epoch: this.epoch };
      const store = new SqliteStore(db, { place, job, onCommitted: async () => {}, onClose: () => {} });
      this.#opened = { store, scratch };
      return store;
    } catch (error) {
      scratch.dispose();
      throw stateError(place, error);
    }
  }
}

/** A space before and after its file is there. */
interface StoreFile {
  opened(): StateSpace | undefined;
  open(): StateSpace;
}

class LazySpace implements StateSpace {
  readonly #file: StoreFile;

  constructor(file: StoreFile) {
    this.#file = file;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#file.opened()?.get(key);
  }

  put(key: Uint8Array, value: Uint8Array): void {
    this.#file.open().put(key, value);
  }

  delete(key: Uint8Array): void {
    this.#file.opened()?.delete(key);
  }

  scan(from?: Uint8Array, to?: Uint8Array): Iterable<StateEntry> {
    return this.#file.opened()?.scan(from, to) ?? [];
  }

  deleteRange(from: Uint8Array, to: Uint8Array | undefined): void {
    this.#file.opened()?.deleteRange(from, to);
  }
}
