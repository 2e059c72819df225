import { type PCollection, type PTransform, ptransform } from 'viga';
import { csvWriteFormat } from 'viga/io/csv';
import { listsOf, writeFiles } from 'viga/io/files';
import { column, type ColumnType, type ParquetSchema, writeParquet } from 'viga/io/parquet';
import type { ColumnKind, Columns, Row, Table } from '../refined/index.ts';

/** Writes a table, all of whose rows are one element, as `NAME.csv` and `NAME.parquet` into a folder. */
export function writeTable<C extends Columns>(
  { name, columns }: Pick<Table<never, C>, 'name' | 'columns'>,
  folder: string,
): PTransform<PCollection<readonly Row<C>[]>, void> {
  return ptransform(`Write(${name})`, (tables: PCollection<readonly Row<C>[]>) => {
    const csv = csvWriteFormat<Row<C>>({ columns: Object.keys(columns) });
    tables.apply(writeFiles(listsOf(csv), { files: `${folder}/${name}.csv` }), { name: 'Csv' });
    tables
      .flatMap((rows) => rows, { name: 'Rows' })
      .apply(writeParquet({ files: `${folder}/${name}.parquet`, columns: parquetColumns(columns) }), {
        name: 'Parquet',
      });
  });
}

const parquetTypes: Readonly<Record<ColumnKind, ColumnType>> = {
  whole: column.int32(),
  'whole?': column.nullable(column.int32()),
  decimal: column.decimal(18, 3),
  'decimal?': column.nullable(column.decimal(18, 3)),
  date: column.date(),
  text: column.string(),
};

function parquetColumns(columns: Columns): ParquetSchema {
  return Object.fromEntries(Object.entries(columns).map(([name, kind]) => [name, parquetTypes[kind]]));
}
