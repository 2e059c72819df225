import type { DatabaseSync } from 'node:sqlite';
import type { Timestamp } from '../../model/index.ts';
import { type FormatValue, type LogFormat, type Serializer, serializerOf } from './formats.ts';
import { Appender, type LogHeader, type RecordPosition } from './records.ts';
import {
  applyRetention,
  checkTopicName,
  findTopic,
  makeTopic,
  placeOf,
  type Topic,
  type TopicOptions,
} from './topics.ts';

/** What a producer writes, and where. */
export interface ProducerOptions<K extends LogFormat, V extends LogFormat> extends TopicOptions {
  readonly topic: string;
  /** Default 'bytes'. */
  readonly keyFormat?: K;
  /** Default 'bytes'. */
  readonly valueFormat?: V;
}

/** A record to be written. */
export interface ProducerRecord<out K, out V> {
  /** Records with equal keys go to the same partition; those without one to the partitions in turn. */
  readonly key?: K | null;
  readonly value: V;
  /** In milliseconds. Default: now. */
  readonly timestamp?: Timestamp;
  /** Default: told by the key. */
  readonly partition?: number;
  readonly headers?: readonly LogHeader[];
}

/** What a producer takes from its log. */
export interface ProducerLog {
  readonly db: DatabaseSync;
  readonly file: string;
  readonly now: () => Timestamp;
  /** Runs a change as one transaction. */
  readonly transaction: <T>(change: () => T) => T;
}

/** The topic of a write; made with its options where it is not there. Within the transaction that is open. */
export const topicForWrite = (db: DatabaseSync, file: string, name: string, options: TopicOptions): Topic =>
  findTopic(db, name) ?? makeTopic(db, file, name, options);

/** Writes records to one topic. */
export class Producer<K extends LogFormat, V extends LogFormat> {
  readonly #log: ProducerLog;
  readonly #options: ProducerOptions<K, V>;
  readonly #key: Serializer;
  readonly #value: Serializer;

  /** @internal */
  constructor(log: ProducerLog, options: ProducerOptions<K, V>) {
    checkTopicName(options.topic);
    const place = placeOf(log.file, options.topic);
    this.#log = log;
    this.#options = options;
    this.#key = serializerOf(place, options.keyFormat ?? 'bytes');
    this.#value = serializerOf(place, options.valueFormat ?? 'bytes');
  }

  /**
   * Writes records in one transaction: all are durable when it returns, or none is there. Gives their places.
   *
   * @throws TypeError for a key or value that its format does not take.
   */
  send(records: readonly ProducerRecord<FormatValue<K>, FormatValue<V>>[]): readonly RecordPosition[] {
    const { db, file, now, transaction } = this.#log;
    const { topic: name, partitions, retention } = this.#options;
    const options = { ...(partitions !== undefined && { partitions }), ...(retention && { retention }) };
    return transaction(() => {
      const topic = topicForWrite(db, file, name, options);
      const appender = new Appender(db, file, topic);
      const written = now();
      const positions = records.map(({ key, value, timestamp = written, partition, headers }) =>
        appender.append({
          partition,
          timestamp,
          key: key === undefined || key === null ? null : this.#key.serialize(key),
          value: this.#value.serialize(value),
          headers,
        }),
      );
      appender.finish();
      applyRetention(db, topic, written);
      return positions;
    });
  }
}
