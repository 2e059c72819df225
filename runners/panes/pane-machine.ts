import {
  type BoundedWindow,
  END_OF_GLOBAL_WINDOW,
  type PaneInfo,
  type PaneTiming,
  type Timestamp,
  type WindowingStrategy,
} from '../../model/index.ts';
import type { StepTime, Windows } from '../execution/index.ts';
import { combineError } from '../shuffle/index.ts';
import {
  isFinished,
  mergeStates,
  newState,
  nextDelay,
  onElement,
  onFire,
  shouldFire,
  type TriggerTime,
  type TriggerTree,
} from '../triggers/index.ts';
import type { HeldForm } from './held-form.ts';
import type { Holds } from './holds.ts';
import { NOTHING, type WindowPanes } from './window-panes.ts';

/** Takes a group: its timestamp is that of the pane. */
export type EmitPane = (value: unknown, timestamp: Timestamp, windows: Windows, pane: PaneInfo) => void;

/** What the panes of a step are made of. */
export interface PaneSpec {
  readonly step: string;
  readonly windowing: WindowingStrategy;
  readonly held: HeldForm;
  readonly tree: TriggerTree;
  readonly isMerging: boolean;
  readonly time: StepTime;
  readonly holds: Holds;
  readonly emit: EmitPane;
}

/**
 * What happens to the panes of one key and window, whatever they lie in: elements, firings, the end (Beam's ReduceFnRunner).
 *
 * Knows no other key and no other window; who calls sees to it that time is looked at.
 */
export class PaneMachine {
  /** How many panes were given out. */
  emitted = 0;
  readonly #spec: PaneSpec;

  constructor(spec: PaneSpec) {
    this.#spec = spec;
  }

  isOver(window: BoundedWindow): boolean {
    return this.#spec.time.inputWatermark > endOfWindow(window);
  }

  isExpired(window: BoundedWindow): boolean {
    return this.#spec.time.inputWatermark > this.expiryOf(window);
  }

