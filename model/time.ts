/** An instant in event time or processing time, in milliseconds since 1970-01-01T00:00:00Z. */
export type Timestamp = number;

/** A span of time in milliseconds. */
export type Duration = number;

/**
 * The lowest timestamp: what an element has whose source gave none.
 *
 * Beam's own lowest instant does not fit a double exactly, so Viga uses the range of JavaScript's `Date`, which every
 * timestamp can be shown as. Only the portable runner knows the 64-bit forms. Never do arithmetic with it.
 */
export const MIN_TIMESTAMP: Timestamp = -8.64e15;

/** The highest timestamp: where a watermark stands when no element can come any more. Never do arithmetic with it. */
export const MAX_TIMESTAMP: Timestamp = 8.64e15;

/**
 * The last instant of the global window, one day before {@link MAX_TIMESTAMP} as in Beam.
 *
 * The day between lets a watermark pass the end of the global window before it reaches its highest value.
 */
export const END_OF_GLOBAL_WINDOW: Timestamp = MAX_TIMESTAMP - 86_400_000;

/** A duration of `n` milliseconds. */
export const millis = (n: number): Duration => n;

/** A duration of `n` seconds. */
export const seconds = (n: number): Duration => n * 1_000;

/** A duration of `n` minutes. */
export const minutes = (n: number): Duration => n * 60_000;

/** A duration of `n` hours. */
export const hours = (n: number): Duration => n * 3_600_000;

/** A duration of `n` days of 24 hours. */
export const days = (n: number): Duration => n * 86_400_000;

const UNITS: Readonly<Record<string, Duration>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Reads a duration such as `'90s'`, `'5m'`, `'1h30m'` or `'250ms'`.
 *
 * @throws RangeError when the text is not a sequence of numbers with one of the units ms, s, m, h, d.
 * @example
 * import assert from 'node:assert/strict';
 * import { parseDuration, minutes } from 'viga';
 * assert.equal(parseDuration('1h30m'), minutes(90));
 */
export function parseDuration(text: string): Duration {
  const parts = [...text.trim().matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)];
  if (parts.length === 0 || parts.map((part) => part[0]).join('') !== text.trim()) {
    throw new RangeError(
      `'${text}' is not a duration. Durations are numbers with a unit (ms, s, m, h, d). Write e.g. '90s', '5m' or '1h30m'.`,
    );
  }
  return parts.reduce((total, part) => total + Number(part[1]) * (UNITS[part[2] ?? ''] ?? 0), 0);
}

/** Shows a timestamp for people: ISO form, or the name of one of the three special instants. */
export function formatTimestamp(timestamp: Timestamp): string {
  if (timestamp <= MIN_TIMESTAMP) return 'MIN';
  if (timestamp >= MAX_TIMESTAMP) return 'MAX';
  if (timestamp === END_OF_GLOBAL_WINDOW) return 'end of the global window';
  // Messages about a wrong timestamp show it too.
  return Number.isNaN(timestamp) ? 'NaN' : new Date(timestamp).toISOString();
}
