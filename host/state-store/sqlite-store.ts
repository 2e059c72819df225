import type { DatabaseSync } from 'node:sqlite';
import { assert, type StateError, type StateSpace, type StateStore } from '../../model/index.ts';
import { type JobRow, readSpaces, writeEpoch } from './schema.ts';
import { prepareStatements, type SpaceOwner, SqliteSpace, type Statements } from './sqlite-space.ts';
import { stateError } from './state-errors.ts';

/** What a store does besides its database. */
export interface StoreParts {
  /** What errors name: the directory. */
  readonly place: string;
  readonly job: JobRow;
  /** Called when an epoch is committed; `commit` resolves after it. */
  readonly onCommitted: (epoch: number) => Promise<void>;
  /** Called before the database is closed. */
  readonly onClose: () => void;
}

/** A store on an open database, which is its own. Everything between two commits is one transaction. */
export class SqliteStore implements StateStore, SpaceOwner {
  readonly db: DatabaseSync;
  readonly statements: Statements;
  readonly place: string;
  readonly numbers: Map<string, number>;
  readonly id: string;
  epoch: number;
  readonly #parts: StoreParts;
  readonly #spaces = new Map<string, SqliteSpace>();
  #isInTransaction = false;
  /** Why nothing can be done any more. */
  #end: StateError | undefined;

  constructor(db: DatabaseSync, parts: StoreParts) {
    this.db = db;
    this.place = parts.place;
    this.id = parts.job.id;
    this.epoch = parts.job.epoch;
    this.#parts = parts;
    this.numbers = readSpaces(db, parts.place);
    this.statements = prepareStatements(db);
  }

  space(name: string): StateSpace {
    let space = this.#spaces.get(name);
    if (space === undefined) {
      space = new SqliteSpace(name, this);
      this.#spaces.set(name, space);
    }
    return space;
  }

  spaces(): readonly string[] {
    this.beforeRead();
    const rows = this.#do(() =>
      this.db
        .prepare('SELECT name FROM spaces WHERE EXISTS (SELECT 1 FROM cells WHERE space = id) ORDER BY name')
        .all(),
    );
    return rows.map(({ name }) => name as string); // the column's type
  }

  async commit(epoch: number): Promise<void> {
    assert(epoch > this.epoch, `epoch ${epoch} is committed after epoch ${this.epoch}`);
    this.beforeWrite();
    try {
      writeEpoch(this.db, this, epoch);
      this.db.exec('COMMIT');
      this.#isInTransaction = false;
      await this.#parts.onCommitted(epoch);
    } catch (error) {
      this.broken(stateError(this.place, error));
    }
    this.epoch = epoch;
  }

  close(): void {
    if (!this.db.isOpen) return;
    this.#parts.onClose();
    // Takes back what was not committed.
    this.db.close();
  }

  beforeRead(): void {
    assert(this.db.isOpen, `the state in ${this.place} is used after it was closed`);
    if (this.#end !== undefined) throw this.#end;
  }

  beforeWrite(): void {
    this.beforeRead();
    if (this.#isInTransaction) return;
    this.#do(() => this.db.exec('BEGIN IMMEDIATE'));
    this.#isInTransaction = true;
  }

  broken(error: StateError): never {
    this.#end ??= error;
    throw error;
  }

  #do<R>(body: () => R): R {
    try {
      return body();
    } catch (error) {
      return this.broken(stateError(this.place, error));
    }
  }
}
