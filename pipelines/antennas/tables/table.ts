import { type BoundedWindow, formatWindow, isIntervalWindow } from 'viga';

/** A table: a row for each key and date. */
export interface Table<Column extends string = string> {
  readonly name: string;
  /** The column that, with `date`, tells which row is meant. */
  readonly key: Column;
  /** The columns in their order, with their types in SQL. */
  readonly columns: Readonly<Record<Column, 'TEXT' | 'TIMESTAMP' | 'BIGINT'>>;
}

/** A row of a table. */
export type Row<T extends Table = Table> = { readonly [C in keyof T['columns']]: string | bigint };

/** A table of sums. */
export interface SumTable extends Table {
  /** The column of the sum. */
  readonly sum: string;
}

function sumTable(name: string, key: string, sum: string): SumTable {
  return { name, key, sum, columns: { [key]: 'TEXT', date: 'TIMESTAMP', [sum]: 'BIGINT' } };
}

export const bytesAggAntenna = sumTable('bytes_agg_antenna', 'antenna_id', 'sum_antenna_bytes');
export const bytesAggUser = sumTable('bytes_agg_user', 'id', 'sum_user_bytes');
export const bytesAggApp = sumTable('bytes_agg_app', 'app', 'sum_app_bytes');
export const bytesAggAntenna1h = sumTable('bytes_agg_antenna_1h', 'antenna_id', 'sum_antenna_bytes');
/** By email, where {@link bytesAggUser} is by device. */
export const bytesAggUser1h = sumTable('bytes_agg_user_1h', 'email', 'sum_user_bytes');
export const bytesAggApp1h = sumTable('bytes_agg_app_1h', 'app', 'sum_app_bytes');

/** Who used more than allowed, with all that was used in the hour. */
export const usersOverQuota1h = {
  name: 'users_over_quota_1h',
  key: 'email',
  columns: { email: 'TEXT', date: 'TIMESTAMP', quota: 'BIGINT', sum_user_bytes: 'BIGINT' },
} as const satisfies Table;

/** Who has used more than allowed already, while the hour goes on; only streaming runs know. */
export const alerts = {
  name: 'alerts',
  key: 'email',
  columns: { email: 'TEXT', date: 'TIMESTAMP', quota: 'BIGINT' },
} as const satisfies Table;

/** The start of a window as tables have it, `2020-09-19T19:00:00Z`. */
export function dateOf(window: BoundedWindow): string {
  if (!isIntervalWindow(window)) throw new TypeError(`the window ${formatWindow(window)} has no start`);
  return new Date(window.start).toISOString().replace('.000Z', 'Z');
}
