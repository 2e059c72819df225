// Side inputs: a collection is grouped by its own windows and trigger; a pane of a window takes the place of what was there.
import { tableKey, windowKey } from '../../model/index.ts';
import type { BoundedWindow, KV, PCollection, PCollectionView } from '../../model/index.ts';
import type { SideValuesOf } from './calls.ts';
import { type Behavior, type Element, isOver, type StepTime } from './element.ts';
import { Grouping } from './grouping.ts';

/** A collection that is a side input, window by window. */
export class SideCollection implements Behavior {
  readonly #time: StepTime;
  readonly #grouping: Grouping;
  readonly #contents = new Map<string, readonly unknown[]>();

  constructor({ windowing }: PCollection<unknown>, time: StepTime) {
    this.#time = time;
    const keep = ({ value, window }: Element): void => {
      // What the grouping gives out are pairs, with the elements of a pane as value.
      const elements = (value as KV<null, readonly unknown[]>).value;
      if (elements.length > 0) this.#contents.set(windowKey(window), elements);
    };
    this.#grouping = new Grouping({ windowing, time, emit: keep, drop: () => {} }, (values) => values);
  }

  process(element: Element): void {
    this.#grouping.process({ ...element, value: { key: null, value: element.value } });
  }

  advance(): void {
    this.#grouping.advance();
  }

  /** The elements of a window; undefined if it has not fired and may still do so. */
  elements(window: BoundedWindow): readonly unknown[] | undefined {
    return this.#contents.get(windowKey(window)) ?? (isOver(window, this.#time.input) ? [] : undefined);
  }
}

/** A side input of a step. */
export type Side = readonly [name: string, view: PCollectionView<unknown>, collection: SideCollection];

/** Whether an element in this window need not wait. */
export const areReady = (sides: readonly Side[], window: BoundedWindow): boolean =>
  sides.every(([, view, side]) => side.elements(sideWindow(view, window)) !== undefined);

/** What functions see from a window of the main input. A view that is wrong, as it has two elements, throws when it is read. */
export const sideValuesOf =
  (sides: readonly Side[]): SideValuesOf =>
  (window) => {
    const record: Record<string, unknown> = {};
    for (const [name, view, side] of sides) {
      const get = (): unknown => viewOf(view, side.elements(sideWindow(view, window)) ?? []);
      Object.defineProperty(record, name, { enumerable: true, get });
    }
    return record;
  };

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
  const get = (key: unknown) => (groups.get(tableKey(key)) ?? []).map(({ value }) => value);
  if (kind === 'multimap') return { get, has: (key: unknown) => groups.has(tableKey(key)), size: groups.size };
  if (groups.size < pairs.length) throw new RangeError('It has a key twice.');
  return new Map(pairs.map(({ key, value }) => [key, value]));
}
