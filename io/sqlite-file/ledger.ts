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

/** What was written; `now` is in milliseconds. */
export interface LedgerEntry {
  readonly epoch: number;
  readonly rows: number;
  readonly now: number;
}

/** The last epoch that the database has of a step; undefined where it has none. */
export function lastEpoch(db: DatabaseSync, { jobId, step, stage = '' }: LedgerKey): number | undefined {
  const ledger = db.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(LEDGER);
  if (ledger === undefined) return undefined;
  const entry = db.prepare(`SELECT epoch FROM ${LEDGER} WHERE job_id = ? AND step = ? AND stage = ?`);
  const found = entry.get(jobId, step, stage);
  return found === undefined ? undefined : Number(found['epoch']);
}

/** Enters an epoch in place of the one before. */
export function enterInLedger(
  db: DatabaseSync,
  { jobId, step, stage = '' }: LedgerKey,
  { epoch, rows, now }: LedgerEntry,
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
 * Keeps a step from writing an epoch twice, and a job from writing past what another copy of it has written.
 *
 * Epochs grow. After a crash a job hands over again what it does not know to have arrived, up to the ledger's last epoch;
 * from then on nobody but this process may move the ledger.
 */
export class EpochGuard {
  /** The last epochs that this process has found or written, by job and step. */
  readonly #known = new Map<string, number>();

  /** The last epoch of a step that the database has. */
  find(db: DatabaseSync, key: LedgerKey): number | undefined {
    const last = lastEpoch(db, key);
    if (last !== undefined) this.#known.set(nameOf(key), last);
    return last;
  }

  /**
   * Whether the database has an epoch already.
   *
   * @throws ConnectorError if it has a later one that this process knows nothing of: the state of the job is older than it; or
   * if it has not even what this process wrote.
   */
  has(db: DatabaseSync, place: string, key: LedgerKey, epoch: number): boolean {
    const last = lastEpoch(db, key) ?? -1;
    const known = this.#known.get(nameOf(key)) ?? -1;
    // What is known is this epoch itself where its transaction was tried before and did not come to its end.
    if (last < known && known < epoch) throw setBack(place, key, known);
    if (last <= epoch || last === known) return last >= epoch;
    throw new ConnectorError(
      place,
      `${key.step} is to write its epoch ${epoch}, and the ledger here has epoch ${last} of its job, which this process did not write. The state is older than the sink, or two copies of it are in use. Rows would be missing or there twice. Take the newest state directory, or start a new one and clear what was written.`,
    );
  }

  enter(db: DatabaseSync, key: LedgerKey, entry: LedgerEntry): void {
    enterInLedger(db, key, entry);
    this.#known.set(nameOf(key), entry.epoch);
  }
}

const setBack = (place: string, { step }: LedgerKey, known: number): ConnectorError =>
  new ConnectorError(
    place,
    `${step} has written its epoch ${known} here, and the ledger does not have it any more: the database was deleted, replaced or set back while the job ran. What is gone is not written again, so nothing is written behind it. Bring it back as it was, or begin a new job with an empty state directory, which reads all input again.`,
  );

const nameOf = ({ jobId, step }: LedgerKey): string => `${jobId}\0${step}`;
