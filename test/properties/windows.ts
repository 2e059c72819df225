import {
  type BoundedWindow,
  customWindows,
  fixedWindows,
  globalWindows,
  interval,
  type IntervalWindow,
  sessions,
  slidingWindows,
} from '../../index.ts';
import type { AnyWindowFn } from '../../model/index.ts';
import * as fn from './functions.ts';
import type { WindowKind } from './graphs.ts';

/** Any of the window functions, the type of its windows forgotten. */
export const window = (kind: WindowKind): AnyWindowFn => {
  switch (kind) {
    case 'global':
      return globalWindows();
    case 'fixed':
      return fixedWindows(fn.FIXED);
    case 'sliding':
      return slidingWindows(fn.SLIDING);
    case 'sessions':
      return sessions({ gap: fn.GAP });
    case 'buckets':
      return customWindows({
        name: 'Buckets',
        assign(timestamp) {
          const n = Math.floor(timestamp / fn.BUCKET);
          return (n % 2 === 0 ? [n, n + 1] : [n]).map((i) => ({ maxTimestamp: (i + 1) * fn.BUCKET - 1, bucket: i }));
        },
      });
    case 'merging':
      return customWindows<IntervalWindow, number>({
        name: 'Merging',
        assign: (timestamp) => [interval(timestamp, timestamp + fn.sessionLength(timestamp))],
        merge: mergeSorted,
      });
    default:
      return kind satisfies never;
  }
};

/** Relies on what merge is promised: its windows are sorted by their starts. */
function mergeSorted(windows: readonly IntervalWindow[]) {
  const merges: { merged: IntervalWindow[]; result: IntervalWindow }[] = [];
  for (const one of windows) {
    const last = merges.at(-1);
    if (last === undefined || one.start >= last.result.end) merges.push({ merged: [one], result: one });
    else {
      last.merged.push(one);
      last.result = interval(last.result.start, Math.max(last.result.end, one.end));
    }
  }
  return merges.filter(({ merged }) => merged.length > 1);
}

/** The name that the naive evaluator gives to a window. */
export function nameOf(w: BoundedWindow): string {
  if ('bucket' in w) return `b${w.bucket}`;
  if ('start' in w && 'end' in w) return `${w.start},${w.end}`;
  return 'global';
}
