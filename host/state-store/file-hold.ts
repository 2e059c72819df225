import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { DATABASE, type JobRow } from './schema.ts';

/** Pages of the write-ahead log after which a commit brings them into the database. */
export const CHECKPOINT_PAGES = 4_000;

/** Bytes that the log may have while the file is held, where the database itself has no more. */
const LONGEST_LOG = 256 << 20;

/** The database file of a running job, which others may read while it is held. */
export interface FileHold {
  /** The job, and its epoch that the file has at least. */
  readonly job: JobRow;
  /** False once the file may have changed: its store was closed, or its log became too long. */
  readonly isIntact: boolean;
  release(): void;
}

/**
 * Holds a store's database file still while its job goes on.
 *
 * A commit only writes to the log beside the file; a checkpoint brings the log into it. So right after a commit all is
 * brought in: the file is then an epoch as a whole. No checkpoint is made until it is released; epochs go on in the log.
 * Who reads the file is another process: SQLite's locks on it end when this one opens and closes it by other means.
 */
export class FileHolds {
  readonly #db: DatabaseSync;
  readonly #database: string;
  readonly #longestLog: number;
  readonly #held = new Set<FileHold>();
  readonly #waiting: ((hold: FileHold | undefined) => void)[] = [];
  #job: JobRow;
  /** The job at the epoch that the file has while it is held. */
  #inFile: JobRow;

  constructor(db: DatabaseSync, directory: string, job: JobRow, longestLog = LONGEST_LOG) {
    this.#db = db;
    this.#database = join(directory, DATABASE);
    this.#job = job;
    this.#inFile = job;
    this.#longestLog = longestLog;
  }

  /** Holds the file, after the next commit if something of the next epoch is written; undefined if the store is closed before. */
  hold(): Promise<FileHold | undefined> {
    return new Promise((done) => {
      if (!this.#db.isOpen) return done(undefined);
      this.#waiting.push(done);
      this.#grant();
    });
  }

  /** An epoch is durable, and nothing of the next one is written. */
  committed(epoch: number): void {
    this.#job = { id: this.#job.id, epoch };
    if (this.#held.size > 0 && this.#isLogTooLong()) {
      this.#held.clear();
      this.#checkpointAt(CHECKPOINT_PAGES);
    }
    this.#grant();
  }

  /** Gives up all, before the database is closed: that brings the log into the file. */
  close(): void {
    this.#held.clear();
    for (const done of this.#waiting.splice(0)) done(undefined);
  }

  #grant(): void {
    if (this.#waiting.length === 0) return;
    if (this.#held.size === 0 && !this.#bringIn()) return;
    for (const done of this.#waiting.splice(0)) done(this.#newHold());
  }

  /** Brings all of the log into the file; false where that can't be done now. */
  #bringIn(): boolean {
    try {
      const { busy } = this.#db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as { busy: number }; // its columns
      if (busy !== 0) return false;
    } catch {
      // A transaction is open. Anything worse is told by the next commit.
      return false;
    }
    this.#checkpointAt(0);
    this.#inFile = this.#job;
    return true;
  }

  #newHold(): FileHold {
    const held = this.#held;
    const hold: FileHold = {
      job: this.#inFile,
      get isIntact() {
        return held.has(hold);
      },
      release: () => {
        if (held.delete(hold) && held.size === 0) this.#checkpointAt(CHECKPOINT_PAGES);
      },
    };
    held.add(hold);
    return hold;
  }

  #checkpointAt(pages: number): void {
    this.#db.exec(`PRAGMA wal_autocheckpoint = ${pages}`);
  }

  /** Asked of the system, as the file may not be opened here. */
  #isLogTooLong(): boolean {
    const size = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    return size(`${this.#database}-wal`) > Math.max(this.#longestLog, size(this.#database));
  }
}
