import type { DatabaseSync } from 'node:sqlite';
import { ConnectorError, type Scratch, type SinkBatch, type SinkContext, type SinkWriter } from '../../model/index.ts';
import { quoteIdentifier } from '../sql/index.ts';
import { patiently, REPLACES_ROWS } from '../sqlite-file/index.ts';
import type { Committable } from './commit.ts';
import { RowInserter } from './row-inserter.ts';
import type { TableShape } from './table.ts';
import type { SqliteValue } from './values.ts';
import type { WriteSettings } from './write-settings.ts';

/** The table of its own in which rows wait for the commit. */
export interface Stage {
  readonly scratch: Scratch;
  readonly path: string;
  readonly db: DatabaseSync;
  readonly shape: TableShape;
  /** Whether the target is there already. */
  readonly hasTarget: boolean;
}

/**
 * Collects rows in a database file of its own, in a table made by the same statement as the target: what the target would
 * refuse is refused at once, row by row, and nothing of the target is locked while the run goes on.
 */
export class StageWriter implements SinkWriter<object, Committable> {
  readonly #settings: WriteSettings;
  readonly #context: SinkContext;
  readonly #stage: Stage;
  readonly #rows: RowInserter;
  #count = 0;
  #isOver = false;

  constructor(settings: WriteSettings, context: SinkContext, stage: Stage) {
    this.#settings = settings;
    this.#context = context;
    this.#stage = stage;
    stage.db.exec('BEGIN');
    this.#rows = new RowInserter(settings, context, stage.db, stage.shape);
  }

  write({ values }: SinkBatch<object>): void {
    for (const row of values) {
      this.#count++;
      this.#rows.add(row);
    }
  }

  async prepare(): Promise<Committable> {
    const { db, path } = this.#stage;
    const { place, mode } = this.#settings;
    const { unseen } = this.#rows;
    if (this.#count > 0 && unseen !== undefined) {
      throw new ConnectorError(
        place,
        `no row has the property ${JSON.stringify(unseen.property)}. The column ${unseen.name} would be NULL throughout. Correct columns.`,
      );
    }
    db.exec('COMMIT');
    if (mode === 'insert') await this.#rejectExisting();
    const staged = db.prepare(`SELECT count(*) AS n FROM ${quoteIdentifier(this.#settings.table)}`).get();
    this.#close();
    const { runId, step, host, wrote } = this.#context;
    // SQLite does not tell what its rows take; the file that holds nothing else does.
    if (this.#count > 0) wrote?.((await host.disk.stat(path))?.size ?? 0);
    const columns = this.#rows.columns.map(({ name }) => name);
    return { stage: path, directory: this.#stage.scratch.path, runId, step, columns, rows: Number(staged?.['n']) };
  }

  abort(): Promise<void> {
    this.#close();
    this.#stage.scratch.dispose();
    return Promise.resolve();
  }

  #close(): void {
    if (!this.#isOver) this.#stage.db.close();
    this.#isOver = true;
  }

  /** Hands back the staged rows whose unique values the target has already, before the commit would fail on them. */
  async #rejectExisting(): Promise<void> {
    const settings = this.#settings;
    const { columns } = this.#rows;
    const written = new Set(columns.map(({ name }) => name.toLowerCase()));
    const uniques = this.#stage.shape.uniques.filter((unique) => unique.every((name) => written.has(name)));
    const { db, hasTarget } = this.#stage;
    if (uniques.length === 0 || !hasTarget) return;
    const table = quoteIdentifier(settings.table);
    const isSame = uniques.map((unique) => `(${unique.map(equalIn).join(' AND ')})`).join(' OR ');
    const inTarget = `EXISTS (SELECT 1 FROM target.${table} AS t WHERE ${isSame})`;
    const list = columns.map(({ name }) => `s.${quoteIdentifier(name)}`).join(', ');
    db.prepare('ATTACH ? AS target').run(settings.database.database);
    await patiently(settings.database, this.#context, () => db.exec(`SELECT 1 FROM target.${table} LIMIT 1`));
    const existing = db.prepare(`SELECT ${list} FROM main.${table} AS s WHERE ${inTarget}`);
    existing.setReturnArrays(true);
    existing.setReadBigInts(true);
    // Its statement returns arrays.
    for (const values of existing.iterate()) this.#rejectStaged(values as unknown as readonly SqliteValue[], uniques);
    db.exec(`DELETE FROM main.${table} AS s WHERE ${inTarget}`);
    db.exec('DETACH target');
  }

  #rejectStaged(values: readonly SqliteValue[], uniques: readonly (readonly string[])[]): void {
    const row = Object.fromEntries(this.#rows.columns.map(({ property }, i) => [property, plain(values[i])]));
    const keys = uniques.map((unique) => unique.join(', ')).join(' or ');
    this.#rows.reject(row, {
      message: `the table already has a row with the same ${keys}. It is not replaced. Remove it.`,
      hint: REPLACES_ROWS,
    });
  }
}

const equalIn = (column: string): string => `t.${quoteIdentifier(column)} = s.${quoteIdentifier(column)}`;

/** Integers were staged as such; those that are exact as numbers come back as numbers. */
const plain = (value: SqliteValue | undefined): SqliteValue | undefined =>
  typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value;
