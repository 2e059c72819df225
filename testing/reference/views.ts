// Side inputs: a collection is grouped by its own windows and trigger; a pane of a window takes the place of what was there.
import { type BoundedWindow, type KV, type PCollection, type PCollectionView, tableKey } from '../../model/index.ts';
import { windowKey } from '../../model/index.ts';
import { type Behavior, type Element, isOver, type SideValuesOf, type StepTime } from './element.ts';
import { Grouping } from './grouping.ts';

/** A collection that is a side input, window by window. */
export interface SideCollection extends Behavior {
  /** The elements of a window; undefined if it has not fired and may still do so. */
  readonly elements: (window: BoundedWindow) => readonly unknown[] | undefined;
}

export function sideCollection({ windowing }: PCollection<unknown>, time: StepTime): SideCollection {
  const contents = new Map<string, readonly unknown[]>();
  const emit = ({ value, window }: Element): void => {
    // What the grouping gives out are pairs, with the elements of a pane as value.
    const elements = (value as KV<null, readonly unknown[]>).value;
    if (elements.length > 0) contents.set(windowKey(window), elements);
  };
  const grouping = new Grouping({ windowing, time, emit, drop: () => {} }, (values) => values);
  return {
    process: (element) => grouping.process({ ...element, value: { key: null, value: element.value } }),
    advance: () => grouping.advance(),
    elements: (window) => contents.get(windowKey(window)) ?? (isOver(window, time.input) ? [] : undefined),
  };
}

/** A side input of a step. */
export type Side = readonly [name: string, view: PCollectionView<unknown>, collection: SideCollection];

/** Whether an element in this window need not wait. */
export const areReady = (sides: readonly Side[], window: BoundedWindow): boolean =>
  sides.every(([, view, side]) => side.elements(sideWindow(view, window)) !== undefined);

/** What functions see from a window of the main input. */
export const sideValuesOf =
  (sides: readonly Side[]): SideValuesOf =>
  (window) =>
    Object.fromEntries(
      sides.map(([name, view, side]) => [name, viewOf(view, side.elements(sideWindow(view, window)) ?? [])]),
    );

/** The side window that a window of the main input sees: the first that holds its last instant. */
function sideWindow({ collection }: PCollectionView<unknown>, main: BoundedWindow): BoundedWindow {
  const windows: readonly BoundedWindow[] = collection.windowing.windowFn.assign(main.maxTimestamp, undefined);
  return [...windows].sort((a, b) => a.maxTimestamp - b.maxTimestamp)[0] ?? main;
}

function viewOf({ kind, defaultValue }: PCollectionView<unknown>, elements: readonly unknown[]): unknown {
  if (kind === 'iterable' || kind === 'list') return elements;
  if (kind === 'singleton') {
    if (elements.length > 1 || (elements.length === 0 && !defaultValue))
      throw new RangeError('It is no single element.');
    return elements.length === 0 ? defaultValue?.value : elements[0];
  }
  // Maps are made of collections of pairs.
  const pairs = elements as readonly KV<unknown, unknown>[];
  const groups = Map.groupBy(pairs, ({ key }) => tableKey(key));
  if (kind === 'map') return new Map(pairs.map(({ key, value }) => [key, value]));
  const get = (key: unknown) => (groups.get(tableKey(key)) ?? []).map(({ value }) => value);
  return { get, has: (key: unknown) => groups.has(tableKey(key)), size: groups.size };
}
