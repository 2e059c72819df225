import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { StateEntry, StateSpace } from '../../model/index.ts';
import { damaged } from './refusals.ts';
import { addSpace, cellCrc } from './schema.ts';
import { stateError } from './state-errors.ts';

const NO_KEY = new Uint8Array(0);

/** Rows of a scan are read in chunks, so that rows may be written meanwhile: at most so many bytes, or so many rows. */
const CHUNK_BYTES = 256 * 1024;
const CHUNK_ROWS = 1024;
/** The first chunk is one row, as often no more is asked for; the second one is this. */
const SECOND_CHUNK = 16;

/** A row without its crc, which was checked. */
interface Cell {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly crc: number;
}

/** The statements that all spaces share. */
export interface Statements {
  readonly get: StatementSync;
  readonly put: StatementSync;
  readonly delete: StatementSync;
  readonly deleteFrom: StatementSync;
  readonly deleteRange: StatementSync;
  readonly scanFrom: StatementSync;
  readonly scanRange: StatementSync;
}

export function prepareStatements(db: DatabaseSync): Statements {
  const scan = 'SELECT key, value, crc FROM cells WHERE space = ? AND key >= ?';
  return {
    get: db.prepare('SELECT value, crc FROM cells WHERE space = ? AND key = ?'),
    put: db.prepare(
      'INSERT INTO cells VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value, crc = excluded.crc',
    ),
    delete: db.prepare('DELETE FROM cells WHERE space = ? AND key = ?'),
    deleteFrom: db.prepare('DELETE FROM cells WHERE space = ? AND key >= ?'),
    deleteRange: db.prepare('DELETE FROM cells WHERE space = ? AND key >= ? AND key < ?'),
    scanFrom: db.prepare(`${scan} ORDER BY key LIMIT ?`),
    scanRange: db.prepare(`${scan} AND key < ? ORDER BY key LIMIT ?`),
  };
}

/** What a space needs of its store. */
export interface SpaceOwner {
  readonly db: DatabaseSync;
  readonly statements: Statements;
  readonly place: string;
  /** The numbers of the spaces that were written to. */
  readonly numbers: Map<string, number>;
  /** @throws StateError if the store can't be used any more. */
  beforeRead(): void;
  beforeWrite(): void;
  /** Makes the store unusable: what it holds is not known any more. */
  broken(error: unknown): never;
}

/** Rows of one space. */
export class SqliteSpace implements StateSpace {
  readonly #name: string;
  readonly #owner: SpaceOwner;

  constructor(name: string, owner: SpaceOwner) {
    this.#name = name;
    this.#owner = owner;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    const { numbers, statements } = this.#owner;
    this.#owner.beforeRead();
    const space = numbers.get(this.#name);
    if (space === undefined) return undefined;
    // The columns that the statement names.
    const row = this.#do(() => statements.get.get(space, key)) as Omit<Cell, 'key'> | undefined;
    if (row === undefined) return undefined;
    this.#check(space, key, row);
    return row.value;
  }

  put(key: Uint8Array, value: Uint8Array): void {
    this.#owner.beforeWrite();
    const space = this.#number();
    this.#do(() => this.#owner.statements.put.run(space, key, value, cellCrc(space, key, value)));
  }

  delete(key: Uint8Array): void {
    const space = this.#owner.numbers.get(this.#name);
    if (space === undefined) return;
    this.#owner.beforeWrite();
    this.#do(() => this.#owner.statements.delete.run(space, key));
  }

  deleteRange(from: Uint8Array, to: Uint8Array | undefined): void {
    const { numbers, statements } = this.#owner;
    const space = numbers.get(this.#name);
    if (space === undefined) return;
    this.#owner.beforeWrite();
    this.#do(() => {
      if (to === undefined) statements.deleteFrom.run(space, from);
      else statements.deleteRange.run(space, from, to);
    });
  }

  *scan(from: Uint8Array = NO_KEY, to?: Uint8Array): Iterable<StateEntry> {
    let next = from;
    for (let limit = 1; ; ) {
      const cells = this.#chunk(next, to, limit);
      yield* cells;
      const last = cells.at(-1);
      if (last === undefined || cells.length < limit) return;
      next = successor(last.key);
      limit = nextLimit(cells);
    }
  }

  #chunk(from: Uint8Array, to: Uint8Array | undefined, limit: number): readonly Cell[] {
    const { numbers, statements } = this.#owner;
    this.#owner.beforeRead();
    const space = numbers.get(this.#name);
    if (space === undefined) return [];
    // The columns that the statements name.
    const cells = this.#do(() =>
      to === undefined ? statements.scanFrom.all(space, from, limit) : statements.scanRange.all(space, from, to, limit),
    ) as unknown as Cell[];
    for (const cell of cells) this.#check(space, cell.key, cell);
    return cells;
  }

  #check(space: number, key: Uint8Array, { value, crc }: Omit<Cell, 'key'>): void {
    if (cellCrc(space, key, value) === crc) return;
    this.#owner.broken(damaged(this.#owner.place, `a value of ${this.#name}`));
  }

  #number(): number {
    const { db, numbers } = this.#owner;
    const known = numbers.get(this.#name);
    if (known !== undefined) return known;
    const number = numbers.size + 1;
    this.#do(() => addSpace(db, this.#name, number));
    numbers.set(this.#name, number);
    return number;
  }

  #do<R>(body: () => R): R {
    try {
      return body();
    } catch (error) {
      return this.#owner.broken(stateError(this.#owner.place, error));
    }
  }
}

/** The least key above another one. */
function successor(key: Uint8Array): Uint8Array {
  const next = new Uint8Array(key.length + 1);
  next.set(key);
  return next;
}

/** Twice as many rows as long as these were small. */
function nextLimit(cells: readonly Cell[]): number {
  const bytes = cells.reduce((sum, { key, value }) => sum + key.length + value.length, 0);
  const fitting = Math.floor((cells.length * CHUNK_BYTES) / Math.max(1, bytes));
  return Math.max(1, Math.min(Math.max(SECOND_CHUNK, cells.length * 2), fitting, CHUNK_ROWS));
}
