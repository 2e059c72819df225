import type { DatabaseSync } from 'node:sqlite';
import { type Clock, ConnectorError, type Timestamp } from '../../model/index.ts';
import { checkDatabase, loadSqlite, sqliteError } from '../sqlite-file/index.ts';
import { Consumer, type ConsumerOptions } from './consumer.ts';
import type { LogFormat } from './formats.ts';
import { type CommittedOffset, committedOffsets } from './groups.ts';
import { prepareLog } from './log-file.ts';
import { Producer, type ProducerOptions } from './producer.ts';
import {
  applyRetention,
  findTopic,
  makeTopic,
  offsetsOf,
  type PartitionOffsets,
  placeOf,
  topicNames,
  type TopicOptions,
  topicOf,
} from './topics.ts';

/** How a log is opened. */
export interface OpenLogOptions {
  /** How long, in milliseconds, to wait while another process writes. Default 10 s. */
  readonly lockTimeout?: number;
  /** What tells the time of records without one. Default: the clock of the machine, as SQLite reads it. */
  readonly clock?: Pick<Clock, 'now'>;
}

/** A topic, described. */
export interface TopicDescription {
  readonly name: string;
  readonly partitions: readonly PartitionOffsets[];
}

/**
 * Opens a log, a file with topics that are divided into partitions, to make topics, to write and to look at it. Pipelines
 * read and write it with {@link readLog} and {@link writeLog}; any number of processes may do all of that at once.
 *
 * Its calls are sync: each is a transaction of SQLite, durable when it returns.
 *
 * @throws ConnectorError if the file is another database, or can't be opened.
 * @example
 * import assert from 'node:assert/strict';
 * import { mkdtempSync } from 'node:fs';
 * import { openLog } from 'viga/io/log';
 *
 * const log = openLog(`${mkdtempSync('/tmp/events-')}/events.log`);
 * log.createTopic('clicks', { partitions: 2 });
 * const producer = log.producer({ topic: 'clicks', keyFormat: 'string', valueFormat: 'json' });
 * producer.send([{ key: 'anna', value: { page: '/' }, timestamp: 0 }]);
 * const consumer = log.consumer({ topic: 'clicks', valueFormat: 'json' });
 * assert.deepEqual(consumer.poll().map(({ value, timestamp }) => ({ value, timestamp })), [
 *   { value: { page: '/' }, timestamp: 0 },
 * ]);
 * log.close();
 */
export const openLog = (file: string, options: OpenLogOptions = {}): Log => new Log(file, options);

/** An open log, as {@link openLog} gives it. */
export class Log {
  readonly file: string;
  readonly #db: DatabaseSync;
  readonly #now: () => Timestamp;

  /** @internal */
  constructor(file: string, { lockTimeout = 10_000, clock }: OpenLogOptions) {
    checkDatabase({ database: file });
    this.file = file;
    const { DatabaseSync } = loadSqlite();
    try {
      this.#db = new DatabaseSync(file, { timeout: lockTimeout });
    } catch (error) {
      throw sqliteError(file, error);
    }
    try {
      prepareLog(this.#db, file, true);
    } catch (error) {
      this.#db.close();
      throw sqliteError(file, error);
    }
    const clockOfSqlite = this.#db.prepare(`SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER) AS now`);
    this.#now = clock === undefined ? () => Number(clockOfSqlite.get()?.['now']) : () => clock.now();
  }

  /** Makes a topic. @throws ConnectorError if there is one of that name, or an option is out of range. */
  createTopic(name: string, options: TopicOptions = {}): void {
    this.#transaction(() => {
      if (findTopic(this.#db, name) !== undefined) {
        throw new ConnectorError(
          placeOf(this.file, name),
          'this topic is there already. Its records stay as they are. Use it, or delete it with deleteTopic first.',
        );
      }
      makeTopic(this.#db, this.file, name, options);
    });
  }

  /** Removes a topic with all its records. Who reads it gets an error, also when another is made with its name. */
  deleteTopic(name: string): void {
    this.#transaction(() => {
      const { id } = topicOf(this.#db, this.file, name);
      this.#db.prepare('DELETE FROM topics WHERE id = ?').run(id);
    });
  }

  /** All topics in the order of their names, with what their partitions have. */
  topics(): readonly TopicDescription[] {
    return topicNames(this.#db).map((name) => ({ name, partitions: this.offsets(name) }));
  }

  /** What the partitions of a topic have. */
  offsets(topic: string): readonly PartitionOffsets[] {
    return offsetsOf(this.#db, topicOf(this.#db, this.file, topic));
  }

  /** Writes to a topic, which is made with its first records where it is not there. */
  producer<K extends LogFormat = 'bytes', V extends LogFormat = 'bytes'>(
    options: ProducerOptions<K, V>,
  ): Producer<K, V> {
    return new Producer(this.#parts(), options);
  }

  /** Reads a topic. */
  consumer<K extends LogFormat = 'bytes', V extends LogFormat = 'bytes'>(
    options: ConsumerOptions<K, V>,
  ): Consumer<K, V> {
    return new Consumer(this.#parts(), options);
  }

  /** How far a group is in a topic: information, nothing starts from there by itself. */
  committed(group: string, topic: string): readonly CommittedOffset[] {
    return committedOffsets(this.#db, group, topicOf(this.#db, this.file, topic));
  }

  /** Removes what topics need not keep, and returns how many records; each write does so for its topic too. */
  applyRetention(): number {
    return this.#transaction(() =>
      topicNames(this.#db)
        .map((name) => applyRetention(this.#db, topicOf(this.#db, this.file, name), this.#now()))
        .reduce((sum, removed) => sum + removed, 0),
    );
  }

  close(): void {
    this.#db.close();
  }

  #parts() {
    return {
      db: this.#db,
      file: this.file,
      now: this.#now,
      transaction: <T>(change: () => T): T => this.#transaction(change),
    };
  }

  #transaction<T>(change: () => T): T {
    try {
      this.#db.exec('BEGIN IMMEDIATE');
      const result = change();
      this.#db.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw sqliteError(this.file, error);
    }
  }
}
