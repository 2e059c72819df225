import {
  type Duration,
  type PBegin,
  type PCollection,
  PipelineError,
  type PTransform,
  read,
  type ReadOptions,
  type Source,
  type SourceContext,
  type SourceOutput,
} from '../../model/index.ts';
import { checkDatabase, type SqliteDatabase } from '../sqlite-file/index.ts';
import type { FormatValue, LogFormat } from './formats.ts';
import { LogReader } from './log-reader.ts';
import type { LogRecord, RecordPosition } from './records.ts';
import { type LogRestriction, LogTracker } from './restriction.ts';
import type { StartSpec } from './start.ts';
import { checkTopicName } from './topics.ts';

/** What is read of a log. */
export interface LogReadOptions<K extends LogFormat = LogFormat, V extends LogFormat = LogFormat>
  extends StartSpec,
    Pick<SqliteDatabase, 'lockTimeout'> {
  readonly file: string;
  readonly topic: string;
  /** Default 'bytes'. */
  readonly keyFormat?: K;
  /** Default 'bytes'. */
  readonly valueFormat?: V;
  /**
   * Read up to the ends that partitions have when reading starts, and no further: then the read is bounded. What a job
   * began to read for ever ends, when it is started again with this, where partitions end then.
   * Files that such a job writes are per pane, so say `perPane: true` where they are written if it may be ended so.
   */
  readonly until?: 'end';
  /** Notes under this name, for people, how far the pipeline is. Nothing starts from there. */
  readonly group?: string;
  /** How far behind the latest record of a partition others may come without being late. Default 0. */
  readonly maxOutOfOrder?: Duration;
  /** How long to wait, where all was read, before looking again. Default 100 ms. */
  readonly pollInterval?: Duration;
}

/**
 * Reads a topic of a log: each record with its key, value, timestamp and place.
 *
 * Without `until` the collection is unbounded: what other processes write comes as soon as it is there. Each partition is
 * read on its own and in its order. Records have the timestamps that they were written with, or those of `timestamp`, a
 * function of the record; the watermark of a partition is its highest so far less `maxOutOfOrder`.
 *
 * A job with a state directory goes on behind the records of its last durable epoch. Where retention has removed what is
 * next, it ends with an OffsetOutOfRangeError, never a gap; where the topic was made anew, with a TopicRecreatedError.
 * Records that their format does not have go to `deadLetters`, as bytes, or end the run.
 *
 * @throws PipelineError if options contradict each other.
 * @example
 * import { mkdtempSync } from 'node:fs';
 * import { Pipeline } from 'viga';
 * import { openLog, readLog } from 'viga/io/log';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 *
 * const file = `${mkdtempSync('/tmp/events-')}/events.log`;
 * const log = openLog(file);
 * log.producer({ topic: 'clicks', valueFormat: 'json' }).send([{ value: { page: '/' } }, { value: { page: '/help' } }]);
 * log.close();
 * const p = new Pipeline();
 * const clicks = p.apply(readLog({ file, topic: 'clicks', valueFormat: 'json', until: 'end' }));
 * assertThat(clicks.map(({ offset, value }) => ({ offset, value }))).containsInAnyOrder([
 *   { offset: 0, value: { page: '/' } },
 *   { offset: 1, value: { page: '/help' } },
 * ]);
 * await p.run(directRunner());
 */
export function readLog<const K extends LogFormat = 'bytes', const V extends LogFormat = 'bytes'>(
  spec: LogReadOptions<K, V> & Omit<ReadOptions<LogRecord<FormatValue<K>, FormatValue<V>>>, 'isBounded'>,
): PTransform<PBegin, PCollection<LogRecord<FormatValue<K>, FormatValue<V>>>> {
  const { name = 'ReadLog', deadLetters, timestamp, maxOutOfOrder, maxAhead, until } = spec;
  const options: ReadOptions<LogRecord<FormatValue<K>, FormatValue<V>>> = {
    isBounded: until === 'end',
    ...(deadLetters !== undefined && { deadLetters }),
    ...(timestamp !== undefined && { timestamp, ...(maxOutOfOrder !== undefined && { maxOutOfOrder }) }),
    ...(maxAhead !== undefined && { maxAhead }),
  };
  return { ...read(logSource(spec), options), name };
}

/** The topic as a {@link Source}: what {@link readLog} reads. Positions are offsets by partition. */
export function logSource<K extends LogFormat = 'bytes', V extends LogFormat = 'bytes'>(
  options: LogReadOptions<K, V>,
): Source<LogRecord<FormatValue<K>, FormatValue<V>>, LogRestriction, RecordPosition> {
  const { file, topic, partitions, lockTimeout, until, group, maxOutOfOrder = 0 } = options;
  checkOptions(options);
  const database: SqliteDatabase = { database: file, ...(lockTimeout !== undefined && { lockTimeout }) };
  const reader = new LogReader(options, database);
  return {
    kind: 'source',
    name: 'ReadLog',
    location: `${file}#${topic}`,
    ...(partitions !== undefined && { filter: partitions.toSorted((a, b) => a - b) }),
    replay: 'by-position',
    isLive: until !== 'end',
    watermark: { kind: 'observed', maxOutOfOrder },
    initialRestriction: (_nothing, context) => reader.initialRestriction(context),
    split: ({ uid, ranges }) => ranges.map((range) => ({ uid, ranges: [range] })),
    createTracker: (restriction) => new LogTracker(restriction),
    isBounded: ({ ranges }) => ranges.every(({ to }) => to !== null),
    size: ({ ranges }) =>
      ranges.reduce<number | undefined>(
        (sum, { from, to }) => (sum === undefined || to === null ? undefined : sum + to - from),
        0,
      ),
    // What is not there yet when a job drains is for the next one.
    truncate: (restriction) => (restriction.ranges.every(({ to }) => to !== null) ? restriction : undefined),
    // The trackers that createTracker makes come back; values are of the formats that were asked for.
    read: (_nothing, tracker, output, context) =>
      reader.read(tracker as LogTracker, output as SourceOutput<LogRecord<unknown, unknown>>, context),
    ...(group !== undefined && {
      finalize: (restriction: LogRestriction, context: SourceContext) => reader.finalize(group, restriction, context),
    }),
  };
}

function checkOptions({ file, topic, until, maxOutOfOrder = 0, pollInterval = 1 }: LogReadOptions): void {
  checkDatabase({ database: file });
  checkTopicName(topic);
  const problem =
    until !== undefined && until !== 'end'
      ? `until is ${JSON.stringify(until)} but must be 'end'. Leave it out to read what comes later too`
      : !(maxOutOfOrder >= 0)
        ? `maxOutOfOrder is ${maxOutOfOrder} ms but must be 0 or more. Pass e.g. minutes(1)`
        : !(pollInterval > 0)
          ? `pollInterval is ${pollInterval} ms but must be more than 0. Pass e.g. millis(100)`
          : undefined;
  if (problem !== undefined) throw new PipelineError(undefined, `readLog: ${problem}.`);
}
