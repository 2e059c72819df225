import {
  asSingleton,
  combiningState,
  type KV,
  type PCollection,
  type PTransform,
  ptransform,
  sumBigint,
  valueState,
} from 'viga';
import { type alerts, dateOf, type Row, type usersOverQuota1h } from '../tables/index.ts';
import { quotaOf, type UserTable } from '../users/index.ts';
import type { UserBytes } from './user-bytes.ts';

/**
 * Of the sums of an hour those that are greater than the quota, strictly. The quota is the one that the table of users has
 * when the sum comes, at the end of the hour or with a late message.
 */
export function overQuota(
  users: PCollection<UserTable>,
): PTransform<PCollection<KV<string, bigint>>, PCollection<Row<typeof usersOverQuota1h>>> {
  return ptransform('OverQuota', (sums: PCollection<KV<string, bigint>>) =>
    sums.flatMap(
      ({ key: email, value: sum }, { window, sideInputs }) => {
        const quota = quotaOf(sideInputs.users, email);
        return quota === null || sum <= quota ? [] : [{ email, date: dateOf(window), quota, sum_user_bytes: sum }];
      },
      { name: 'Compare', sideInputs: { users: asSingleton(users) } },
    ),
  );
}

/**
 * A row per user and hour, at once when what came of the hour so far is more than the quota. Meant for streaming: batch has
 * all of the hour anyway.
 */
export function alertRows(
  users: PCollection<UserTable>,
): PTransform<PCollection<UserBytes>, PCollection<Row<typeof alerts>>> {
  return ptransform('Alerts', (hourly: PCollection<UserBytes>) =>
    hourly
      .keyBy(({ email }) => email)
      .parDo({
        name: 'PartialSum',
        state: { sum: combiningState(sumBigint), isAlerted: valueState<boolean>() },
        sideInputs: { users: asSingleton(users) },
        process({ key: email, value: { bytes } }, { state, window, sideInputs }) {
          if (state.isAlerted.read() === true) return [];
          state.sum.add(bytes);
          const quota = quotaOf(sideInputs.users, email);
          if (quota === null || state.sum.read() <= quota) return [];
          state.isAlerted.write(true);
          return [{ email, date: dateOf(window), quota }];
        },
      }),
  );
}
