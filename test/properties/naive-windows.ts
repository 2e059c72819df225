// Windows and groupings by the model's definition, for naive.ts.
import { BUCKET, FIXED, GAP, sessionLength, SLIDING } from './functions.ts';
import type { Windowing, WindowKind } from './graphs.ts';

const END_OF_GLOBAL = 8.64e15 - 86_400_000;

/** A window: its name tells it from others. */
export interface NaiveWindow {
  readonly name: string;
  readonly start: number;
  readonly max: number;
}

/** An element: in several windows at once, until a step asks for its window. */
export interface Element {
  readonly value: number;
  readonly timestamp: number;
  readonly windows: readonly NaiveWindow[];
  readonly pane: 'UNKNOWN' | 'ON_TIME';
}

export const GLOBAL: NaiveWindow = { name: 'global', start: Number.NEGATIVE_INFINITY, max: END_OF_GLOBAL };
const between = (start: number, end: number): NaiveWindow => ({ name: `${start},${end}`, start, max: end - 1 });
/** Windows of the clock end where event time does. */
const clocked = (start: number, size: number): NaiveWindow => between(start, Math.min(start + size, END_OF_GLOBAL + 1));
const floorTo = (t: number, size: number, offset: number): number => {
  const past = (((t - offset) % size) + size) % size;
  return t - past;
};

/** The windows of an element with a timestamp. */
export function windowsOf(kind: WindowKind, t: number): readonly NaiveWindow[] {
  switch (kind) {
    case 'global':
      return [GLOBAL];
    case 'fixed': {
      const start = floorTo(t, FIXED.size, FIXED.offset);
      return [clocked(start, FIXED.size)];
    }
    case 'sliding': {
      const last = floorTo(t, SLIDING.period, SLIDING.offset);
      const starts = Array.from({ length: 10 }, (_, i) => last - i * SLIDING.period);
      return starts.filter((start) => start + SLIDING.size > t).map((start) => clocked(start, SLIDING.size));
    }
    case 'sessions':
      return [clocked(t, GAP)];
    case 'merging':
      return [between(t, t + sessionLength(t))];
    case 'buckets': {
      const n = Math.floor(t / BUCKET);
      return (n % 2 === 0 ? [n, n + 1] : [n]).map((i) => ({ name: `b${i}`, start: i, max: (i + 1) * BUCKET - 1 }));
    }
    default:
      return kind satisfies never;
  }
}

/** Each element once for each of its windows. */
export const exploded = (elements: readonly Element[]): readonly Element[] =>
  elements.flatMap((element) => element.windows.map((window) => ({ ...element, windows: [window] })));

/** Groups by key and window; the windows of a key that overlap are one where they merge. */
export function groups(elements: readonly Element[], keyed: (value: number) => unknown, windowing: Windowing) {
  const isMerging = (windowing.kind === 'sessions' || windowing.kind === 'merging') && !windowing.isMerged;
  const byKey = Map.groupBy(exploded(elements), ({ value }) => nameOfKey(keyed(value)));
  return [...byKey.values()].flatMap((ofKey) => {
    const merged = isMerging ? overlapping(ofKey.map(({ windows }) => only(windows))) : [];
    const final = (window: NaiveWindow): NaiveWindow =>
      merged.find(({ start, max }) => start <= window.start && window.max <= max) ?? window;
    const byWindow = Map.groupBy(ofKey, ({ windows }) => final(only(windows)).name);
    return [...byWindow.values()].map((group) => {
      const window = final(only(only(group).windows));
      const stamps = group.map(({ timestamp }) => timestamp);
      const { combiner } = windowing;
      const timestamp =
        combiner === 'end-of-window'
          ? window.max
          : Math.min(window.max, combiner === 'earliest' ? Math.min(...stamps) : Math.max(...stamps));
      const values = group.map(({ value }) => value);
      return { values, at: { timestamp, windows: [window], pane: 'ON_TIME' as const } };
    });
  });
}

function nameOfKey(key: unknown): string {
  if (typeof key === 'bigint') return `${key}n`;
  if (key instanceof Date) return `date ${key.getTime()}`;
  return JSON.stringify(typeof key === 'object' && key !== null && 'a' in key ? ['object', key.a] : key);
}

function overlapping(windows: readonly NaiveWindow[]): readonly NaiveWindow[] {
  const merged: NaiveWindow[] = [];
  for (const window of [...windows].sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last === undefined || window.start > last.max) merged.push(window);
    else merged[merged.length - 1] = between(last.start, Math.max(last.max, window.max) + 1);
  }
  return merged;
}

export const only = <T>([first]: readonly T[]): T => {
  if (first === undefined) throw new Error('nothing there');
  return first;
};

/** Beam's rule: the earliest window of the side input that holds the last instant of the main window. */
export const sideWindow = (kind: WindowKind, max: number): string =>
  only([...windowsOf(kind, max)].sort((a, b) => a.max - b.max)).name;
