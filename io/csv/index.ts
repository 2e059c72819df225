// CSV files: read.ts and write.ts are what users call, read-format.ts and write-format.ts the format behind them.
//
// parser.ts turns bytes into rows: window-buffer.ts cuts a file at line ends, record-scanner.ts cuts a record into fields,
// header.ts chooses columns, row-maker.ts makes objects. What is wrong with a record is a value (faults.ts).
export type { CsvDialect, CsvReadDialect } from './dialect.ts';
export type { CsvColumns } from './header.ts';
export { readAllCsv, readCsv } from './read.ts';
export { csvReadFormat, type CsvReadOptions, type CsvRecord } from './read-format.ts';
export { writeCsv } from './write.ts';
export { csvWriteFormat, type CsvWriteOptions } from './write-format.ts';
