import {
  type BoundedWindow,
  MAX_TIMESTAMP,
  type PCollection,
  type StateSpace,
  windowKey,
  type WindowingStrategy,
} from '../../model/index.ts';
import type { Edge, Operator, StepTime, Windows } from '../execution/index.ts';
import { PaneGrouping } from '../panes/index.ts';
import { type MemoryWatch, reducerOf } from '../shuffle/index.ts';
import { SideContents, type SideContentsSpec } from '../views/index.ts';
import { spaceName } from './identity.ts';
import { SavedContents } from './saved-contents.ts';

/** The only key of the grouping behind a view. */
const ALL = 0;

/** So many windows of a view are kept, whatever time it is. */
const KEPT = 1_000;

/** What the view of a collection takes from its run. */
export interface SideViewSpec extends Omit<SideContentsSpec, 'step'> {
  readonly collection: PCollection<unknown>;
  readonly time: StepTime;
  readonly memory: MemoryWatch;
  readonly space: (name: string) => StateSpace | undefined;
}

/** Whether a window has one pane, with all its elements, once the watermark has passed its end. */
const firesOnce = ({ windowFn, alreadyMerged, trigger, allowedLateness }: WindowingStrategy): boolean =>
  trigger.kind === 'default' && allowedLateness === 0 && (windowFn.merge === undefined || alreadyMerged);

/**
 * A collection that is a side input, by window: what its latest pane held.
 *
 * Panes are those of a grouping of all its elements with the collection's own trigger, so a window is ready when the first
 * has fired or the watermark has passed its end, and later panes take the place of earlier ones (Beam model, "Side inputs").
 * Where a window has one pane its elements are kept as they come, so they need not be in memory all at once for it.
 */
export class SideView implements Edge {
  readonly name: string;
  readonly isFull = false;
  readonly time: StepTime;
  readonly operator: Operator;
  readonly contents: SideContents;
  /** Whether a window has become ready: elements may have waited for that. Cleared by who looks. */
  isNewlyReady = false;
  readonly #saved: SavedContents;
  /** Undefined where a window has one pane. */
  readonly #grouping: PaneGrouping | undefined;
  /** Windows that are not over, where they have one pane. */
  readonly #open = new Map<string, BoundedWindow>();

  constructor(spec: SideViewSpec) {
    const { collection, time, space } = spec;
    this.name = collection.producer;
    this.time = time;
    this.contents = new SideContents({ ...spec, step: collection.producer });
    const saved = space(spaceName(collection.producer, `view of ${collection.tag}`));
    this.#saved = new SavedContents(collection.producer, saved);
    this.#grouping = firesOnce(collection.windowing) ? undefined : this.#makeGrouping(spec);
    this.#restore();
    const grouping = this.#grouping;
    this.operator = {
      advance: (budget) => (grouping === undefined ? this.#endWindows() : grouping.advance(budget)),
      hold: () => grouping?.hold() ?? this.#earliestEnd(),
      nextWakeUp: () => grouping?.nextWakeUp(),
      bytes: () => this.contents.bytes() + (grouping?.bytes() ?? 0),
      save: () => {
        grouping?.save();
        for (const content of this.contents.all()) this.#saved.save(content);
      },
    };
  }

  add(value: unknown, timestamp: number, windows: Windows): void {
    if (this.#grouping !== undefined) return this.#grouping.addPair(ALL, value, timestamp, windows);
    for (const window of windows) {
      // It has expired: Beam drops what comes then.
      if (this.#isOver(window)) continue;
      this.contents.add(value, window);
      this.#open.set(windowKey(window), window);
    }
  }

  flush(): void {}

  isReady(window: BoundedWindow): boolean {
    return (this.#grouping !== undefined && this.contents.has(window)) || this.#isOver(window);
  }

  /**
   * Forgets the oldest windows that are over for all main inputs, but for some: an element that is later than all lateness
   * still finds what it looks for, as long as that is not long ago.
   */
  forget(isOver: (window: BoundedWindow) => boolean): void {
    let tooMany = this.contents.size - KEPT;
    if (tooMany <= 0) return;
    const windows = [...this.contents.all()].map(({ window }) => window);
    for (const window of windows.sort((a, b) => a.maxTimestamp - b.maxTimestamp)) {
      if (tooMany-- <= 0 || !isOver(window) || !this.#isOver(window)) return;
      this.contents.delete(window);
      this.#saved.delete(window);
    }
  }

  #isOver(window: BoundedWindow): boolean {
    return this.time.inputWatermark > window.maxTimestamp;
  }

  #endWindows(): boolean {
    for (const [name, window] of this.#open) {
      if (!this.#isOver(window)) continue;
      this.#open.delete(name);
      this.isNewlyReady = true;
    }
    return true;
  }

  #earliestEnd(): number {
    let earliest = MAX_TIMESTAMP;
    for (const { maxTimestamp } of this.#open.values()) earliest = Math.min(earliest, maxTimestamp);
    return earliest;
  }

  #makeGrouping({ collection, codegen, time, space, memory }: SideViewSpec): PaneGrouping {
    const { producer, tag, windowing } = collection;
    const grouping = new PaneGrouping({
      step: producer,
      windowing,
      reducer: reducerOf(undefined, codegen),
      accumulatorCoder: undefined,
      codegen,
      time,
      space: (part) => space(spaceName(producer, `view of ${tag} ${part}`)),
      // It gives pairs of the only key and all values of a pane.
      emit: (pair, _timestamp, windows) => this.#replace(windows, (pair as { value: readonly unknown[] }).value),
      lateDrop: () => undefined,
      closedDrop: () => undefined,
    });
    memory.add(grouping);
    return grouping;
  }

  #replace([window]: Windows, values: readonly unknown[]): void {
    // An empty pane says that nothing new came, not that there is nothing (Beam: a view is written by elements).
    if (window === undefined || values.length === 0) return;
    this.isNewlyReady ||= !this.contents.has(window);
    this.#saved.delete(window);
    // The pane's list may be the one that the grouping goes on with.
    this.contents.replace(window, values);
  }

  #restore(): void {
    for (const { window, values } of this.#saved.restore()) {
      for (const value of values) this.contents.add(value, window);
      if (this.#grouping === undefined) this.#open.set(windowKey(window), window);
    }
  }
}
