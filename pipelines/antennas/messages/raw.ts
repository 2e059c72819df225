import {
  afterProcessingTime,
  afterWatermark,
  days,
  type DeadLetter,
  type Duration,
  fixedWindows,
  type PBegin,
  type PCollection,
  type PTransform,
  ptransform,
  seconds,
  type Timestamp,
} from 'viga';
import { column, type ParquetCondition, readParquet, writeParquet } from 'viga/io/parquet';
import { eventTimeOf, type Message, messageOf } from './message.ts';

const columns = {
  bytes: column.int64(),
  timestamp: column.int64(),
  app: column.string(),
  id: column.string(),
  antenna_id: column.string(),
};

const partitions = { year: column.int32(), month: column.int32(), day: column.int32(), hour: column.int32() };

/**
 * How late a message may be and still be kept: later than it may be and count in streaming, as batch is there to count it
 * then.
 */
const KEPT_FOR = days(30);

/** How long messages that are late wait for others, as each pane is a file. */
const LATE_TOGETHER = seconds(10);

/**
 * Writes messages as they came, a file for each window (and, in streaming, for what a while brought late to it) below
 * `year=2020/month=9/day=19/hour=19/`, in UTC.
 */
export function writeRaw(folder: string, window: Duration): PTransform<PCollection<Message>, void> {
  return ptransform('WriteRaw', (messages: PCollection<Message>) => {
    messages
      .windowInto(fixedWindows({ size: window }), {
        trigger: afterWatermark({ late: afterProcessingTime({ delay: LATE_TOGETHER }) }),
        // A file that is published never changes: what comes late to a window has a file of its own.
        accumulationMode: 'discarding',
        allowedLateness: KEPT_FOR,
      })
      .map(withHour)
      .apply(
        writeParquet({
          files: `${folder}/{partition}/{window}.parquet`,
          columns,
          partitionBy: ['year', 'month', 'day', 'hour'],
        }),
      );
  });
}

function withHour(message: Message) {
  const { bytes, timestamp, app, id, antenna_id } = message;
  return {
    bytes: BigInt(bytes),
    timestamp: BigInt(timestamp),
    app,
    id,
    antenna_id,
    ...partitionOf(eventTimeOf(message)),
  };
}

function partitionOf(timestamp: Timestamp) {
  const date = new Date(timestamp);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
  };
}

/** Reads what {@link writeRaw} wrote; where there are hours, of files of others only their ends. */
export function readRaw(
  folder: string,
  hours: readonly Timestamp[],
  deadLetters: (failed: PCollection<DeadLetter<unknown>>) => unknown,
): PTransform<PBegin, PCollection<Message>> {
  const files = `${folder}/**/*.parquet`;
  const read =
    hours.length === 0
      ? readParquet({ files, columns })
      : readParquet({ files, columns: { ...columns, ...partitions }, filter: conditionsOf(hours) });
  return ptransform('ReadRaw', (pipeline: PBegin) =>
    pipeline
      .apply(read)
      .map(
        ({ bytes, timestamp, ...names }) => messageOf({ ...names, bytes: Number(bytes), timestamp: Number(timestamp) }),
        { name: 'Check', deadLetters },
      )
      .withTimestamps(eventTimeOf),
  );
}

function conditionsOf(hours: readonly Timestamp[]): readonly ParquetCondition[] {
  const parts = hours.map(partitionOf);
  const fields = ['year', 'month', 'day', 'hour'] as const;
  return fields.map((field) => ({ column: field, op: 'in', value: [...new Set(parts.map((part) => part[field]))] }));
}
