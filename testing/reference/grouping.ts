// Elements of a key and window to panes: Beam's ReduceFnRunner, one element at a time.
import { type BoundedWindow, encodeKey, type KV, MIN_TIMESTAMP, type PaneInfo } from '../../model/index.ts';
import { type PaneTiming, type Timestamp, windowKey } from '../../model/index.ts';
import { type Behavior, earliest, type Element, expiryOf, isOver, type Surroundings } from './element.ts';
import { freshTrigger, onElement, onFire, onMerge, shouldFire, type TriggerState, wakesOf } from './triggers.ts';

/** What one key has in one window. */
interface Group {
  readonly key: unknown;
  readonly window: BoundedWindow;
  /** All that the next pane holds. */
  values: readonly unknown[];
  /** How many of them came since the last pane. */
  added: number;
  /** The timestamp that the next pane has so far. */
  hold: Timestamp | undefined;
  trigger: TriggerState;
  pane: PaneInfo | undefined;
}

/** GroupByKey and CombinePerKey: `reduce` makes one value of those of a pane. */
export class Grouping implements Behavior {
  readonly #at: Surroundings;
  readonly #reduce: (values: readonly unknown[]) => unknown;
  readonly #groups = new Set<Group>();
  readonly #isMerging: boolean;
  /** How far time was when triggers were last asked because of it. */
  #asked = { input: MIN_TIMESTAMP, now: 0 };

  constructor(at: Surroundings, reduce: (values: readonly unknown[]) => unknown) {
    this.#at = at;
    this.#reduce = reduce;
    this.#isMerging = at.windowing.windowFn.merge !== undefined && !at.windowing.alreadyMerged;
  }

