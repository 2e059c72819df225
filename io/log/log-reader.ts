import {
  ConnectorError,
  ElementError,
  type ReadResult,
  type SourceContext,
  type SourceOutput,
} from '../../model/index.ts';
import { inTransaction, patiently, type SqliteDatabase, sqliteError } from '../sqlite-file/index.ts';
import { type Serializer, serializerOf } from './formats.ts';
import { commitOffset } from './groups.ts';
import { openLogFile } from './log-file.ts';
import type { LogReadOptions } from './read.ts';
import { decodeHeaders, Fetcher, type LogRecord, type RecordPosition, type StoredRecord } from './records.ts';
import type { LogRestriction, LogTracker, Reach } from './restriction.ts';
import { startOffsets } from './start.ts';
import { offsetsOf, type PartitionOffsets, placeOf, topicOf } from './topics.ts';

/** How many records, and about how many bytes, are handed over together. */
const MAX_RECORDS = 1_000;
const MAX_BYTES = 1024 * 1024;

/** Finds, reads and notes what a step reads of a topic. */
export class LogReader {
  readonly #options: LogReadOptions;
  readonly #database: SqliteDatabase;
  readonly #place: string;
  readonly #key: Serializer;
  readonly #value: Serializer;

  constructor(options: LogReadOptions, database: SqliteDatabase) {
    this.#options = options;
    this.#database = database;
    this.#place = placeOf(options.file, options.topic);
    this.#key = serializerOf(this.#place, options.keyFormat ?? 'bytes');
    this.#value = serializerOf(this.#place, options.valueFormat ?? 'bytes');
  }

  async initialRestriction(context: SourceContext): Promise<LogRestriction> {
    const { file, topic: name, until } = this.#options;
    const db = await openLogFile(this.#database, context, { readOnly: true });
    try {
      return await patiently(this.#database, context, () => {
        const topic = topicOf(db, file, name);
        const ranges = startOffsets(db, file, topic, this.#options).map(({ partition, from, latest }) => ({
          partition,
          from,
          to: until === 'end' ? latest : null,
        }));
        return { uid: topic.uid, ranges };
      });
    } finally {
      db.close();
    }
  }

  async read(
    tracker: LogTracker,
    output: SourceOutput<LogRecord<unknown, unknown>>,
    context: SourceContext,
  ): Promise<ReadResult> {
    const { file, topic: name, pollInterval = 100, until } = this.#options;
    const db = await openLogFile(this.#database, context, { readOnly: true });
    try {
      const topic = await patiently(this.#database, context, () => topicOf(db, file, name, tracker.uid));
      // A job that went on for ever may be told, when it is started again, to end.
      if (until === 'end') await patiently(this.#database, context, () => endNow(tracker, offsetsOf(db, topic)));
      const fetcher = new Fetcher(db, file, topic);
      while (await this.#readOnce(fetcher, tracker, output, context));
    } catch (error) {
      throw sqliteError(this.#place, error);
    } finally {
      db.close();
    }
    if (tracker.isDone) return undefined;
    output.setIdle(true);
    return { resumeAfter: pollInterval };
  }

  /** Hands over what each partition has next; returns whether there was anything. */
  async #readOnce(
    fetcher: Fetcher,
    tracker: LogTracker,
    output: SourceOutput<LogRecord<unknown, unknown>>,
    context: SourceContext,
  ): Promise<boolean> {
    let isAnything = false;
    for (const reach of tracker.reaches()) {
      context.signal.throwIfAborted();
      const fetched = await patiently(this.#database, context, () => this.#fetch(fetcher, tracker, reach));
      const last = fetched.at(-1);
      if (last === undefined) continue;
      isAnything = true;
      // A split may have given the end of it away while a lock was waited for: then it is fetched anew up to there.
      if (!tracker.tryClaim({ partition: reach.partition, offset: last.offset })) continue;
      await this.#handOver(reach.partition, fetched, output, context.step);
    }
    return isAnything;
  }

  #fetch(fetcher: Fetcher, tracker: LogTracker, { partition, from, to }: Reach): readonly StoredRecord[] {
    const fetched = fetcher.take({ partition, from, to, maxRecords: MAX_RECORDS, maxBytes: MAX_BYTES });
    if (fetched.length > 0) tracker.seeLatest(partition, fetcher.latest(partition));
    return fetched;
  }

  async #handOver(
    partition: number,
    fetched: readonly StoredRecord[],
    output: SourceOutput<LogRecord<unknown, unknown>>,
    step: string,
  ): Promise<void> {
    const values: LogRecord<unknown, unknown>[] = [];
    let bytes = 0;
    for (const stored of fetched) {
      bytes += stored.value.length + (stored.key?.length ?? 0);
      try {
        values.push(this.#recordOf(partition, stored));
      } catch (cause) {
        const coordinate = this.#coordinate({ partition, offset: stored.offset });
        const { key, value } = stored;
        const error = new ElementError(step, { key, value }, `${coordinate}: ${(cause as Error).message}`, {
          cause,
          coordinate,
        });
        output.reject({ key, value }, error, coordinate);
      }
    }
    await output.emit({
      values,
      timestamps: Float64Array.from(values, ({ timestamp }) => timestamp),
      bytes,
      coordinate: (index) => this.#coordinate(values[index] as RecordPosition), // of an index of the batch
    });
  }

  #recordOf(partition: number, stored: StoredRecord): LogRecord<unknown, unknown> {
    const { offset, timestamp, key, value, headers } = stored;
    return {
      topic: this.#options.topic,
      partition,
      offset,
      timestamp,
      key: key === null ? null : this.#key.deserialize(key),
      value: this.#value.deserialize(value),
      headers: decodeHeaders(headers),
    };
  }

  #coordinate({ partition, offset }: RecordPosition): string {
    return `${this.#place} partition ${partition} offset ${offset}`;
  }

  /** Notes where the job would begin again: all before that is durable in it. */
  async finalize(group: string, { uid, ranges }: LogRestriction, context: SourceContext): Promise<void> {
    const { file, topic: name } = this.#options;
    const db = await openLogFile(this.#database, context);
    try {
      await inTransaction(db, this.#database, context, () => {
        const topic = topicOf(db, file, name, uid);
        const now = context.host.clock.now();
        for (const { partition, from } of ranges) {
          commitOffset(db, { group, topic: topic.id, partition }, from, now);
        }
      });
    } catch (error) {
      throw error instanceof ConnectorError ? error : sqliteError(this.#place, error);
    } finally {
      db.close();
    }
  }
}

function endNow(tracker: LogTracker, partitions: readonly PartitionOffsets[]): void {
  const latest = new Map(partitions.map((one) => [one.partition, one.latest]));
  for (const { partition } of tracker.reaches()) tracker.endAt(partition, latest.get(partition) ?? 0);
}
