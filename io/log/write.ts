import type { DatabaseSync } from 'node:sqlite';
import {
  ConnectorError,
  type Delivery,
  type PCollection,
  type PDone,
  type PTransform,
  type Sink,
  type SinkContext,
  type Timestamp,
  write,
  type WriteOptions,
} from '../../model/index.ts';
import {
  checkDatabase,
  EpochGuard,
  inTransaction,
  lastEpoch,
  type LedgerKey,
  patiently,
  type SqliteDatabase,
  sqliteError,
} from '../sqlite-file/index.ts';
import type { FormatValue, LogFormat } from './formats.ts';
import { openLogFile } from './log-file.ts';
import { topicForWrite } from './producer.ts';
import { RecordMaker } from './record-maker.ts';
import { Appender, type LogHeader, type RawRecord } from './records.ts';
import { type Committable, StageWriter, stagedRecords } from './stage.ts';
import { applyRetention, checkTopicName, placeOf, type TopicOptions } from './topics.ts';

/** Where elements are written, and what their records are. */
export interface LogWriteOptions<T, K extends LogFormat = LogFormat, V extends LogFormat = LogFormat>
  extends TopicOptions,
    Pick<SqliteDatabase, 'lockTimeout'> {
  readonly file: string;
  /** Made with `partitions` and `retention` by the first write, where it is not there. */
  readonly topic: string;
  /** Records with equal keys go to the same partition, in their order. Default: none. */
  readonly key?: (element: T) => FormatValue<K> | null | undefined;
  /** Default: the element itself, which `valueFormat` must then take. */
  readonly value?: (element: T) => FormatValue<V>;
  /** Default: the element's timestamp, or now where it has none. */
  readonly timestamp?: (element: T, timestamp: Timestamp) => Timestamp;
  /** Default: told by the key. */
  readonly partition?: (element: T) => number;
  readonly headers?: (element: T) => readonly LogHeader[];
  /** Default 'bytes'. */
  readonly keyFormat?: K;
  /** Default 'bytes'. */
  readonly valueFormat?: V;
}

/** The options of a write, the types of its formats forgotten. */
export type AnyWriteOptions<T> = Omit<LogWriteOptions<T>, 'key' | 'value'> & {
  readonly key?: (element: T) => unknown;
  readonly value?: (element: T) => unknown;
};

/**
 * Writes elements as records of a topic of a log.
 *
 * Records appear all at once: those of a run when it has succeeded, those of a job with a state directory epoch by epoch,
 * after each is durable. An entry in the table `_viga_ledger`, in the same transaction, makes a repeated write change
 * nothing, so each record is there exactly once. Elements that can't be records go to `deadLetters`, or end the run.
 *
 * @throws PipelineError if options contradict each other.
 * @example
 * import assert from 'node:assert/strict';
 * import { mkdtempSync } from 'node:fs';
 * import { create, Pipeline } from 'viga';
 * import { openLog, writeLog } from 'viga/io/log';
 * import { directRunner } from 'viga/runners/direct';
 *
 * const file = `${mkdtempSync('/tmp/events-')}/events.log`;
 * const p = new Pipeline();
 * p.apply(create([{ user: 'anna', page: '/' }])).apply(
 *   writeLog({ file, topic: 'clicks', keyFormat: 'string', valueFormat: 'json', key: ({ user }) => user }),
 * );
 * await p.run(directRunner());
 * const consumer = openLog(file).consumer({ topic: 'clicks', keyFormat: 'string', valueFormat: 'json' });
 * assert.deepEqual(consumer.poll().map(({ key, value }) => ({ key, value })), [
 *   { key: 'anna', value: { user: 'anna', page: '/' } },
 * ]);
 */
export function writeLog<T, const K extends LogFormat = 'bytes', const V extends LogFormat = 'bytes'>(
  spec: LogWriteOptions<T, K, V> & WriteOptions<T>,
): PTransform<PCollection<T>, PDone> {
  const { name = 'WriteLog', deadLetters } = spec;
  const options = deadLetters === undefined ? {} : { deadLetters };
  return { ...write<T, Committable>(logSink(spec), options), name };
}

