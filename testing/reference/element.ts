import { type BoundedWindow, END_OF_GLOBAL_WINDOW, MAX_TIMESTAMP, type PaneInfo } from '../../model/index.ts';
import type { Step, Timestamp, WindowingStrategy } from '../../model/index.ts';

/** Where an element is. One in several windows is that many elements from the start. */
export interface Place {
  readonly timestamp: Timestamp;
  readonly window: BoundedWindow;
  readonly pane: PaneInfo;
}

/** An element in one window. */
export interface Element extends Place {
  readonly value: unknown;
}

/** An element that a step did not take: its window had expired, or the trigger had finished there. */
export interface Drop {
  readonly step: string;
  readonly reason: 'late' | 'finished';
  readonly element: Element;
}

/** How far time is at a step: what it was told, what it has told those behind it, and the clock of the run. */
export interface StepTime {
  input: Timestamp;
  output: Timestamp;
  now: Timestamp;
}

/** What a step does when elements come and time passes. */
export interface Behavior {
  process(element: Element): void;
  /** Does all that is due at its time. */
  advance?(): void;
  /** Whether something is, though time has not moved. */
  isDue?(): boolean;
  /** What it keeps comes out no earlier. */
  hold?(): Timestamp;
}

/** Gives the views that a call in a window may look at. */
export type SideValuesOf = (window: BoundedWindow) => Readonly<Record<string, unknown>>;

/** What a behavior gets from the evaluator. */
export interface Surroundings {
  readonly time: StepTime;
  readonly windowing: WindowingStrategy;
  readonly emit: (element: Element, tag?: string) => void;
  readonly drop: (element: Element, reason: Drop['reason']) => void;
}

/** What one that calls functions of its step gets besides. */
export interface CallSurroundings extends Surroundings {
  readonly step: Step;
  readonly views: SideValuesOf;
  /** What `setup` gave. */
  readonly resource: unknown;
}

export const isOver = (window: BoundedWindow, watermark: Timestamp): boolean => watermark > window.maxTimestamp;

export const expiryOf = ({ maxTimestamp }: BoundedWindow, { allowedLateness }: WindowingStrategy): Timestamp =>
  Math.min(maxTimestamp + allowedLateness, END_OF_GLOBAL_WINDOW);

/** The earliest of some timestamps; MAX of none. */
export const earliest = (timestamps: Iterable<Timestamp | undefined>): Timestamp =>
  Math.min(MAX_TIMESTAMP, ...[...timestamps].filter((one) => one !== undefined));
