import {
  defaultTrigger,
  type Duration,
  fixedWindows,
  hours,
  type KV,
  kv,
  type PCollection,
  type PTransform,
  ptransform,
  sumBigint,
} from 'viga';
import type { Message } from '../messages/index.ts';
import {
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
} from '../tables/index.ts';
import type { UserTable } from '../users/index.ts';
import { overQuota } from './over-quota.ts';
import { joinUsers, type UserBytes } from './user-bytes.ts';

/** How messages are added up. */
export interface UsageSettings {
  readonly users: PCollection<UserTable>;
  /** The size of the windows of the tables that are not hourly. */
  readonly window: Duration;
  readonly allowedLateness: Duration;
}

/** The rows of the seven tables, and what else the hour is asked for. */
export interface Usage {
  readonly tables: ReadonlyMap<Table, PCollection<Row>>;
  /** Messages of known users in windows of an hour. */
  readonly hourly: PCollection<UserBytes>;
}

/**
 * Messages to the rows of seven tables: bytes by antenna, user and app, per window and per hour, and the users who were over
 * their quota.
 *
 * Each pane of a window holds all of it, so that the row of a late pane takes the place of the one before.
 */
export function usage({ users, window, allowedLateness }: UsageSettings): (messages: PCollection<Message>) => Usage {
  return (messages) => {
    const known = messages.apply(joinUsers(users));
    const firing = { trigger: defaultTrigger(), accumulationMode: 'accumulating', allowedLateness } as const;
    const short = known.windowInto(fixedWindows({ size: window }), { ...firing, name: 'Windows' });
    const hourly = known.windowInto(fixedWindows({ size: hours(1) }), { ...firing, name: 'Hours' });
    const hourlyByUser = hourly.apply(sumBy('EmailPerHour', ({ email }) => email));
    const tables = new Map<Table, PCollection<Row>>([
      [bytesAggAntenna, rowsOf(bytesAggAntenna, short.apply(sumBy('Antenna', ({ antenna_id }) => antenna_id)))],
      [bytesAggUser, rowsOf(bytesAggUser, short.apply(sumBy('User', ({ id }) => id)))],
      [bytesAggApp, rowsOf(bytesAggApp, short.apply(sumBy('App', ({ app }) => app)))],
      [
        bytesAggAntenna1h,
        rowsOf(bytesAggAntenna1h, hourly.apply(sumBy('AntennaPerHour', ({ antenna_id }) => antenna_id))),
      ],
      [bytesAggUser1h, rowsOf(bytesAggUser1h, hourlyByUser)],
      [bytesAggApp1h, rowsOf(bytesAggApp1h, hourly.apply(sumBy('AppPerHour', ({ app }) => app)))],
      [usersOverQuota1h, hourlyByUser.apply(overQuota(users))],
    ]);
    return { tables, hourly };
  };
}

/** The bytes of each key, per window. */
function sumBy(
  what: string,
  key: (message: UserBytes) => string,
): PTransform<PCollection<UserBytes>, PCollection<KV<string, bigint>>> {
  return ptransform(`Sum(${what})`, (messages: PCollection<UserBytes>) =>
    messages.map((message) => kv(key(message), message.bytes), { name: 'Bytes' }).combinePerKey(sumBigint),
  );
}

function rowsOf({ name, key, sum }: SumTable, sums: PCollection<KV<string, bigint>>): PCollection<Row> {
  return sums.map((of, { window }) => ({ [key]: of.key, date: dateOf(window), [sum]: of.value }), {
    name: `Rows(${name})`,
  });
}
