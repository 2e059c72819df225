// What a run leaves behind: cases as Parquet by day (write-cases.ts), tables as CSV and Parquet (write-table.ts), rejected
// rows as JSON lines (write-rejections.ts) and the report (write-page.ts).
export { writeCases } from './write-cases.ts';
export { writePage } from './write-page.ts';
export { writeRejections } from './write-rejections.ts';
export { writeTable } from './write-table.ts';
