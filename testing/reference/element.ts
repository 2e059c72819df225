import { type BoundedWindow, END_OF_GLOBAL_WINDOW, MAX_TIMESTAMP, type PaneInfo } from '../../model/index.ts';
import { PipelineError, type Step, type Timestamp, type WindowingStrategy } from '../../model/index.ts';

/** An element in one window: one in several is that many elements from the start. */
export interface Element {
  readonly value: unknown;
  readonly timestamp: Timestamp;
  readonly window: BoundedWindow;
  readonly pane: PaneInfo;
}

export type Place = Omit<Element, 'value'>;

/** How far time is at a step: what it was told, what it has told those behind it, and the clock of the run. */
export interface StepTime {
  input: Timestamp;
  output: Timestamp;
  now: Timestamp;
}

/** What a step does when elements come and time passes. */
export interface Behavior {
  process(element: Element): void;
  /** All that its time has made due; what has the earliest time comes first, and may change what else is due. */
  due?(): readonly { readonly at: Timestamp; readonly act: () => void }[];
  /** What it keeps comes out no earlier. */
  hold?(): Timestamp;
}

/** What a behavior gets from the evaluator. */
export interface Surroundings {
  readonly step: Step;
  readonly time: StepTime;
  readonly windowing: WindowingStrategy;
  /** The side inputs as a call in a window sees them. */
  readonly views: (window: BoundedWindow) => Readonly<Record<string, unknown>>;
  readonly emit: (element: Element, tag?: string) => void;
  /** For an element that it does not take: the window has expired, or the trigger has finished there. */
  readonly drop: (element: Element, reason: 'late' | 'finished') => void;
}

/** A part of the model that is left out here. */
export class Unmodelled extends PipelineError {
  constructor(step: string, what: string) {
    super(step, `it has ${what}. The reference evaluator does not know what that gives. Compare it in another way.`);
  }
}

export const isOver = (window: BoundedWindow, watermark: Timestamp): boolean => watermark > window.maxTimestamp;

export const expiryOf = ({ maxTimestamp }: BoundedWindow, { allowedLateness }: WindowingStrategy): Timestamp =>
  Math.min(maxTimestamp + allowedLateness, END_OF_GLOBAL_WINDOW);

/** The earliest of some timestamps; MAX of none. */
export const earliest = (timestamps: readonly Timestamp[]): Timestamp => Math.min(MAX_TIMESTAMP, ...timestamps);

const startOf = (window: BoundedWindow): number => Number('start' in window ? window.start : window.maxTimestamp);

export const byStart = (a: BoundedWindow, b: BoundedWindow): number =>
  startOf(a) - startOf(b) || a.maxTimestamp - b.maxTimestamp;
