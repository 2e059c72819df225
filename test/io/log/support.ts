import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { nodeHost } from '../../../host/index.ts';
import { type Log, openLog, type OpenLogOptions } from '../../../io/log/index.ts';
import {
  type Delivery,
  GLOBAL_WINDOW,
  NO_FIRING,
  type SinkContext,
  type Source,
  type SourceBatch,
  type SourceContext,
  type Timestamp,
} from '../../../model/index.ts';

/** A file that is not there yet, in a directory that is removed after the test. */
export function newFile(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'viga-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return path.join(folder, 'events.log');
}

/** An open log that is closed and removed after the test. */
export function newLog(options: OpenLogOptions = {}): Log {
  const log = openLog(newFile(), options);
  onTestFinished(() => log.close());
  return log;
}

/** Writes texts, whose numbers are their timestamps, to one partition. */
export const send = (log: Log, topic: string, texts: readonly string[], partition = 0) =>
  log
    .producer({ topic, valueFormat: 'string' })
    .send(texts.map((value, timestamp) => ({ value, timestamp, partition })));

/** All values of a topic by partition. */
export function contentOf(log: Log, topic: string): readonly (readonly string[])[] {
  return log.offsets(topic).map(({ partition }) =>
    log
      .consumer({ topic, partitions: [partition], valueFormat: 'string' })
      .poll(100_000)
      .map(({ value }) => value),
  );
}

export const sourceContext: SourceContext = {
  host: nodeHost({ seed: 1 }),
  signal: new AbortController().signal,
  step: 'ReadLog',
};

export const sinkContext = (rejected?: unknown[], runId = 'job-a'): SinkContext => ({
  host: nodeHost({ seed: 1 }),
  signal: new AbortController().signal,
  step: 'WriteLog',
  runId,
  reject(element, error) {
    if (rejected === undefined) throw error;
    rejected.push(element);
  },
});

/** What an epoch has, in batches of the given elements. */
export const delivery = <T>(
  epoch: number,
  batches: readonly (readonly T[])[],
  timestamps: Timestamp = 0,
  jobId = 'job-a',
): Delivery<T> => ({
  jobId,
  epoch,
  *batches() {
    for (const values of batches) yield { values, timestamps, windows: [GLOBAL_WINDOW], panes: NO_FIRING };
  },
});

/** Reads what a restriction has now, as a runner does: until the reader is done or asks to be resumed. */
export async function readNow<T, R, P>(source: Source<T, R, P>, restriction?: R) {
  const tracker = source.createTracker(restriction ?? (await source.initialRestriction(undefined, sourceContext)));
  const values: T[] = [];
  const timestamps: number[] = [];
  const coordinates: (string | undefined)[] = [];
  const rejected: { readonly record: unknown; readonly message: string; readonly coordinate: string | undefined }[] =
    [];
  let isIdle = false;
  const result = await source.read(
    undefined,
    tracker,
    {
      emit(batch: SourceBatch<T>) {
        isIdle = false;
        values.push(...batch.values);
        timestamps.push(...(batch.timestamps as Float64Array));
        coordinates.push(...batch.values.map((_, index) => batch.coordinate?.(index)));
      },
      reject: (record, error, coordinate) => rejected.push({ record, message: error.message, coordinate }),
      advanceWatermark: () => undefined,
      setIdle(idle) {
        isIdle = idle;
      },
    },
    sourceContext,
  );
  return { tracker, values, timestamps, coordinates, rejected, result, isIdle };
}
