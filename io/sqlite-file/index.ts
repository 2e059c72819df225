// What connectors share whose system is a SQLite file: opening it, waiting for its locks, one transaction for what belongs
// together, the ledger that makes a repeated write change nothing, and what SQLite's errors mean. Users meet io/sqlite and
// io/log, which are made of it. Imports model/ only.
export { checkDatabase, openDatabase, patiently, type SqliteDatabase, type WaitContext } from './connect.ts';
export { enterInLedger, EpochGuard, lastEpoch, LEDGER, type LedgerKey } from './ledger.ts';
export { loadSqlite } from './load-sqlite.ts';
export {
  type Explanation,
  explain,
  isChangeRefused,
  isRowAtFault,
  isSqliteFailure,
  isTooManyParameters,
  REPLACES_ROWS,
  sqliteError,
} from './sqlite-error.ts';
export { inTransaction } from './transaction.ts';
