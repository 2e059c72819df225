import type { DatabaseSync } from 'node:sqlite';
import { ConnectorError } from '../../model/index.ts';

/**
 * The table that tells what was written by whom; its rows are written in the transaction of the rows they speak of.
 *
 * A job with a state directory has one row a step, with the last epoch that is there. A run without one has a row for each
 * stage that it moved, with epoch 0.
 */
export const LEDGER = '_viga_ledger';

const CREATE = `CREATE TABLE IF NOT EXISTS ${LEDGER} (
  job_id TEXT NOT NULL, step TEXT NOT NULL, stage TEXT NOT NULL DEFAULT '', epoch INTEGER NOT NULL,
  rows INTEGER NOT NULL, committed_at TEXT NOT NULL,
  PRIMARY KEY (job_id, step, stage)
) WITHOUT ROWID`;

/** Whose entry it is: of a step of a job, or of what a run staged. */
export interface LedgerKey {
  readonly jobId: string;
  readonly step: string;
  readonly stage?: string;
}

/** The last epoch that the database has of a step; undefined where it has none. */
export function lastEpoch(db: DatabaseSync, { jobId, step, stage = '' }: LedgerKey): number | undefined {
  const ledger = db.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(LEDGER);
  if (ledger === undefined) return undefined;
  const entry = db.prepare(`SELECT epoch FROM ${LEDGER} WHERE job_id = ? AND step = ? AND stage = ?`);
  const found = entry.get(jobId, step, stage);
  return found === undefined ? undefined : Number(found['epoch']);
}

/** Enters an epoch in place of the one before. `now` is in milliseconds. */
export function enterInLedger(
  db: DatabaseSync,
  { jobId, step, stage = '' }: LedgerKey,
  { epoch, rows, now }: { readonly epoch: number; readonly rows: number; readonly now: number },
): void {
  db.exec(CREATE);
  db.prepare(`INSERT OR REPLACE INTO ${LEDGER} VALUES (?, ?, ?, ?, ?, ?)`).run(
    jobId,
    step,
    stage,
    epoch,
    rows,
    new Date(now).toISOString(),
  );
}

/**
 * Whether the database has an epoch already.
 *
 * @throws ConnectorError if it has a later one: then the epoch comes from a state that is older than what was written.
 */
export function hasEpoch(db: DatabaseSync, place: string, key: LedgerKey, epoch: number): boolean {
  const last = lastEpoch(db, key) ?? -1;
  if (last <= epoch) return last === epoch;
  throw new ConnectorError(
    place,
    `${key.step} is to write its epoch ${epoch}, and has written epoch ${last} here already. The state is older than the sink: it was restored from a copy, perhaps. Rows would be written twice. Take the newest state directory, or start a new one and clear what was written.`,
  );
}
