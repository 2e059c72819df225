import {
  afterWatermark,
  type CombineFn,
  globalWindows,
  kv,
  type PCollection,
  type PTransform,
  ptransform,
  toList,
} from 'viga';
import { csvWriteFormat } from 'viga/io/csv';
import { listsOf, writeFiles } from 'viga/io/files';
import { writeSqlite } from 'viga/io/sqlite';
import type { Row, Table } from './table.ts';

/** Where tables are written. */
export interface TablePlaces {
  /** A file of SQLite. */
  readonly database: string;
  readonly folder: string;
}

/**
 * Writes the rows of a table into a database, as they come, and as `NAME.csv` into a folder, when the job finishes: the rows
 * that it made, by date and key.
 *
 * A later pane of a row takes the place of the earlier in both.
 */
export function writeTable(table: Table, { database, folder }: TablePlaces): PTransform<PCollection<Row>, void> {
  const { name, key, columns } = table;
  return ptransform(`Write(${name})`, (rows: PCollection<Row>) => {
    rows.apply(
      writeSqlite<Row>({
        database,
        table: name,
        mode: 'upsert',
        keys: [key, 'date'],
        columns: Object.keys(columns),
        createTable: columns,
      }),
    );
    rows
      .map((row, { pane }) => kv([row['date'], row[key]], { row, index: pane.index }), { name: 'Pane' })
      // The global window ends with the job: when all input has been read, or the job drains.
      .windowInto(globalWindows(), { trigger: afterWatermark(), accumulationMode: 'discarding' })
      .combinePerKey(lastPane)
      .map(({ value: { row } }) => row, { name: 'Row' })
      .combineGlobally(toList<Row>())
      .map((all) => all.toSorted(byDateAndKey(table)), { name: 'Sort' })
      .apply(
        writeFiles(listsOf(csvWriteFormat<Row>({ columns: Object.keys(columns) })), {
          files: `${folder}/${name}.csv`,
          // One pane is all there ever is.
          perPane: false,
        }),
        { name: 'Csv' },
      );
  });
}

interface PaneRow {
  readonly row: Row;
  readonly index: number;
}

/** Of the panes of a row the last. */
const lastPane: CombineFn<PaneRow, PaneRow, PaneRow> = {
  name: 'lastPane',
  createAccumulator: () => ({ row: {}, index: -1 }),
  addInput: later,
  mergeAccumulators: (panes) => [...panes].reduce(later),
  extractOutput: (pane) => pane,
};

function later(a: PaneRow, b: PaneRow): PaneRow {
  return b.index > a.index ? b : a;
}

function byDateAndKey({ key }: Table): (a: Row, b: Row) => number {
  return (a, b) => compare(a['date'], b['date']) || compare(a[key], b[key]);
}

/** By code units, the same on every machine. */
function compare(a: string | bigint | undefined, b: string | bigint | undefined): number {
  return a === b ? 0 : String(a) < String(b) ? -1 : 1;
}
