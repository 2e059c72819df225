// Elements of a key and window to panes: Beam's ReduceFnRunner, one element at a time.
import {
  type BoundedWindow,
  encodeKey,
  type KV,
  type PaneInfo,
  type PaneTiming,
  type Timestamp,
  windowKey,
  type WindowingStrategy,
} from '../../model/index.ts';
import { type Behavior, earliest, type Element, type Emit, isExpired, isOver, type StepTime } from './element.ts';
import { freshTrigger, onElement, onFire, onMerge, shouldFire, type TriggerState, wakesOf } from './triggers.ts';

/** What one key has in one window. */
interface KeyWindow {
  readonly key: unknown;
  readonly window: BoundedWindow;
  /** All that the next pane holds. */
  values: unknown[];
  /** How many of them came since the last pane. */
  added: number;
  /** The timestamp that the next pane has so far. */
  hold: Timestamp | undefined;
  trigger: TriggerState;
  /** Whether the trigger was asked when the window became over. */
  endAsked: boolean;
  pane: PaneInfo | undefined;
}

/** What a grouping takes from its step. */
export interface GroupingSpec {
  readonly windowing: WindowingStrategy;
  readonly time: StepTime;
  readonly reduce: (values: readonly unknown[]) => unknown;
  readonly emit: Emit;
  readonly drop: (element: Element, reason: 'late' | 'finished') => void;
}

/** GroupByKey and CombinePerKey. */
export class Grouping implements Behavior {
  readonly #spec: GroupingSpec;
  readonly #keys = new Map<string, Map<string, KeyWindow>>();
  readonly #isMerging: boolean;
  /** The clock when triggers were last asked. */
  #asked: Timestamp;

  constructor(spec: GroupingSpec) {
    this.#spec = spec;
    this.#isMerging = spec.windowing.windowFn.merge !== undefined && !spec.windowing.alreadyMerged;
    this.#asked = spec.time.now;
  }

