import { join } from 'node:path';

/** The jobs that are killed. */
export const JOBS = ['windows', 'panes', 'whole'] as const;
export type JobName = (typeof JOBS)[number];

/** Where a job reads and writes, below the directory of its round. */
export interface Places {
  /** Shared by all rounds. */
  readonly lines: string;
  /** Written to while the job reads it. */
  readonly log: string;
  readonly state: string;
  readonly database: string;
  /** Ends in `/`. */
  readonly parquet: string;
}

export const placesIn = (input: string, round: string): Places => ({
  lines: join(input, 'lines'),
  log: join(round, 'events.log'),
  state: join(round, 'state'),
  database: join(round, 'sums.db'),
  parquet: join(round, 'parquet/'),
});

export const TOPIC = 'events';
/** Under this name a job notes in the log how far it is. */
export const GROUP = 'sums';
export const TABLE = 'sums';