  /** The window is expired when the watermark has passed this: at the latest with the global window (Beam). */
  expiryOf({ maxTimestamp }: BoundedWindow): Timestamp {
    return Math.min(maxTimestamp + this.#spec.windowing.allowedLateness, END_OF_GLOBAL_WINDOW);
  }

  /** Whether there is something to do when the window is over, before it is expired. */
  hasEnd(window: BoundedWindow): boolean {
    return this.#spec.tree.waitsForEnd && this.expiryOf(window) > endOfWindow(window);
  }

  /** The panes of a key and window that have seen nothing. */
  begin(window: BoundedWindow): WindowPanes {
    return {
      trigger: newState(this.#spec.tree),
      fired: 0,
      firedNotEarly: 0,
      hasEnded: this.isOver(window),
      isEmpty: true,
      held: NOTHING,
      hold: undefined,
      wakeUp: undefined,
    };
  }

  /** Whether no pane will ever come: elements are dropped then. */
  isClosed({ trigger }: WindowPanes): boolean {
    return isFinished(this.#spec.tree.root, trigger);
  }

  /** Takes an element in. */
  add(panes: WindowPanes, window: BoundedWindow, value: unknown, timestamp: Timestamp): void {
    const { held, tree } = this.#spec;
    const { reducer } = held;
    try {
      panes.held = panes.held === NOTHING ? reducer.first(value) : reducer.add(panes.held, value);
    } catch (error) {
      throw this.#failed(error, value);
    }
    panes.isEmpty = false;
    this.#holdFor(panes, window, timestamp);
    onElement(tree.root, panes.trigger, this.#at(window));
  }

  /** Fires if the trigger says so. */
  fire(key: unknown, panes: WindowPanes, window: BoundedWindow): void {
    const { tree } = this.#spec;
    const at = this.#at(window);
    if (this.isClosed(panes) || !shouldFire(tree.root, panes.trigger, at)) return;
    onFire(tree.root, panes.trigger, at);
    this.#give(key, panes, window, this.isClosed(panes) || this.isExpired(window));
  }

  /** The window is expired: what was not given out comes in a last pane. */
  expire(key: unknown, panes: WindowPanes, window: BoundedWindow): void {
    if (!this.isClosed(panes)) this.#give(key, panes, window, true);
    this.#release(panes);
  }

  /** When the clock next makes a difference; undefined if it can't. */
  nextDelay(panes: WindowPanes): Timestamp | undefined {
    if (this.#spec.tree.delays.length === 0 || this.isClosed(panes)) return undefined;
    const next = nextDelay(this.#spec.tree, panes.trigger, this.#spec.time.processingTime);
    return next === Number.POSITIVE_INFINITY ? undefined : next;
  }

  /**
   * The panes of a window that takes the place of others of its key. Their count starts anew, unless the window is one of
   * them: `same` are its panes.
   */
  merge(window: BoundedWindow, sources: readonly WindowPanes[], same: WindowPanes | undefined): WindowPanes {
    const { tree, windowing } = this.#spec;
    const states = sources.map(({ trigger }) => trigger);
    const merged: WindowPanes = {
      trigger: mergeStates(tree, states, same?.trigger, this.#at(window)),
      fired: same?.fired ?? 0,
      firedNotEarly: same?.firedNotEarly ?? 0,
      hasEnded: this.isOver(window),
      isEmpty: sources.every(({ isEmpty }) => isEmpty),
      held: this.#join(sources),
      hold: undefined,
      wakeUp: undefined,
    };
    const held = sources.flatMap(({ hold }) => (hold === undefined ? [] : [hold]));
    for (const source of sources) this.#release(source);
    if (windowing.timestampCombiner === 'end-of-window') this.#holdFor(merged, window, window.maxTimestamp);
    else for (const hold of held) this.#hold(merged, hold);
    return merged;
  }

  /** The same as {@link merge} for panes of one window, in place, where the trigger keeps nothing of its own. */
  stretch(panes: WindowPanes, window: BoundedWindow, isSame: boolean): void {
    if (!isSame) {
      panes.fired = 0;
      panes.firedNotEarly = 0;
    }
    panes.hasEnded = this.isOver(window);
    if (this.#spec.windowing.timestampCombiner !== 'end-of-window') return;
    if (panes.hold === window.maxTimestamp && !panes.hasEnded) return;
    this.#release(panes);
    this.#holdFor(panes, window, window.maxTimestamp);
  }

  #join(sources: readonly WindowPanes[]): unknown {
    const { reducer } = this.#spec.held;
    let held: unknown = NOTHING;
    for (const { held: more } of sources) {
      if (more === NOTHING) continue;
      try {
        held = held === NOTHING ? more : reducer.merge(held, more);
      } catch (error) {
        throw this.#failed(error, more);
      }
    }
    return held;
  }

  /** Lists only fail with the store that they lie in. */
  #failed(error: unknown, value: unknown): unknown {
    const { step, held } = this.#spec;
    return held.reducer.keepsValues ? error : combineError(step, error, value);
  }

  #at(window: BoundedWindow): TriggerTime {
    const { time, isMerging } = this.#spec;
    return { isOver: this.isOver(window), now: time.processingTime, isMerging };
  }

  /** An element that is late, or whose window is over, holds nothing: what it is in may be late as well. */
  #holdFor(panes: WindowPanes, window: BoundedWindow, timestamp: Timestamp): void {
    const { windowing, time } = this.#spec;
    if (this.isOver(window)) return;
    const output = windowing.timestampCombiner === 'end-of-window' ? window.maxTimestamp : timestamp;
    if (output >= time.outputWatermark) this.#hold(panes, output);
  }

  #hold(panes: WindowPanes, timestamp: Timestamp): void {
    const { windowing, holds } = this.#spec;
    const before = panes.hold;
    const isLatest = windowing.timestampCombiner === 'latest';
    if (before !== undefined && (isLatest ? timestamp <= before : timestamp >= before)) return;
    this.#release(panes);
    holds.add(timestamp);
    panes.hold = timestamp;
  }

  #release(panes: WindowPanes): void {
    if (panes.hold !== undefined) this.#spec.holds.remove(panes.hold);
    panes.hold = undefined;
  }

  #give(key: unknown, panes: WindowPanes, window: BoundedWindow, isLast: boolean): void {
    const { windowing, held, emit } = this.#spec;
    const timing = this.#timingOf(panes, window);
    const timestamp = Math.min(panes.hold ?? window.maxTimestamp, window.maxTimestamp);
    this.#release(panes);
    const isWanted =
      !panes.isEmpty ||
      (timing === 'ON_TIME' && windowing.onTimeBehavior === 'fire-always') ||
      (isLast && windowing.closingBehavior === 'emit-always');
    const keepsOn = windowing.accumulationMode === 'accumulating' && !isLast;
    if (isWanted) {
      const value = { key, value: this.#outputOf(panes, keepsOn) };
      emit(value, timestamp, [window], paneOf(panes, timing, isLast));
      this.emitted++;
      panes.fired++;
      if (timing !== 'EARLY') panes.firedNotEarly++;
    }
    panes.isEmpty = true;
    if (keepsOn) return;
    if (panes.held !== NOTHING) held.drop(panes.held);
    panes.held = NOTHING;
  }

  #timingOf(panes: WindowPanes, window: BoundedWindow): PaneTiming {
    const { maxTimestamp } = window;
    if (panes.firedNotEarly > 0 || this.#spec.time.outputWatermark > maxTimestamp) return 'LATE';
    return this.isOver(window) ? 'ON_TIME' : 'EARLY';
  }

  #outputOf({ held }: WindowPanes, keepsOn: boolean): unknown {
    const { held: form } = this.#spec;
    try {
      if (held === NOTHING) return form.reducer.finish(form.reducer.empty());
      return form.valueOf(held, keepsOn);
    } catch (error) {
      throw this.#failed(error, held);
    }
  }
}

/** A window is over when the watermark has passed this: its last instant, unless that is after all time. */
export const endOfWindow = ({ maxTimestamp }: BoundedWindow): Timestamp => Math.min(maxTimestamp, END_OF_GLOBAL_WINDOW);

const paneOf = ({ fired, firedNotEarly }: WindowPanes, timing: PaneTiming, isLast: boolean): PaneInfo => ({
  timing,
  index: fired,
  onTimeIndex: timing === 'EARLY' ? -1 : firedNotEarly,
  isFirst: fired === 0,
  isLast,
});
