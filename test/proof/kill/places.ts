import { join } from 'node:path';

/** The jobs that are killed. */
export const JOBS = ['windows', 'panes', 'whole'] as const;
export type JobName = (typeof JOBS)[number];

/** Where a job reads and writes, below the directory of its round. */
export interface Places {
  /** Shared by all rounds. */
  readonly log: string;
  readonly lines: string;
  readonly state: string;
  readonly database: string;
  /** Ends in `/`. */
  readonly parquet: string;
}

export const placesIn = (input: string, round: string): Places => ({
  log: join(input, 'events.log'),
  lines: join(input, 'lines'),
  state: join(round, 'state'),
  database: join(round, 'sums.db'),
  parquet: join(round, 'parquet/'),
});

export const TOPIC = 'events';
export const TABLE = 'sums';
