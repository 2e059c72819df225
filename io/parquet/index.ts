// Parquet files: readParquet, readAllParquet and writeParquet; `column` describes the types of columns and their values.
// May import model, transforms and io/files; hyparquet and hyparquet-writer are loaded only when a file is read or written.
//
// Reading: read-format.ts goes through the row groups of a file, footer.ts and file-schema.ts tell what is in it,
// row-group.ts has it decoded by hyparquet, decode-value.ts gives values their form. check-pages.ts keeps hyparquet from
// files that would hang it. Writing: write-format.ts, row-buffer.ts, encode-value.ts. Start with column.ts.

export type {
  Column,
  ColumnType,
  DecimalType,
  Field,
  InputRowOf,
  ListType,
  MapEntry,
  MapType,
  ParquetSchema,
  RowOf,
  ScalarKind,
  ScalarType,
  StructType,
} from './column.ts';
export { column } from './column.ts';
export type { FilterValue, ParquetCondition } from './filter.ts';
export type { JsonValue } from './json-text.ts';
export type { PartitionValue } from './partition.ts';
export { type ParquetRow, readAllParquet, readParquet, type ReadParquetOptions, type ReadRow } from './read-parquet.ts';
export type { ParquetCompression, ParquetFileOptions } from './write-format.ts';
export { writeParquet, type WriteParquetOptions } from './write-parquet.ts';
