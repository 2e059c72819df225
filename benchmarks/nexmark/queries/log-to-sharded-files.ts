import {
  afterAny,
  afterCount,
  afterEach,
  afterProcessingTime,
  afterWatermark,
  counter,
  days,
  fixedWindows,
  formatTimestamp,
  kv,
  orFinally,
  type PaneTiming,
  type PCollection,
  repeatedly,
  seconds,
  type Trigger,
} from 'viga';
import { writeFiles, type WriteFormat } from 'viga/io/files';
import { writeText } from 'viga/io/text';
import type { Configuration } from '../configuration.ts';
import type { Event } from '../events.ts';
import type { NexmarkQuery } from '../query.ts';

/** The events of one pane of a shard, as lines. */
interface LogFile {
  readonly shard: string;
  readonly maxTimestamp: number;
  readonly index: number;
  readonly timing: PaneTiming;
  readonly lines: readonly string[];
}

/** What a log file holds, in all. */
export interface LogTotals {
  readonly events: number;
  readonly bytes: number;
}

const SHARDS_PER_WORKER = 5;
const LATE_BATCHING_PERIOD = seconds(10);

// No event of the benchmark is late, so no pane should be; and an early one is full.
export const panesOf = {
  EARLY: counter('nexmark', 'earlyPanes'),
  ON_TIME: counter('nexmark', 'onTimePanes'),
  LATE: counter('nexmark', 'unexpectedLatePanes'),
  UNKNOWN: counter('nexmark', 'unexpectedUnknownPanes'),
};
export const smallEarlyPanes = counter('nexmark', 'unexpectedSmallEarlyPanes');

/** Each time a file is full, and at the end of the window; then for what is late, when it is full or has waited. */
const fullOrOver = (maxLogEvents: number): Trigger =>
  afterEach(
    orFinally(repeatedly(afterCount(maxLogEvents)), afterWatermark()),
    repeatedly(afterAny(afterCount(maxLogEvents), afterProcessingTime({ delay: LATE_BATCHING_PERIOD }))),
  );

/** Query 10: all events in files, divided by window and shard, with an index of each window's files. */
export const logToShardedFiles: NexmarkQuery<LogTotals, LogTotals> = {
  number: 10,
  name: 'LOG_TO_SHARDED_FILES',
  expand(events, { configuration, folder }) {
    const files = logFiles(events, configuration);
    if (folder !== undefined) {
      files.apply(
        writeFiles(logFormat, {
          name: 'WriteLogs',
          files: `${folder}/logs/{partition}/{window}.jsonl`,
          partitionBy: ({ shard, index, timing }) => ({ shard, pane: `${index}-${timing}` }),
          perPane: true,
        }),
      );
      files
        .map(indexLine)
        .windowInto(fixedWindows({ size: seconds(configuration.windowSizeSec) }), { allowedLateness: days(1) })
        .apply(writeText({ name: 'WriteIndex', files: `${folder}/index/{window}.txt`, perPane: true }));
    }
    return files.map(totalsOf);
  },
  facts: (results) => [total(results.map(({ value }) => value))],
  model: (events) => [total([totalsOf({ lines: events.map(lineOf) })])],
  weigh: ({ events, bytes }) => events + bytes,
};

function logFiles(events: PCollection<Event>, configuration: Configuration): PCollection<LogFile> {
  const { windowSizeSec, maxLogEvents } = configuration;
  return events
    .map((event) => keyByShard(lineOf(event)))
    .windowInto(fixedWindows({ size: seconds(windowSizeSec) }), {
      trigger: fullOrOver(maxLogEvents),
      accumulationMode: 'discarding',
      // So long that a watermark that is held by mistake is noticed.
      allowedLateness: days(1),
    })
    .groupByKey()
    .map(
      ({ key: shard, value: lines }, { window: { maxTimestamp }, pane: { index, timing } }): LogFile => {
        const file = { shard, maxTimestamp, index, timing, lines: [...lines] };
        panesOf[timing].inc();
        if (timing === 'EARLY' && file.lines.length < maxLogEvents) smallEarlyPanes.inc();
        return file;
      },
      { name: 'LogFile' },
    );
}

const lineOf = (event: Event): string => JSON.stringify(event);

/** By content, so that an event goes to the same shard in every run. */
function keyByShard(line: string) {
  let hash = 0;
  for (let i = 0; i < line.length; i++) hash = (Math.imul(hash, 31) + line.charCodeAt(i)) | 0;
  const digits = (n: number): string => String(n).padStart(5, '0');
  return kv(`shard-${digits(Math.abs(hash) % SHARDS_PER_WORKER)}-of-${digits(SHARDS_PER_WORKER)}`, line);
}

/** A file is one element, so that what comes out of a pane stays together. */
const logFormat: WriteFormat<LogFile> = {
  name: 'WriteLogs',
  extension: '.jsonl',
  open: (out) => ({
    write: (files) => out.write(Buffer.from(files.flatMap(({ lines }) => lines.map((line) => `${line}\n`)).join(''))),
    close: () => undefined,
  }),
};

const indexLine = ({ maxTimestamp, shard, index, timing, lines }: LogFile): string =>
  [formatTimestamp(maxTimestamp), shard, index, timing, lines.length].join(' ');

const totalsOf = ({ lines }: Pick<LogFile, 'lines'>): LogTotals => ({
  events: lines.length,
  bytes: lines.reduce((sum, line) => sum + line.length, 0),
});

const total = (all: readonly LogTotals[]): LogTotals => ({
  events: all.reduce((sum, { events }) => sum + events, 0),
  bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
});
