import type { DatabaseSync } from 'node:sqlite';
import type { Timestamp } from '../../model/index.ts';
import { type FormatValue, type LogFormat, type Serializer, serializerOf } from './formats.ts';
import { commitOffset } from './groups.ts';
import { decodeHeaders, Fetcher, type LogRecord } from './records.ts';
import { startOffsets, type StartOffset } from './start.ts';
import { placeOf, type Topic, topicOf } from './topics.ts';

/** What a consumer reads. */
export interface ConsumerOptions<K extends LogFormat, V extends LogFormat> {
  readonly topic: string;
  /** Default: all. */
  readonly partitions?: readonly number[];
  /** Default 'earliest'. */
  readonly start?: StartOffset;
  /** Default 'bytes'. */
  readonly keyFormat?: K;
  /** Default 'bytes'. */
  readonly valueFormat?: V;
}

/** What a consumer takes from its log. */
export interface ConsumerLog {
  readonly db: DatabaseSync;
  readonly file: string;
  readonly now: () => Timestamp;
  readonly transaction: <T>(change: () => T) => T;
}

const MAX_BYTES = 16 * 1024 * 1024;

/** Reads records of one topic, as they come. */
export class Consumer<K extends LogFormat, V extends LogFormat> {
  readonly #log: ConsumerLog;
  readonly #topic: Topic;
  readonly #fetcher: Fetcher;
  readonly #key: Serializer;
  readonly #value: Serializer;
  /** By partition, the offset that is read next. */
  readonly #next: Map<number, number>;

  /** @internal */
  constructor(log: ConsumerLog, options: ConsumerOptions<K, V>) {
    const { db, file } = log;
    const place = placeOf(file, options.topic);
    this.#log = log;
    this.#topic = topicOf(db, file, options.topic);
    this.#fetcher = new Fetcher(db, file, this.#topic);
    this.#key = serializerOf(place, options.keyFormat ?? 'bytes');
    this.#value = serializerOf(place, options.valueFormat ?? 'bytes');
    this.#next = new Map(startOffsets(db, file, this.#topic, options).map(({ partition, from }) => [partition, from]));
  }

  /**
   * Up to `maxRecords` records (default 500) that were not given yet, by partition; none if there are none now.
   *
   * @throws OffsetOutOfRangeError if retention has removed what is next; TypeError for bytes that the format does not have.
   */
  poll(maxRecords = 500): readonly LogRecord<FormatValue<K>, FormatValue<V>>[] {
    // The topic may have been deleted, and made again, since.
    topicOf(this.#log.db, this.#log.file, this.#topic.name, this.#topic.uid);
    const records: LogRecord<FormatValue<K>, FormatValue<V>>[] = [];
    for (const [partition, from] of this.#next) {
      const wanted = maxRecords - records.length;
      if (wanted <= 0) break;
      const found = this.#fetcher.take({
        partition,
        from,
        to: Number.MAX_SAFE_INTEGER,
        maxRecords: wanted,
        maxBytes: MAX_BYTES,
      });
      for (const { offset, timestamp, key, value, headers } of found) {
        records.push({
          topic: this.#topic.name,
          partition,
          offset,
          timestamp,
          // What a serializer gives is of its format.
          key: key === null ? null : (this.#key.deserialize(key) as FormatValue<K>),
          value: this.#value.deserialize(value) as FormatValue<V>,
          headers: decodeHeaders(headers),
        });
      }
      this.#next.set(partition, from + found.length);
    }
    return records;
  }

  /** Notes for people, under the name of a group, how far this consumer is. Nothing starts from there by itself. */
  commit(group: string): void {
    const { db, now, transaction } = this.#log;
    transaction(() => {
      for (const [partition, next] of this.#next)
        commitOffset(db, { group, topic: this.#topic.id, partition }, next, now());
    });
  }
}
