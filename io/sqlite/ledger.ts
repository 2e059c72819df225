import type { DatabaseSync } from 'node:sqlite';
import type { Committable } from './commit.ts';

/** The table that tells which commits were made; its rows are written in the transaction of the rows they speak of. */
export const LEDGER = '_viga_ledger';

const CREATE = `CREATE TABLE IF NOT EXISTS ${LEDGER} (
  run_id TEXT NOT NULL, step TEXT NOT NULL, stage TEXT NOT NULL, rows INTEGER NOT NULL, committed_at TEXT NOT NULL,
  PRIMARY KEY (run_id, step, stage)
) WITHOUT ROWID`;

/** Whether the rows of a stage are in the database. */
export function isInLedger(db: DatabaseSync, { runId, step, stage }: Committable): boolean {
  const ledger = db.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(LEDGER);
  if (ledger === undefined) return false;
  const entry = db.prepare(`SELECT 1 FROM ${LEDGER} WHERE run_id = ? AND step = ? AND stage = ?`);
  return entry.get(runId, step, stage) !== undefined;
}

export function enterInLedger(db: DatabaseSync, { runId, step, stage, rows }: Committable, now: number): void {
  db.exec(CREATE);
  db.prepare(`INSERT INTO ${LEDGER} VALUES (?, ?, ?, ?, ?)`).run(runId, step, stage, rows, new Date(now).toISOString());
}
