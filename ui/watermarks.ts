import { END_OF_GLOBAL_WINDOW, MIN_TIMESTAMP, type Timestamp } from '../model/index.ts';

/** Whether a watermark is a time: neither before all, nor after. */
export const isWithin = (watermark: Timestamp): boolean =>
  watermark > MIN_TIMESTAMP && watermark < END_OF_GLOBAL_WINDOW;

/** `2020-09-19 19:34:10` in UTC; in words where it is no time. */
export function formatWatermark(watermark: Timestamp): string {
  if (isWithin(watermark)) return new Date(watermark).toISOString().slice(0, 19).replace('T', ' ');
  return watermark <= MIN_TIMESTAMP ? 'not yet' : 'at the end';
}

/** A replay of old events is one whose newest watermark is further than this behind the clock. */
const REPLAY_MS = 24 * 3_600_000;

/** Whether a run is so near to the clock that its distance from it tells something. */
export const isLive = (newest: Timestamp, now: Timestamp): boolean => now - newest < REPLAY_MS;
