import { type BoundedWindow, isIntervalWindow, showValue } from '../../model/index.ts';
import type { PartitionFields } from './partition-path.ts';

const UNITS = ['year', 'month', 'day', 'hour'] as const;

/** How fine directories of time are. */
export type TimeUnit = (typeof UNITS)[number];

/**
 * Partitions by the start of an element's window, in UTC: `year=2020/month=9/day=19/hour=7` for 'hour'; pass it as
 * `partitionBy` of a write. Each element of a window goes to the same directory, whenever it comes.
 *
 * @throws TypeError, when elements are written, for windows without a start.
 */
export function timePartitions(unit: TimeUnit): (element: unknown, window: BoundedWindow) => PartitionFields {
  const units = UNITS.slice(0, UNITS.indexOf(unit) + 1);
  if (units.length === 0) {
    throw new TypeError(
      `timePartitions: ${showValue(unit)} is no unit of time. Directories are named by it. Pass one of ${UNITS.join(', ')}.`,
    );
  }
  return (_element, window) => {
    if (!isIntervalWindow(window)) {
      throw new TypeError(
        'the window has no start. Directories of time are named by it. Call windowInto with fixedWindows, slidingWindows or sessions first.',
      );
    }
    const start = new Date(window.start);
    const fields = {
      year: start.getUTCFullYear(),
      month: start.getUTCMonth() + 1,
      day: start.getUTCDate(),
      hour: start.getUTCHours(),
    };
    return Object.fromEntries(units.map((name) => [name, fields[name]]));
  };
}
