import {
  type BoundedWindow,
  fromBytes,
  MAX_TIMESTAMP,
  type PCollection,
  type PCollectionView,
  type StateSpace,
  type Step,
  structuralCoder,
  toBytes,
  windowKey,
} from '../../model/index.ts';
import type { Edge, Operator, SideInputAccess, StepTime, Windows } from '../execution/index.ts';
import { PaneGrouping } from '../panes/index.ts';
import { sideInputsOf } from '../plan/index.ts';
import { sideInputText, sideWindow, viewOf } from '../views/index.ts';
import { reducerOf } from '../shuffle/index.ts';
import { spaceName } from './identity.ts';

/** The only key of the grouping behind a view. */
const ALL = 0;

/** So many windows of a view are kept, whatever time it is. */
const KEPT = 1_000;

interface Content {
  readonly window: BoundedWindow;
  readonly values: readonly unknown[];
  /** What functions got of it, by view: several may see one collection in different ways. */
  readonly made: Map<PCollectionView<unknown>, unknown>;
  isChanged: boolean;
}

/** What the view of a collection takes from its run. */
export interface SideViewSpec {
  readonly collection: PCollection<unknown>;
  readonly codegen: boolean;
  readonly time: StepTime;
  readonly space: (name: string) => StateSpace | undefined;
}

/**
 * A collection that is a side input, by window: what its latest pane held.
 *
 * Panes are those of a grouping of all its elements with the collection's own trigger, so a window is ready when the first
 * has fired or the watermark has passed its end, and later panes take the place of earlier ones (Beam model, "Side inputs").
 */
export class SideView implements Edge {
  readonly name: string;
  readonly isFull = false;
  readonly time: StepTime;
  readonly operator: Operator;
  /** Whether a window has fired for the first time: elements may have waited for that. Cleared by who looks. */
  isNewlyReady = false;
  readonly #grouping: PaneGrouping;
  readonly #space: StateSpace | undefined;
  readonly #contents = new Map<string, Content>();
  readonly #dropped = new Set<string>();

  constructor({ collection, codegen, time, space }: SideViewSpec) {
    this.name = collection.producer;
    this.time = time;
    const name = `view of ${collection.tag}`;
    this.#space = space(spaceName(collection.producer, name));
    this.#restore();
    this.#grouping = new PaneGrouping({
      step: collection.producer,
      windowing: collection.windowing,
      reducer: reducerOf(undefined, codegen),
      accumulatorCoder: undefined,
      codegen,
      time,
      space: (part) => space(spaceName(collection.producer, `${name} ${part}`)),
      // It gives pairs of the only key and all values of a pane.
      emit: (pair, _timestamp, windows) => this.#replace(windows, (pair as { value: Iterable<unknown> }).value),
      lateDrop: () => undefined,
      closedDrop: () => undefined,
    });
    const grouping = this.#grouping;
    this.operator = {
      advance: (budget) => grouping.advance(budget),
      hold: () => grouping.hold(),
      nextWakeUp: () => grouping.nextWakeUp(),
      bytes: () => grouping.bytes(),
      save: () => {
        grouping.save();
        this.#save();
      },
    };
  }

  add(value: unknown, timestamp: number, windows: Windows): void {
    this.#grouping.addPair(ALL, value, timestamp, windows);
  }

  flush(): void {}

  isReady(window: BoundedWindow): boolean {
    return this.#contents.has(windowKey(window)) || this.time.inputWatermark > window.maxTimestamp;
  }

  /** What a function sees of a window through a view. */
  seen(what: string, view: PCollectionView<unknown>, window: BoundedWindow): unknown {
    const content = this.#contents.get(windowKey(window));
    if (content === undefined) return viewOf(what, view, []);
    if (!content.made.has(view)) content.made.set(view, viewOf(what, view, content.values));
    return content.made.get(view);
  }

  /**
   * Forgets the oldest windows that are over for all main inputs, but for some: an element that is later than all lateness
   * still finds what it looks for, as long as that is not long ago.
   */
  forget(isOver: (window: BoundedWindow) => boolean): void {
    let tooMany = this.#contents.size - KEPT;
    if (tooMany <= 0) return;
    const oldestFirst = [...this.#contents].sort(([, a], [, b]) => a.window.maxTimestamp - b.window.maxTimestamp);
    for (const [name, { window }] of oldestFirst) {
      if (tooMany-- <= 0 || !isOver(window)) return;
      this.#contents.delete(name);
      this.#dropped.add(name);
    }
  }

  #replace([window]: Windows, values: Iterable<unknown>): void {
    const held = [...values];
    // An empty pane says that nothing new came, not that there is nothing (Beam: a view is written by elements).
    if (window === undefined || held.length === 0) return;
    this.isNewlyReady ||= !this.#contents.has(windowKey(window));
    this.#contents.set(windowKey(window), { window, values: held, made: new Map(), isChanged: true });
  }

  #save(): void {
    for (const name of this.#dropped) this.#space?.delete(Buffer.from(name));
    this.#dropped.clear();
    for (const [name, content] of this.#contents) {
      if (!content.isChanged) continue;
      content.isChanged = false;
      const { window, values } = content;
      this.#space?.put(Buffer.from(name), toBytes(structuralCoder, { window, values }));
    }
  }

  #restore(): void {
    for (const { key, value } of this.#space?.scan() ?? []) {
      // Written by `save`.
      const { window, values } = fromBytes(structuralCoder, value) as Pick<Content, 'window' | 'values'>;
      this.#contents.set(Buffer.from(key).toString(), { window, values, made: new Map(), isChanged: false });
    }
  }
}

