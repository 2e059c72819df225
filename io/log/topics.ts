import type { DatabaseSync } from 'node:sqlite';
import { ConnectorError, type Duration, PipelineError, showValue, type Timestamp } from '../../model/index.ts';
import { TopicRecreatedError } from './errors.ts';

/** How long records stay. What is read after they are gone is an {@link OffsetOutOfRangeError}. */
export interface Retention {
  /** Records whose timestamp is older than this go, from the front of a partition up to the first that is younger. */
  readonly maxAge?: Duration;
  /** How many records a partition keeps. */
  readonly maxRecords?: number;
}

/** How a topic is made. */
export interface TopicOptions {
  /** Default 1. The number stays: keys would move to other partitions. */
  readonly partitions?: number;
  /** Default: records stay for ever. */
  readonly retention?: Retention;
}

/** Which records a partition has: from `earliest` up to, not including, `latest`. */
export interface PartitionOffsets {
  readonly partition: number;
  readonly earliest: number;
  readonly latest: number;
}

/** A topic as it is in the file. */
export interface Topic {
  readonly id: number;
  /** Another one for a topic that was deleted and made again. */
  readonly uid: string;
  readonly name: string;
  readonly partitions: number;
  readonly retention: Retention;
}

/** File and topic, for messages. */
export const placeOf = (file: string, topic: string): string => `${file} topic ${topic}`;

/** @throws PipelineError for what is no name of a topic: names are those that Kafka takes, so that a topic can move there. */
export function checkTopicName(name: string): void {
  if (/^[a-zA-Z0-9._-]{1,249}$/.test(name) && typeof name === 'string' && name !== '.' && name !== '..') return;
  throw new PipelineError(
    undefined,
    `topic is ${showValue(name)}, which is no name of one. Topics are found by their names. Use letters, digits, . _ and -, at most 249.`,
  );
}

/** The topic of a name; undefined where there is none. */
export function findTopic(db: DatabaseSync, name: string): Topic | undefined {
  const found = db
    .prepare(
      `SELECT id, uid, max_age, max_records, (SELECT count(*) FROM partitions WHERE topic = id) AS partitions
       FROM topics WHERE name = ?`,
    )
    .get(name);
  if (found === undefined) return undefined;
  const { max_age: maxAge, max_records: maxRecords } = found;
  return {
    id: Number(found['id']),
    uid: String(found['uid']),
    name,
    partitions: Number(found['partitions']),
    retention: {
      ...(maxAge !== null && { maxAge: Number(maxAge) }),
      ...(maxRecords !== null && { maxRecords: Number(maxRecords) }),
    },
  };
}

/** @throws ConnectorError if there is none; TopicRecreatedError if it is not the one of `uid`. */
export function topicOf(db: DatabaseSync, file: string, name: string, uid?: string): Topic {
  const topic = findTopic(db, name);
  if (topic === undefined) {
    throw new ConnectorError(
      placeOf(file, name),
      `there is no such topic. The log has: ${topicNames(db).join(', ') || 'none'}. Correct the name, or write to the topic first.`,
      { hint: 'A program makes one with openLog(file).createTopic.' },
    );
  }
  if (uid !== undefined && uid !== topic.uid) {
    throw new TopicRecreatedError(
      placeOf(file, name),
      'this topic was deleted and made again since it was read. Its offsets mean other records now: some would be skipped, some read again. Start with a new state directory.',
    );
  }
  return topic;
}

/** The names of all topics, in order. */
export const topicNames = (db: DatabaseSync): readonly string[] =>
  db
    .prepare('SELECT name FROM topics ORDER BY name')
    .all()
    .map(({ name }) => String(name));

/** Makes a topic, in the transaction that is open or by itself. @throws ConnectorError if an option is out of range. */
export function makeTopic(db: DatabaseSync, file: string, name: string, options: TopicOptions): Topic {
  const { partitions = 1, retention = {} } = options;
  refuseBadTopic(placeOf(file, name), name, partitions, retention);
  const made = db.prepare(
    'INSERT INTO topics (name, uid, max_age, max_records) VALUES (?, hex(randomblob(16)), ?, ?) RETURNING id, uid',
  );
  const topic = made.get(name, retention.maxAge ?? null, retention.maxRecords ?? null);
  const id = Number(topic?.['id']);
  const insert = db.prepare('INSERT INTO partitions (topic, partition, first, next) VALUES (?, ?, 0, 0)');
  for (let partition = 0; partition < partitions; partition++) insert.run(id, partition);
  return { id, uid: String(topic?.['uid']), name, partitions, retention };
}

function refuseBadTopic(place: string, name: string, partitions: number, { maxAge, maxRecords }: Retention): void {
  checkTopicName(name);
  if (!Number.isSafeInteger(partitions) || partitions < 1 || partitions > 1000) {
    throw new ConnectorError(
      place,
      `partitions is ${partitions} but must be a whole number from 1 to 1000. Each record lies in one. Pass e.g. 4.`,
    );
  }
  if (maxAge !== undefined && !(maxAge > 0)) {
    throw new ConnectorError(
      place,
      `maxAge is ${maxAge} ms but must be more than 0. Every record would be gone at once. Pass e.g. days(7), or leave it out.`,
    );
  }
  if (maxRecords !== undefined && (!Number.isSafeInteger(maxRecords) || maxRecords < 1)) {
    throw new ConnectorError(
      place,
      `maxRecords is ${maxRecords} but must be a whole number of 1 or more. Every record would be gone at once. Leave it out to keep all.`,
    );
  }
}

/** What the partitions of a topic have, in order. */
export const offsetsOf = (db: DatabaseSync, topic: Topic): readonly PartitionOffsets[] =>
  db
    .prepare('SELECT partition, first, next FROM partitions WHERE topic = ? ORDER BY partition')
    .all(topic.id)
    .map(({ partition, first, next }) => ({
      partition: Number(partition),
      earliest: Number(first),
      latest: Number(next),
    }));

/** Removes what a topic need not keep; returns how many records. */
export function applyRetention(db: DatabaseSync, topic: Topic, now: Timestamp): number {
  const { maxAge, maxRecords } = topic.retention;
  if (maxAge === undefined && maxRecords === undefined) return 0;
  const young = db.prepare(
    'SELECT "offset" AS at FROM records WHERE topic = ? AND partition = ? AND timestamp >= ? ORDER BY "offset" LIMIT 1',
  );
  let removed = 0;
  for (const { partition, earliest, latest } of offsetsOf(db, topic)) {
    const byAge =
      maxAge === undefined ? earliest : Number(young.get(topic.id, partition, now - maxAge)?.['at'] ?? latest);
    const first = Math.max(earliest, byAge, maxRecords === undefined ? 0 : latest - maxRecords);
    if (first === earliest) continue;
    db.prepare('DELETE FROM records WHERE topic = ? AND partition = ? AND "offset" < ?').run(
      topic.id,
      partition,
      first,
    );
    db.prepare('UPDATE partitions SET first = ? WHERE topic = ? AND partition = ?').run(first, topic.id, partition);
    removed += first - earliest;
  }
  return removed;
}
