import type { DatabaseSync } from 'node:sqlite';
import type { Timestamp } from '../../model/index.ts';
import type { Topic } from './topics.ts';

/** Whose offset it is. */
export interface GroupKey {
  readonly group: string;
  /** The id of the topic in the file. */
  readonly topic: number;
  readonly partition: number;
}

/** How far a group is in a partition: `next` is the offset that it reads next. */
export interface CommittedOffset {
  readonly partition: number;
  readonly next: number;
  readonly committedAt: Timestamp;
}

/** Notes how far a group is; it never goes back, as a commit that is repeated may come late. */
export function commitOffset(
  db: DatabaseSync,
  { group, topic, partition }: GroupKey,
  next: number,
  now: Timestamp,
): void {
  db.prepare(
    `INSERT INTO groups VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
     SET next = excluded.next, committed_at = excluded.committed_at WHERE excluded.next > next`,
  ).run(group, topic, partition, next, now);
}

/** What a group has committed of a topic, by partition. */
export const committedOffsets = (db: DatabaseSync, group: string, topic: Topic): readonly CommittedOffset[] =>
  db
    .prepare('SELECT partition, next, committed_at FROM groups WHERE name = ? AND topic = ? ORDER BY partition')
    .all(group, topic.id)
    .map(({ partition, next, committed_at: committedAt }) => ({
      partition: Number(partition),
      next: Number(next),
      committedAt: Number(committedAt),
    }));
