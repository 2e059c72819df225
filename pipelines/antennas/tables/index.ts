// The tables that a run fills: what is in them (table.ts), and how their rows get into the database, as they come, and into
// CSV files, when the job finishes (write-table.ts).
export {
  alerts,
  bytesAggAntenna,
  bytesAggAntenna1h,
  bytesAggApp,
  bytesAggApp1h,
  bytesAggUser,
  bytesAggUser1h,
  dateOf,
  type Row,
  type SumTable,
  type Table,
  usersOverQuota1h,
} from './table.ts';
export { writeTable } from './write-table.ts';
