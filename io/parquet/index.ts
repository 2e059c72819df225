// Parquet files: openParquet reads them row group by row group, writeParquet writes them, column describes their types.
// May import model and transforms; hyparquet and hyparquet-writer are loaded only when they are needed.
//
// Reading: read-parquet.ts opens a file, read-row-group.ts goes through a row group, leaf-cursor.ts and page.ts decode one
// leaf column, assemble.ts builds nested values. The pages are decoded here and not by hyparquet, whose forms of values
// lose micros, decimals and nulls, and which trusts the sizes that a file claims; its snappy and delta decoders are used.
// Writing: write-parquet.ts, row-buffer.ts, encode-value.ts; pages and footer are written by hyparquet-writer.
// Start with column.ts, then read-parquet.ts. partition.ts stands alone.

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
export type { ParquetCompression } from './compress.ts';
export type { ParquetLimits } from './decompress.ts';
export type { JsonValue } from './json-text.ts';
export type { ParquetErrorCode, ParquetPlace } from './parquet-error.ts';
export { ParquetError } from './parquet-error.ts';
export type { PartitionColumns, PartitionValue } from './partition.ts';
export { parsePartitionPath, partitionPath } from './partition.ts';
export type { ByteSink, ByteSource } from './ports.ts';
export type { Predicate, PredicateValue } from './predicate.ts';
export type { OpenParquetOptions, ParquetFile, ReadRowsOptions, RowGroupInfo } from './read-parquet.ts';
export { openParquet } from './read-parquet.ts';
export type { ParquetRow } from './read-row-group.ts';
export type { ColumnStatistics } from './statistics.ts';
export type { ParquetFileWriter, WriteParquetOptions, WrittenParquet } from './write-parquet.ts';
export { writeParquet } from './write-parquet.ts';
