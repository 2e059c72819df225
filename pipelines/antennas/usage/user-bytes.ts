import { asSingleton, type PCollection, type PTransform, ptransform } from 'viga';
import type { Message } from '../messages/index.ts';
import { emailOf, type UserTable } from '../users/index.ts';

/** A message of a known user. */
export interface UserBytes {
  readonly id: string;
  readonly email: string;
  readonly antenna_id: string;
  readonly app: string;
  /** A bigint, as sums of it may be larger than a number holds exactly. */
  readonly bytes: bigint;
}

/** Joins messages with their users; those of devices that nobody owns are left out. */
export function joinUsers(users: PCollection<UserTable>): PTransform<PCollection<Message>, PCollection<UserBytes>> {
  return ptransform('JoinUsers', (messages: PCollection<Message>) =>
    messages.flatMap(
      ({ id, antenna_id, app, bytes }, { sideInputs }): readonly UserBytes[] => {
        const email = emailOf(sideInputs.users, id);
        return email === undefined ? [] : [{ id, email, antenna_id, app, bytes: BigInt(bytes) }];
      },
      { name: 'Join', sideInputs: { users: asSingleton(users) } },
    ),
  );
}
