import {
  type BoundedWindow,
  encodeKey,
  formatWindow,
  MAX_TIMESTAMP,
  type PaneInfo,
  type Timestamp,
  type WindowingStrategy,
} from '../../model/index.ts';

/** An element in one window; one in several is that many elements from the start. */
export interface Element {
  readonly value: unknown;
  readonly timestamp: Timestamp;
  readonly window: BoundedWindow;
  readonly pane: PaneInfo;
}

/** An element that a step did not take: its window had expired, or the trigger had finished there. */
export interface Drop {
  readonly step: string;
  readonly reason: 'late' | 'finished';
  readonly element: Element;
}

/** How far time is at a step. */
export interface StepTime {
  /** What the steps before it say. */
  input: Timestamp;
  /** What the steps behind it were told. */
  output: Timestamp;
  /** The clock of the run. */
  now: Timestamp;
}

/** What a step does. The evaluator makes one for each step and calls it when elements come and time passes. */
export interface Behavior {
  process(element: Element): void;
  /** Does all that is due at its time. */
  advance?(): void;
  /** What it keeps comes out no earlier. */
  hold?(): Timestamp;
}

/** Gives an element to the output with a tag. */
export type Emit = (element: Element, tag?: string) => void;

export const isOver = (window: BoundedWindow, watermark: Timestamp): boolean => watermark > window.maxTimestamp;

export const isExpired = (window: BoundedWindow, { allowedLateness }: WindowingStrategy, watermark: Timestamp): boolean =>
  watermark >= MAX_TIMESTAMP || watermark > window.maxTimestamp + allowedLateness;

/** The smallest of some timestamps; MAX of none. */
export const earliest = (timestamps: Iterable<Timestamp>): Timestamp => Math.min(MAX_TIMESTAMP, ...timestamps);

/** An element as text: equal for equal elements, whatever the order of the values in a group. */
export function formatElement({ value, timestamp, window, pane }: Element): string {
  const { timing, index, onTimeIndex, isFirst, isLast } = pane;
  const flags = `${isFirst ? ' first' : ''}${isLast ? ' last' : ''}`;
  return `${formatValue(value)} @${timestamp} in ${formatWindow(window)} ${timing} ${index}/${onTimeIndex}${flags}`;
}

function formatValue(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'key' in value && 'value' in value) {
    return `${formatValue(value.key)}: ${formatValue(value.value)}`;
  }
  if (Array.isArray(value)) return `[${value.map(formatValue).sort().join(', ')}]`;
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : plain(value);
}

const plain = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? 'undefined' : (JSON.stringify(value) ?? encodeKey(value));
