import { join } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Scratch, SinkBatch, SinkContext, SinkWriter } from '../../model/index.ts';
import { loadSqlite, sqliteError } from '../sqlite-file/index.ts';
import type { RecordMaker } from './record-maker.ts';
import { decodeHeaders, encodeHeaders, type RawRecord } from './records.ts';

/** Staged records that wait for their commit, as plain data. */
export interface Committable {
  /** The database file that holds them, and the directory to remove with it. */
  readonly stage: string;
  readonly directory: string;
  readonly runId: string;
  readonly step: string;
  readonly records: number;
}

/** Collects the records of a run in a file of its own, so that the log is not locked while the run goes on. */
export class StageWriter<T> implements SinkWriter<T, Committable> {
  readonly #maker: RecordMaker<T>;
  readonly #context: SinkContext;
  readonly #scratch: Scratch;
  readonly #path: string;
  readonly #db: DatabaseSync;
  readonly #insert: StatementSync;
  #records = 0;
  #isOver = false;

  constructor(maker: RecordMaker<T>, context: SinkContext) {
    this.#maker = maker;
    this.#context = context;
    this.#scratch = context.host.disk.scratch();
    this.#path = join(this.#scratch.path, 'stage.db');
    this.#db = new (loadSqlite().DatabaseSync)(this.#path);
    // Nobody else sees this file, and after a crash nobody needs it.
    this.#db.exec(`PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
      CREATE TABLE records (partition INTEGER, timestamp NUMERIC, key BLOB, value BLOB, headers BLOB); BEGIN`);
    this.#insert = this.#db.prepare('INSERT INTO records VALUES (?, ?, ?, ?, ?)');
  }

  write(batch: SinkBatch<T>): void {
    for (const { partition = null, timestamp, key, value, headers } of this.#maker.records(batch, this.#context)) {
      try {
        this.#insert.run(partition, timestamp, key, value, encodeHeaders(headers));
      } catch (error) {
        throw sqliteError(this.#path, error);
      }
      this.#records++;
    }
  }

  async prepare(): Promise<Committable> {
    this.#db.exec('COMMIT');
    this.#close();
    const { runId, step, host, wrote } = this.#context;
    if (this.#records > 0) wrote?.((await host.disk.stat(this.#path))?.size ?? 0);
    return { stage: this.#path, directory: this.#scratch.path, runId, step, records: this.#records };
  }

  abort(): Promise<void> {
    this.#close();
    this.#scratch.dispose();
    return Promise.resolve();
  }

  #close(): void {
    if (!this.#isOver) this.#db.close();
    this.#isOver = true;
  }
}

/** The records of a stage, in the order in which they came. */
export function* stagedRecords(path: string): Generator<RawRecord, void, undefined> {
  const db = new (loadSqlite().DatabaseSync)(path, { readOnly: true });
  try {
    for (const row of db.prepare('SELECT * FROM records ORDER BY rowid').iterate()) {
      // The columns are those of the stage's table.
      const { partition, headers, ...rest } = row as unknown as Omit<RawRecord, 'headers'> & { headers: unknown };
      yield { ...rest, partition: partition ?? undefined, headers: decodeHeaders(headers) };
    }
  } finally {
    db.close();
  }
}
