import {
  ConnectorError,
  ElementError,
  MAX_TIMESTAMP,
  messageOf,
  MIN_TIMESTAMP,
  NO_FIRING,
  type PaneInfo,
  PipelineError,
  type ReadResult,
  type RestrictionReader,
  type RestrictionTracker,
  showValue,
  type SourceBatch,
  type Timestamp,
} from '../../model/index.ts';
import { type Batch, GLOBAL_ONLY, type Windows } from '../execution/index.ts';

/** A reader as runners see it, its types forgotten. */
export type AnyReader = RestrictionReader<unknown, unknown, unknown, unknown>;

/** Told how much a reader has read, and how much there is. */
export interface ReadProgress {
  read(bytes: number): void;
  /** What is about to be read holds so many bytes; undefined where the reader does not know. */
  expect(bytes: number | undefined): void;
}

/** The element that names what is read, for a splittable DoFn; a source starts from nothing. */
export interface Origin {
  readonly element: unknown;
  readonly timestamp: Timestamp;
  readonly windows: Windows;
  readonly pane: PaneInfo;
}

/** What a source's elements start with. */
export const FROM_NOTHING: Origin = {
  element: undefined,
  timestamp: MIN_TIMESTAMP,
  windows: GLOBAL_ONLY,
  pane: NO_FIRING,
};

/**
 * Takes what a reader hands over for an origin: checked, and its bytes told. Undefined for no elements.
 *
 * @throws ConnectorError for what is no batch of elements.
 */
export function takeBatch(
  step: string,
  source: SourceBatch<unknown>,
  origin: Origin,
  progress: ReadProgress,
): Batch | undefined {
  checkBatch(step, source);
  if (source.bytes !== undefined) progress.read(source.bytes);
  return source.values.length === 0 ? undefined : toBatch(source, origin);
}

function checkBatch(step: string, { values, timestamps }: SourceBatch<unknown>): void {
  if (!Array.isArray(values)) {
    throw new ConnectorError(
      step,
      `its reader gave ${showValue(values)} for values. Elements are handed over in arrays. Emit { values: [...] }.`,
    );
  }
  if (timestamps === undefined) return;
  if (typeof timestamps === 'number') return checkTimestamp(step, timestamps);
  if (!(timestamps instanceof Float64Array) || timestamps.length !== values.length) {
    throw new ConnectorError(
      step,
      `its reader gave ${values.length} values with the timestamps ${showValue(timestamps)}. Each element has one. Emit a number for all, or a Float64Array of as many.`,
    );
  }
  for (const timestamp of timestamps) checkTimestamp(step, timestamp);
}

function checkTimestamp(step: string, timestamp: Timestamp): void {
  if (timestamp >= MIN_TIMESTAMP && timestamp <= MAX_TIMESTAMP) return;
  throw new ConnectorError(
    step,
    `its reader gave the timestamp ${timestamp}. Event time is a number of milliseconds between MIN_TIMESTAMP and MAX_TIMESTAMP. Give e.g. date.getTime().`,
  );
}

function toBatch({ values, timestamps, coordinate }: SourceBatch<unknown>, origin: Origin): Batch {
  const isColumn = timestamps instanceof Float64Array;
  return {
    values,
    length: values.length,
    timestamp: isColumn ? origin.timestamp : (timestamps ?? origin.timestamp),
    timestamps: isColumn ? timestamps : null,
    windows: origin.windows,
    windowsColumn: null,
    pane: origin.pane,
    panes: null,
    coordinate: coordinate ?? null,
  };
}

/**
 * How much a restriction holds, where its reader knows: shares and remaining times are computed from it.
 *
 * @throws PipelineError for a size that is none.
 */
export function sizeOf(step: string, reader: Pick<AnyReader, 'size'>, restriction: unknown): number | undefined {
  const size = reader.size?.(restriction);
  if (size === undefined || size >= 0) return size;
  throw new PipelineError(
    step,
    `the size of what it reads is ${size}. Progress would make no sense. Return a number of 0 or more from size(), or undefined where it is not known.`,
  );
}

/** @throws ConnectorError for parts of a restriction that can't be read one by one. */
export function checkParts(step: string, parts: readonly unknown[]): readonly unknown[] {
  if (Array.isArray(parts)) return parts;
  throw new ConnectorError(
    step,
    `split() of its reader gave ${showValue(parts)}. What it does not give is not read. Return an array of restrictions, [restriction] for one that is not divided.`,
  );
}

/** @throws ConnectorError for what says neither that all is read nor when to go on. */
export function checkResult(step: string, result: ReadResult): ReadResult {
  if (result === undefined) return result;
  const { resumeAfter } = Object(result) as Partial<typeof result>;
  if (typeof resumeAfter === 'number' && resumeAfter >= 0) return result;
  throw new ConnectorError(
    step,
    `read() of its reader gave ${showValue(result)}. It would never be read on. Return nothing when all is read, or e.g. { resumeAfter: seconds(1) }.`,
  );
}

/** @throws ConnectorError for a watermark that is no time. */
export function checkWatermark(step: string, timestamp: Timestamp): Timestamp {
  if (typeof timestamp === 'number' && !Number.isNaN(timestamp)) return timestamp;
  throw new ConnectorError(
    step,
    `its reader advanced the watermark to ${showValue(timestamp)}. Time would stand still. Give a number of milliseconds, e.g. date.getTime().`,
  );
}

/** @throws ElementError for a reader that came back before it had read, or given up, all of its restriction. */
export function checkDone(step: string, element: unknown, tracker: RestrictionTracker<unknown, unknown>): void {
  try {
    tracker.checkDone();
  } catch (error) {
    throw new ElementError(step, element, messageOf(error), { cause: error });
  }
}
