// Elements of a key and window to panes: Beam's ReduceFnRunner, one element at a time.
import { type BoundedWindow, encodeKey, type KV, type PaneInfo, type Timestamp, windowKey } from '../../model/index.ts';
import { type Behavior, byStart, earliest, type Element, expiryOf, isOver, type Surroundings } from './element.ts';
import { freshTrigger, onElement, onFire, onMerge, shouldFire, type TriggerState, wakesOf } from './triggers.ts';

/** What one key has in one window. */
interface Group {
  readonly id: string;
  readonly key: unknown;
  readonly window: BoundedWindow;
  /** All that the next pane holds. */
  values: readonly unknown[];
  /** How many of them came since the last pane. */
  added: number;
  /** The timestamps that make that of the next pane. */
  holds: readonly Timestamp[];
  trigger: TriggerState;
  pane: PaneInfo | undefined;
  /** How far time was when its trigger was last asked because of it. */
  asked: { readonly input: Timestamp; readonly now: Timestamp };
}

type At = Pick<Surroundings, 'time' | 'windowing' | 'emit' | 'drop'>;

/** GroupByKey and CombinePerKey: `reduce` makes one value of those of a pane. */
export class Grouping implements Behavior {
  readonly #at: At;
  readonly #reduce: (values: readonly unknown[]) => unknown;
  readonly #groups = new Map<string, Group>();
  readonly #isMerging: boolean;

  constructor(at: At, reduce: (values: readonly unknown[]) => unknown) {
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
    const group = this.#groups.get(idOf(key, window)) ?? this.#fresh(key, window);
    if (group.trigger.isFinished) return drop(element, 'finished');
    this.#groups.set(group.id, group);
    group.values = [...group.values, value];
    group.added++;
    this.#addHold(group, element.timestamp);
    onElement(group.trigger, this.#triggerTime(window));
    this.#askTrigger(group);
  }

  /** Triggers are asked when a time of the clock has come or their window has become over; then windows expire. */
  due() {
    const { windowing, time } = this.#at;
    const groups = [...this.#groups.values()].sort((a, b) => a.window.maxTimestamp - b.window.maxTimestamp);
    return groups.flatMap((group) => {
      const { window, trigger, asked } = group;
      const expiry = expiryOf(window, windowing);
      const becameOver = isOver(window, time.input) && !isOver(window, asked.input);
      const hasWoken = wakesOf(trigger).some((wake) => wake > asked.now && wake <= time.now);
      if (becameOver || hasWoken) return [{ at: window.maxTimestamp, act: () => this.#askTrigger(group) }];
      return time.input > expiry ? [{ at: expiry, act: () => this.#expire(group) }] : [];
    });
  }

  #expire(group: Group): void {
    if (!group.trigger.isFinished && !group.pane?.isLast) this.#firePane(group);
    this.#groups.delete(group.id);
  }

  hold(): Timestamp {
    return earliest([...this.#groups.values()].map((group) => this.#holdOf(group)));
  }

  #fresh(key: unknown, window: BoundedWindow): Group {
    const { windowing, time } = this.#at;
    const trigger = freshTrigger(windowing.trigger);
    const nothing = { values: [], added: 0, holds: [], pane: undefined };
    return { id: idOf(key, window), key, window, trigger, asked: { ...time }, ...nothing };
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
    if (at >= time.output && maxTimestamp >= time.input) group.holds = [...group.holds, at];
  }

  #holdOf({ holds }: Group): Timestamp {
    const isLatest = this.#at.windowing.timestampCombiner === 'latest' && holds.length > 0;
    return isLatest ? Math.max(...holds) : earliest(holds);
  }

  /** Merges the windows of a key with a new one, and gives the window that its element belongs to now. */
  #merge(key: unknown, added: BoundedWindow): BoundedWindow {
    const isOpen = (one: Group): boolean => encodeKey(one.key) === encodeKey(key) && !one.trigger.isFinished;
    const open = [...this.#groups.values()].filter(isOpen);
    const windows = new Map([...open.map(({ window }) => window), added].map((one) => [windowKey(one), one]));
    let target = added;
    for (const { merged, result } of this.#at.windowing.windowFn.merge?.([...windows.values()].sort(byStart)) ?? []) {
      const ids = merged.map((window) => idOf(key, window));
      if (ids.includes(idOf(key, added))) target = result;
      const sources = open.filter(({ id }) => ids.includes(id));
      if (sources.length > 0) this.#mergeInto(this.#fresh(key, result), sources);
    }
    return target;
  }

  #mergeInto(result: Group, sources: readonly Group[]): void {
    const before: Partial<Group> = sources.find(({ id }) => id === result.id) ?? {};
    result.pane = before.pane;
    result.trigger = structuredClone(before.trigger ?? result.trigger);
    result.values = sources.flatMap(({ values }) => values);
    result.added = sources.reduce((sum, { added }) => sum + added, 0);
    if (this.#at.windowing.timestampCombiner === 'end-of-window') this.#addHold(result, result.window.maxTimestamp);
    else result.holds = sources.flatMap(({ holds }) => holds);
    const states = sources.map(({ trigger }) => trigger);
    onMerge(result.trigger, states, this.#triggerTime(result.window));
    for (const { id } of [...sources, result]) this.#groups.delete(id);
    this.#groups.set(result.id, result);
  }

  #askTrigger(group: Group): void {
    const time = this.#triggerTime(group.window);
    group.asked = { ...this.#at.time };
    if (group.trigger.isFinished || !shouldFire(group.trigger, time)) return;
    onFire(group.trigger, time);
    this.#firePane(group);
  }

  #firePane(group: Group): void {
    const { windowing, time, emit } = this.#at;
    const { key, window, trigger, values, added, pane: last } = group;
    const timestamp = Math.min(this.#holdOf(group), window.maxTimestamp);
    const isLast = trigger.isFinished || time.input > expiryOf(window, windowing);
    // A pane is late when those behind know that the window is over, by the time or by a pane before.
    const isLate = isOver(window, time.output) || (last !== undefined && last.timing !== 'EARLY');
    const timing = isLate ? 'LATE' : isOver(window, time.input) ? 'ON_TIME' : 'EARLY';
    group.holds = [];
    group.added = 0;
    if (windowing.accumulationMode === 'discarding' || trigger.isFinished) group.values = [];
    const isWanted =
      added > 0 ||
      (timing === 'ON_TIME' && windowing.onTimeBehavior === 'fire-always') ||
      (isLast && windowing.closingBehavior === 'emit-always');
    if (!isWanted) return;
    const onTimeIndex = timing === 'EARLY' ? -1 : (last?.onTimeIndex ?? -1) + 1;
    group.pane = { timing, index: (last?.index ?? -1) + 1, onTimeIndex, isFirst: last === undefined, isLast };
    emit({ value: { key, value: this.#reduce(values) }, timestamp, window, pane: group.pane });
  }
}

const idOf = (key: unknown, window: BoundedWindow): string => encodeKey([key, windowKey(window)]);
