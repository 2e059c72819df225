import type { DatabaseSync, StatementSync } from 'node:sqlite';
import {
  bytes,
  ConnectorError,
  fromBytes,
  list,
  row,
  showValue,
  string,
  type Timestamp,
  toBytes,
} from '../../model/index.ts';
import { OffsetOutOfRangeError } from './errors.ts';
import { partitionOf } from './partitioner.ts';
import { offsetsOf, placeOf, type Topic } from './topics.ts';

/** A name with bytes that travels with a record; names may come more than once. */
export interface LogHeader {
  readonly key: string;
  readonly value: Uint8Array;
}

/** Where a record stands. */
export interface RecordPosition {
  readonly partition: number;
  readonly offset: number;
}

/** A record of a topic. */
export interface LogRecord<out K = Uint8Array, out V = Uint8Array> extends RecordPosition {
  readonly topic: string;
  /** What its producer gave, or else when it was written. */
  readonly timestamp: Timestamp;
  readonly key: K | null;
  readonly value: V;
  readonly headers: readonly LogHeader[];
}

/** A record whose key and value are bytes, before it has a place. */
export interface RawRecord {
  /** Default: told by the key; records without one go to the partitions in turn. */
  readonly partition?: number | undefined;
  readonly timestamp: Timestamp;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array;
  readonly headers?: readonly LogHeader[] | undefined;
}

const HEADERS = list(row({ key: string, value: bytes }));
const NO_HEADERS: readonly LogHeader[] = [];

export const encodeHeaders = (headers: readonly LogHeader[] | undefined): Uint8Array | null =>
  headers === undefined || headers.length === 0 ? null : toBytes(HEADERS, [...headers]);

export const decodeHeaders = (stored: unknown): readonly LogHeader[] =>
  stored instanceof Uint8Array ? fromBytes(HEADERS, stored) : NO_HEADERS;

/** Appends records to a topic, within the transaction that is open; `finish` makes the new ends known. */
export class Appender {
  readonly #file: string;
  readonly #topic: Topic;
  readonly #insert: StatementSync;
  readonly #update: StatementSync;
  readonly #next: number[];
  /** The partition that the next record without key goes to. */
  #turn: number;

  constructor(db: DatabaseSync, file: string, topic: Topic) {
    this.#file = file;
    this.#topic = topic;
    this.#insert = db.prepare('INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?)');
    this.#update = db.prepare('UPDATE partitions SET next = ? WHERE topic = ? AND partition = ?');
    this.#next = offsetsOf(db, topic).map(({ latest }) => latest);
    this.#turn = this.#next.reduce((sum, next) => sum + next, 0);
  }

  append(record: RawRecord): RecordPosition {
    const partition = this.#partitionOf(record);
    const offset = this.#next[partition] ?? 0;
    const { timestamp, key, value } = record;
    if (!Number.isFinite(timestamp)) {
      throw new TypeError(
        `the timestamp of a record is ${showValue(timestamp)}. Its age is told by it. Give milliseconds, or leave it out for now.`,
      );
    }
    this.#insert.run(this.#topic.id, partition, offset, timestamp, key, value, encodeHeaders(record.headers));
    this.#next[partition] = offset + 1;
    return { partition, offset };
  }

  #partitionOf({ partition, key }: RawRecord): number {
    const { length } = this.#next;
    if (partition === undefined) return key === null ? this.#turn++ % length : partitionOf(key, length);
    if (Number.isSafeInteger(partition) && partition >= 0 && partition < length) return partition;
    throw new ConnectorError(
      placeOf(this.#file, this.#topic.name),
      `there is no partition ${partition}. The topic has ${length}, from 0. Leave partition out, and the key tells it.`,
    );
  }

  finish(): void {
    for (const [partition, next] of this.#next.entries()) this.#update.run(next, this.#topic.id, partition);
  }
}

/** A record as it is stored. */
export interface StoredRecord {
  readonly offset: number;
  readonly timestamp: Timestamp;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array;
  readonly headers: Uint8Array | null;
}

/** Which records are asked for. */
export interface Fetch {
  readonly partition: number;
  readonly from: number;
  /** Not including. */
  readonly to: number;
  readonly maxRecords: number;
  readonly maxBytes: number;
}

/** Reads records of a topic in their order. */
export class Fetcher {
  readonly #file: string;
  readonly #topic: Topic;
  readonly #select: StatementSync;
  readonly #ends: StatementSync;

  constructor(db: DatabaseSync, file: string, topic: Topic) {
    this.#file = file;
    this.#topic = topic;
    this.#select = db.prepare(
      `SELECT "offset", timestamp, key, value, headers FROM records
       WHERE topic = ? AND partition = ? AND "offset" >= ? AND "offset" < ? ORDER BY "offset" LIMIT ?`,
    );
    this.#ends = db.prepare('SELECT first, next FROM partitions WHERE topic = ? AND partition = ?');
  }

  /**
   * The records from a position on: at most as many, and about as many bytes, as asked for; none where there are none yet.
   *
   * @throws OffsetOutOfRangeError if the first of them is not there any more, or the position lies behind the end.
   */
  take({ partition, from, to, maxRecords, maxBytes }: Fetch): readonly StoredRecord[] {
    const found: StoredRecord[] = [];
    let size = 0;
    for (const one of this.#select.iterate(this.#topic.id, partition, from, to, maxRecords)) {
      // The columns are those of the statement, and the schema says what they hold.
      const record = one as unknown as StoredRecord;
      if (found.length === 0 && record.offset !== from) break;
      found.push(record);
      size += record.value.length + (record.key?.length ?? 0);
      if (size >= maxBytes) break;
    }
    if (found.length === 0) this.#refuseOutOfRange(partition, from);
    return found;
  }

  /** The offset behind the last record of a partition. */
  latest(partition: number): number {
    return Number(this.#ends.get(this.#topic.id, partition)?.['next'] ?? 0);
  }

  #refuseOutOfRange(partition: number, from: number): void {
    const ends = this.#ends.get(this.#topic.id, partition);
    const first = Number(ends?.['first'] ?? 0);
    const next = Number(ends?.['next'] ?? 0);
    if (from >= first && from <= next) return;
    const place = `${placeOf(this.#file, this.#topic.name)} partition ${partition}`;
    throw new OffsetOutOfRangeError(
      place,
      from < first
        ? `offset ${from} is to be read, and retention has removed all before ${first}. ${first - from} records would be skipped. Keep records longer, or start anew from 'earliest'.`
        : `offset ${from} is to be read, and the log ends at ${next}. It is not the file that was read before, or an older copy of it. Restore the right file, or start anew.`,
    );
  }
}