/** The sink behind {@link writeLog}. */
export function logSink<T>(options: AnyWriteOptions<T>): Sink<T, Committable> {
  const { file, topic, lockTimeout } = options;
  checkDatabase({ database: file });
  checkTopicName(topic);
  const writer = new LogWriter(options, { database: file, ...(lockTimeout !== undefined && { lockTimeout }) });
  return {
    kind: 'sink',
    name: 'WriteLog',
    guarantee: 'transactional',
    location: `${file}#${topic}`,
    open: async (context) => new StageWriter(writer.maker, context),
    commit: (staged, context) => writer.commit(staged, context),
    deliver: (delivery, context) => writer.deliver(delivery, context),
    delivered: (jobId, context) => writer.delivered(jobId, context),
  };
}

/** Stages have no order among each other. */
const STAGE_EPOCH = 0;

class LogWriter<T> {
  readonly maker: RecordMaker<T>;
  readonly #options: AnyWriteOptions<T>;
  readonly #database: SqliteDatabase;
  readonly #place: string;
  readonly #guard = new EpochGuard();

  constructor(options: AnyWriteOptions<T>, database: SqliteDatabase) {
    this.#options = options;
    this.#database = database;
    this.#place = placeOf(options.file, options.topic);
    this.maker = new RecordMaker(options, this.#place);
  }

  /** Appends staged records; what the ledger has already is not appended again. */
  async commit({ stage, directory, runId, step }: Committable, context: SinkContext): Promise<void> {
    const key = { jobId: runId, step, stage };
    await this.#inLog(context, async (db) => {
      const isThere = (await context.host.disk.stat(stage)) !== undefined;
      if (isThere) {
        await this.#append(db, key, STAGE_EPOCH, stagedRecords(stage), context);
      } else if ((await patiently(this.#database, context, () => lastEpoch(db, key))) === undefined) {
        throw new ConnectorError(
          this.#place,
          `the records staged in ${stage} are gone, and the log does not have them. They were removed between the run and its commit. Run again.`,
        );
      }
    });
    await context.host.disk.remove(directory);
  }

  async deliver(delivery: Delivery<T>, context: SinkContext): Promise<void> {
    const key = { jobId: delivery.jobId, step: context.step };
    const records = this.#recordsOf(delivery, context);
    await this.#inLog(context, (db) => this.#append(db, key, delivery.epoch, records, context));
  }

  *#recordsOf(delivery: Delivery<T>, context: SinkContext): Generator<RawRecord, void, undefined> {
    for (const batch of delivery.batches()) yield* this.maker.records(batch, context);
  }

  async delivered(jobId: string, context: SinkContext): Promise<number | undefined> {
    if ((await context.host.disk.stat(this.#options.file)) === undefined) return undefined;
    return this.#inLog(context, (db) =>
      patiently(this.#database, context, () => this.#guard.find(db, { jobId, step: context.step })),
    );
  }

  async #inLog<R>(context: SinkContext, use: (db: DatabaseSync) => Promise<R>): Promise<R> {
    const db = await openLogFile(this.#database, context, { creates: true });
    try {
      return await use(db);
    } catch (error) {
      throw sqliteError(this.#place, error);
    } finally {
      db.close();
    }
  }

  /** Appends the records of an epoch together with the row of the ledger that says so. */
  #append(
    db: DatabaseSync,
    key: LedgerKey,
    epoch: number,
    records: Iterable<RawRecord>,
    context: SinkContext,
  ): Promise<void> {
    const { file, topic: name } = this.#options;
    return inTransaction(db, this.#database, context, () => {
      if (this.#guard.has(db, this.#place, key, epoch)) return;
      const now = context.host.clock.now();
      const topic = topicForWrite(db, file, name, this.#options);
      const appender = new Appender(db, file, topic);
      let rows = 0;
      for (const record of records) {
        appender.append(record);
        rows++;
      }
      appender.finish();
      this.#guard.enter(db, key, { epoch, rows, now });
      applyRetention(db, topic, now);
    });
  }
}