  process(element: Element): void {
    const { windowing, time, drop } = this.#spec;
    if (isExpired(element.window, windowing, time.input)) return drop(element, 'late');
    // The input of a grouping are pairs.
    const { key, value } = element.value as KV<unknown, unknown>;
    const name = encodeKey(key);
    const windows = this.#keys.get(name) ?? new Map<string, KeyWindow>();
    this.#keys.set(name, windows);
    const window = this.#isMerging ? this.#merge(windows, key, element.window) : element.window;
    const group = windows.get(windowKey(window)) ?? this.#fresh(key, window);
    if (group.trigger.isFinished) return drop(element, 'finished');
    windows.set(windowKey(window), group);
    group.values.push(value);
    group.added++;
    this.#addHold(group, element.timestamp);
    onElement(windowing.trigger, group.trigger, this.#triggerTime(window));
    this.#askTrigger(group);
  }

  advance(): void {
    const { windowing, time } = this.#spec;
    for (const windows of this.#keys.values()) {
      for (const group of [...windows.values()]) {
        const hasWoken = wakesOf(group.trigger).some((wake) => wake > this.#asked && wake <= time.now);
        const becameOver = isOver(group.window, time.input) && !group.endAsked;
        if (becameOver) group.endAsked = true;
        if (becameOver || hasWoken) this.#askTrigger(group);
        if (!isExpired(group.window, windowing, time.input)) continue;
        if (!group.trigger.isFinished && !group.pane?.isLast) this.#firePane(group);
        windows.delete(windowKey(group.window));
      }
    }
    this.#asked = time.now;
  }

  hold(): Timestamp {
    const groups = [...this.#keys.values()].flatMap((windows) => [...windows.values()]);
    return earliest(groups.flatMap(({ hold }) => (hold === undefined ? [] : [hold])));
  }

  #fresh(key: unknown, window: BoundedWindow): KeyWindow {
    return {
      key,
      window,
      values: [],
      added: 0,
      hold: undefined,
      trigger: freshTrigger(this.#spec.windowing.trigger),
      endAsked: isOver(window, this.#spec.time.input),
      pane: undefined,
    };
  }

  #triggerTime(window: BoundedWindow) {
    const { input, now } = this.#spec.time;
    return { isOver: isOver(window, input), now, isMerging: this.#isMerging };
  }

  /** The timestamp counts for the pane only if the output watermark can still be held at it. */
  #addHold(group: KeyWindow, timestamp: Timestamp): void {
    const { windowing, time } = this.#spec;
    const { maxTimestamp } = group.window;
    const at = windowing.timestampCombiner === 'end-of-window' ? maxTimestamp : timestamp;
    if (at < time.output || maxTimestamp < time.input) return;
    group.hold = this.#combined([group.hold, at]);
  }

  #combined(holds: readonly (Timestamp | undefined)[]): Timestamp | undefined {
    const there = holds.filter((hold) => hold !== undefined);
    if (there.length === 0) return undefined;
    return this.#spec.windowing.timestampCombiner === 'latest' ? Math.max(...there) : Math.min(...there);
  }

  /** Merges the windows of a key with a new one, and gives the window that its element belongs to now. */
  #merge(windows: Map<string, KeyWindow>, key: unknown, added: BoundedWindow): BoundedWindow {
    const { windowFn } = this.#spec.windowing;
    const open = [...windows.values()].filter(({ trigger }) => !trigger.isFinished);
    const candidates = new Map(open.map(({ window }) => [windowKey(window), window]));
    candidates.set(windowKey(added), added);
    let target = added;
    for (const { merged, result } of windowFn.merge?.([...candidates.values()].sort(byStart)) ?? []) {
      if (merged.some((window) => windowKey(window) === windowKey(added))) target = result;
      const sources = open.filter(({ window }) => merged.some((one) => windowKey(one) === windowKey(window)));
      if (sources.length > 0) this.#mergeInto(windows, this.#fresh(key, result), sources);
    }
    return target;
  }

  #mergeInto(windows: Map<string, KeyWindow>, result: KeyWindow, sources: readonly KeyWindow[]): void {
    const { windowing, time } = this.#spec;
    const before = sources.find(({ window }) => windowKey(window) === windowKey(result.window));
    result.pane = before?.pane;
    result.values = sources.flatMap(({ values }) => values);
    result.added = sources.reduce((sum, { added }) => sum + added, 0);
    if (windowing.timestampCombiner === 'end-of-window') this.#addHold(result, result.window.maxTimestamp);
    else result.hold = this.#combined(sources.map(({ hold }) => hold));
    if (before !== undefined) result.trigger = structuredClone(before.trigger);
    const states = sources.map(({ trigger }) => trigger);
    onMerge(windowing.trigger, result.trigger, states, this.#triggerTime(result.window));
    result.endAsked = isOver(result.window, time.input);
    for (const { window } of sources) windows.delete(windowKey(window));
    windows.set(windowKey(result.window), result);
  }

  #askTrigger(group: KeyWindow): void {
    const { trigger } = this.#spec.windowing;
    const time = this.#triggerTime(group.window);
    if (group.trigger.isFinished || !shouldFire(trigger, group.trigger, time)) return;
    onFire(trigger, group.trigger, time);
    this.#firePane(group);
  }

  #firePane(group: KeyWindow): void {
    const { windowing, time, reduce, emit } = this.#spec;
    const { key, window, trigger, values, added, hold } = group;
    const isLast = trigger.isFinished || isExpired(window, windowing, time.input);
    const timing = this.#timingOf(group);
    group.hold = undefined;
    group.added = 0;
    if (windowing.accumulationMode === 'discarding' || trigger.isFinished) group.values = [];
    const isWanted =
      added > 0 ||
      (timing === 'ON_TIME' && windowing.onTimeBehavior === 'fire-always') ||
      (isLast && windowing.closingBehavior === 'emit-always');
    if (!isWanted) return;
    const last = group.pane;
    group.pane = {
      timing,
      index: (last?.index ?? -1) + 1,
      onTimeIndex: timing === 'EARLY' ? -1 : (last?.onTimeIndex ?? -1) + 1,
      isFirst: last === undefined,
      isLast,
    };
    const timestamp = Math.min(hold ?? window.maxTimestamp, window.maxTimestamp);
    emit({ value: { key, value: reduce(values) }, timestamp, window, pane: group.pane });
  }

  #timingOf({ window, pane }: KeyWindow): PaneTiming {
    const { input, output } = this.#spec.time;
    if (window.maxTimestamp < output || (pane !== undefined && pane.timing !== 'EARLY')) return 'LATE';
    return isOver(window, input) ? 'ON_TIME' : 'EARLY';
  }
}

const startOf = (window: BoundedWindow): Timestamp =>
  'start' in window && typeof window.start === 'number' ? window.start : window.maxTimestamp;

const byStart = (a: BoundedWindow, b: BoundedWindow): number =>
  startOf(a) - startOf(b) || a.maxTimestamp - b.maxTimestamp;
