// Side inputs: a collection is grouped by its own windows and trigger; a pane of a window takes the place of what was there.
import { type BoundedWindow, type KV, MIN_TIMESTAMP, type PCollection, windowKey } from '../../model/index.ts';
import type { PCollectionView } from '../../model/index.ts';
import { type Element, isOver } from './element.ts';
import { Grouping } from './grouping.ts';

export function sideCollection({ windowing }: PCollection<unknown>) {
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
    process: (one: Element) => grouping.process({ ...one, value: { key: null, value: one.value } }),
    due: () => grouping.due(),
    /** The elements of a window; undefined if it has not fired and may still do so. */
    elements: (window: BoundedWindow) =>
      contents.get(windowKey(window)) ?? (isOver(window, time.input) ? [] : undefined),
  };
}

export type SideCollection = ReturnType<typeof sideCollection>;
/** A side input of a step. */
export type Side = readonly [name: string, view: PCollectionView<unknown>, collection: SideCollection];

/** What it has for a window of the main input: what is in the first of its windows that holds the last instant. */
export function elementsOf([, view, collection]: Side, main: BoundedWindow): readonly unknown[] | undefined {
  const windows: readonly BoundedWindow[] = view.collection.windowing.windowFn.assign(main.maxTimestamp, undefined);
  const [first = main] = [...windows].sort((a, b) => a.maxTimestamp - b.maxTimestamp);
  return collection.elements(first);
}