type Views = Readonly<Record<string, unknown>>;

/** All side inputs of a streaming run, and what functions get of them. */
export class SideViews {
  readonly #views = new Map<PCollection<unknown>, SideView>();
  readonly #make: (collection: PCollection<unknown>) => SideView;
  /** By step, then by the window's object: windows that are over take their records with them. */
  readonly #records = new WeakMap<Step, WeakMap<BoundedWindow, Views>>();

  constructor(make: (collection: PCollection<unknown>) => SideView) {
    this.#make = make;
  }

  of(collection: PCollection<unknown>): SideView {
    let view = this.#views.get(collection);
    if (view === undefined) {
      view = this.#make(collection);
      this.#views.set(collection, view);
    }
    return view;
  }

  all(): Iterable<readonly [PCollection<unknown>, SideView]> {
    return this.#views;
  }

  /** Lets views forget what no element of a main input will look at. */
  forget(collection: PCollection<unknown>, mains: readonly StepTime[]): void {
    const earliest = mains.reduce((least, { inputWatermark }) => Math.min(least, inputWatermark), MAX_TIMESTAMP);
    this.of(collection).forget(({ maxTimestamp }) => maxTimestamp < earliest);
  }

  /** Whether all side inputs of a step are ready for a window of its main input. */
  isReady(step: Step, main: BoundedWindow): boolean {
    return Object.entries(sideInputsOf(step)).every(([name, view]) =>
      this.of(view.collection).isReady(sideWindow(step.path, name, view, main)),
    );
  }

  readonly access: SideInputAccess = (node, window) => this.seenBy(node.step, window);

  /** What a step sees from a window of its main input, by name. */
  seenBy(step: Step, window: BoundedWindow): Views {
    let records = this.#records.get(step);
    if (records === undefined) {
      records = new WeakMap();
      this.#records.set(step, records);
    }
    let record = records.get(window);
    if (record === undefined) {
      record = this.#record(step, window);
      records.set(window, record);
    }
    return record;
  }

  #record(step: Step, main: BoundedWindow): Views {
    const record: Record<string, unknown> = Object.create(null);
    for (const [name, view] of Object.entries(sideInputsOf(step))) {
      let side: BoundedWindow | undefined;
      // The content is looked up each time: a later pane takes the place of what is there.
      const get = (): unknown => {
        side ??= sideWindow(step.path, name, view, main);
        return this.of(view.collection).seen(sideInputText(name), view, side);
      };
      Object.defineProperty(record, name, { enumerable: true, get });
    }
    return record;
  }
}
