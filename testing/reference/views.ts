// Side inputs: a collection is grouped by its own windows and trigger; a pane of a window takes the place of what was there.
import { type BoundedWindow, type KV, MIN_TIMESTAMP, type PCollection, windowKey } from '../../model/index.ts';
import type { PCollectionView } from '../../model/index.ts';
import { type Behavior, type Element, isOver, type StepTime, type Surroundings } from './element.ts';
import { Grouping } from './grouping.ts';

/** A collection that is a side input. */
export interface SideCollection extends Behavior {
  readonly time: StepTime;
  /** The elements of a window; undefined if it has not fired and may still do so. */
  readonly elements: (window: BoundedWindow) => readonly unknown[] | undefined;
}

export function sideCollection({ windowing }: PCollection<unknown>): SideCollection {
  const time = { input: MIN_TIMESTAMP, output: MIN_TIMESTAMP, now: 0 };
  const contents = new Map<string, readonly unknown[]>();
  const emit = ({ value, window }: Element): void => {
    // What the grouping gives out are pairs, with the elements of a pane as value.
    const elements = (value as KV<null, readonly unknown[]>).value;
    if (elements.length > 0) contents.set(windowKey(window), elements);
  };
  const grouping = new Grouping({ windowing, time, emit, drop: () => {} }, (values) => values);
  return {
    time,
    process: (element) => grouping.process({ ...element, value: { key: null, value: element.value } }),
    due: () => grouping.due(),
    elements: (window) => contents.get(windowKey(window)) ?? (isOver(window, time.input) ? [] : undefined),
  };
}

/** A side input of a step. */
export type Side = readonly [name: string, view: PCollectionView<unknown>, collection: SideCollection];

/** What it has for a window of the main input: what is in the first of its windows that holds the last instant. */
function elementsOf([, view, collection]: Side, main: BoundedWindow): readonly unknown[] | undefined {
  const windows: readonly BoundedWindow[] = view.collection.windowing.windowFn.assign(main.maxTimestamp, undefined);
  const [first = main] = [...windows].sort((a, b) => a.maxTimestamp - b.maxTimestamp);
  return collection.elements(first);
}

/** Whether an element in this window need not wait. */
export const areReady = (sides: readonly Side[], window: BoundedWindow): boolean =>
  sides.every((side) => elementsOf(side, window) !== undefined);

export const viewsOf =
  (sides: readonly Side[]): Surroundings['views'] =>
  (window) =>
    Object.fromEntries(sides.map((side) => [side[0], elementsOf(side, window) ?? []]));