  process(element: Element): void {
    const { windowing, time, drop } = this.#at;
    if (time.input > expiryOf(element.window, windowing)) return drop(element, 'late');
    // The input of a grouping are pairs.
    const { key, value } = element.value as KV<unknown, unknown>;
    const window = this.#isMerging ? this.#merge(key, element.window) : element.window;
    const group = this.#of(key).find(isIn(window)) ?? this.#fresh(key, window);
    if (group.trigger.isFinished) return drop(element, 'finished');
    this.#groups.add(group);
    group.values = [...group.values, value];
    group.added++;
    this.#addHold(group, element.timestamp);
    onElement(group.trigger, this.#triggerTime(window));
    this.#askTrigger(group);
  }

  /** Asks triggers whose time of the clock has come, or whose windows have become over, and ends windows that expire. */
  advance(): void {
    const groups = [...this.#groups].sort((a, b) => a.window.maxTimestamp - b.window.maxTimestamp);
    const due = groups.flatMap((group) => this.#dueOf(group)).sort(([a], [b]) => a - b);
    this.#asked = { ...this.#at.time };
    for (const [, happen] of due) happen();
  }

  #dueOf(group: Group): readonly (readonly [Timestamp, () => void])[] {
    const { windowing, time } = this.#at;
    const { window, trigger } = group;
    const expiry = expiryOf(window, windowing);
    const becameOver = isOver(window, time.input) && !isOver(window, this.#asked.input);
    const hasWoken = wakesOf(trigger).some((wake) => wake > this.#asked.now && wake <= time.now);
    const ask = [becameOver ? window.maxTimestamp : MIN_TIMESTAMP, () => this.#askTrigger(group)] as const;
    const end = [expiry, () => this.#expire(group)] as const;
    return [...(becameOver || hasWoken ? [ask] : []), ...(time.input > expiry ? [end] : [])];
  }

  #expire(group: Group): void {
    if (!group.trigger.isFinished && !group.pane?.isLast) this.#firePane(group);
    this.#groups.delete(group);
  }

  hold(): Timestamp {
    return earliest([...this.#groups].map(({ hold }) => hold));
  }

  #fresh(key: unknown, window: BoundedWindow): Group {
    const trigger = freshTrigger(this.#at.windowing.trigger);
    return { key, window, values: [], added: 0, hold: undefined, trigger, pane: undefined };
  }

  /** All that a key has. */
  #of(key: unknown): readonly Group[] {
    return [...this.#groups].filter((group) => encodeKey(group.key) === encodeKey(key));
  }

  #triggerTime(window: BoundedWindow) {
    const { input, now } = this.#at.time;
    return { isOver: isOver(window, input), now, isMerging: this.#isMerging };
  }

  /** The timestamp counts for the pane only if the output watermark can still be held at it. */
  #addHold(group: Group, timestamp: Timestamp): void {
    const { windowing, time } = this.#at;
    const { maxTimestamp } = group.window;
    const at = windowing.timestampCombiner === 'end-of-window' ? maxTimestamp : timestamp;
    if (at >= time.output && maxTimestamp >= time.input) group.hold = this.#combined([group.hold, at]);
  }

  #combined(holds: readonly (Timestamp | undefined)[]): Timestamp | undefined {
    const there = holds.filter((hold) => hold !== undefined);
    if (there.length === 0) return undefined;
    return this.#at.windowing.timestampCombiner === 'latest' ? Math.max(...there) : Math.min(...there);
  }

  /** Merges the windows of a key with a new one, and gives the window that its element belongs to now. */
  #merge(key: unknown, added: BoundedWindow): BoundedWindow {
    const open = this.#of(key).filter(({ trigger }) => !trigger.isFinished);
    const others = open.filter((group) => !isIn(added)(group));
    const windows = [added, ...others.map(({ window }) => window)].sort(byStart);
    let target = added;
    for (const { merged, result } of this.#at.windowing.windowFn.merge?.(windows) ?? []) {
      if (merged.some((window) => windowKey(window) === windowKey(added))) target = result;
      const sources = open.filter((group) => merged.some((window) => isIn(window)(group)));
      if (sources.length > 0) this.#mergeInto(this.#fresh(key, result), sources);
    }
    return target;
  }

  #mergeInto(result: Group, sources: readonly Group[]): void {
    const before = sources.find(isIn(result.window));
    result.pane = before?.pane;
    result.values = sources.flatMap(({ values }) => values);
    result.added = sources.reduce((sum, { added }) => sum + added, 0);
    if (this.#at.windowing.timestampCombiner === 'end-of-window') this.#addHold(result, result.window.maxTimestamp);
    else result.hold = this.#combined(sources.map(({ hold }) => hold));
    if (before !== undefined) result.trigger = structuredClone(before.trigger);
    const states = sources.map(({ trigger }) => trigger);
    onMerge(result.trigger, states, this.#triggerTime(result.window));
    const replaced = this.#of(result.key).filter((group) => sources.includes(group) || isIn(result.window)(group));
    for (const group of replaced) this.#groups.delete(group);
    this.#groups.add(result);
  }

  #askTrigger(group: Group): void {
    const time = this.#triggerTime(group.window);
    if (group.trigger.isFinished || !shouldFire(group.trigger, time)) return;
    onFire(group.trigger, time);
    this.#firePane(group);
  }

  #firePane(group: Group): void {
    const { windowing, time, emit } = this.#at;
    const { key, window, trigger, values, added, hold, pane: last } = group;
    const isLast = trigger.isFinished || time.input > expiryOf(window, windowing);
    const timing = this.#timingOf(group);
    group.hold = undefined;
    group.added = 0;
    if (windowing.accumulationMode === 'discarding' || trigger.isFinished) group.values = [];
    const isWanted =
      added > 0 ||
      (timing === 'ON_TIME' && windowing.onTimeBehavior === 'fire-always') ||
      (isLast && windowing.closingBehavior === 'emit-always');
    if (!isWanted) return;
    const onTimeIndex = timing === 'EARLY' ? -1 : (last?.onTimeIndex ?? -1) + 1;
    group.pane = { timing, index: (last?.index ?? -1) + 1, onTimeIndex, isFirst: last === undefined, isLast };
    const timestamp = Math.min(hold ?? window.maxTimestamp, window.maxTimestamp);
    emit({ value: { key, value: this.#reduce(values) }, timestamp, window, pane: group.pane });
  }

  #timingOf({ window, pane }: Group): PaneTiming {
    const { input, output } = this.#at.time;
    if (isOver(window, output) || (pane !== undefined && pane.timing !== 'EARLY')) return 'LATE';
    return isOver(window, input) ? 'ON_TIME' : 'EARLY';
  }
}

const isIn =
  (window: BoundedWindow) =>
  (group: Group): boolean =>
    windowKey(group.window) === windowKey(window);

const startOf = (window: BoundedWindow): Timestamp =>
  'start' in window && typeof window.start === 'number' ? window.start : window.maxTimestamp;

const byStart = (a: BoundedWindow, b: BoundedWindow): number =>
  startOf(a) - startOf(b) || a.maxTimestamp - b.maxTimestamp;
