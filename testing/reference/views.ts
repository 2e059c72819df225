// Side inputs: a collection is grouped by its own windows and trigger; a pane of a window takes the place of what was there.
import { tableKey, windowKey } from '../../model/index.ts';
import type { BoundedWindow, KV, PCollection, PCollectionView } from '../../model/index.ts';
import { isOver } from './element.ts';
import type { Behavior, Element, StepTime } from './element.ts';
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

type Side = readonly [name: string, view: PCollectionView<unknown>, collection: SideCollection];

/** The side inputs of one step, and the elements that wait for them. */
export class Views {
  readonly #sides: readonly Side[];
  #waiting: readonly Element[] = [];

  constructor(sides: readonly Side[]) {
    this.#sides = sides;
  }

  get isNeeded(): boolean {
    return this.#sides.length > 0;
  }

  get waiting(): readonly Element[] {
    return this.#waiting;
  }

  /** Whether something that waited need not wait any more. */
  get isReady(): boolean {
    return this.#waiting.some((element) => this.#isReady(element));
  }

  /** Whether an element can be processed; if not, it is kept until it can. */
  admit(element: Element): boolean {
    if (this.#isReady(element)) return true;
    this.#waiting = [...this.#waiting, element];
    return false;
  }

  takeReady(): readonly Element[] {
    const ready = this.#waiting.filter((element) => this.#isReady(element));
    this.#waiting = this.#waiting.filter((element) => !ready.includes(element));
    return ready;
  }

  #isReady({ window }: Element): boolean {
    return this.#sides.every(([, view, side]) => side.elements(sideWindow(view, window)) !== undefined);
  }

  /** What functions see in a window of the main input. A view that is wrong, as it has two elements, throws when it is read. */
  readonly of = (window: BoundedWindow): Readonly<Record<string, unknown>> => {
    const record: Record<string, unknown> = {};
    for (const [name, view, side] of this.#sides) {
      const get = (): unknown => viewOf(name, view, side.elements(sideWindow(view, window)) ?? []);
      Object.defineProperty(record, name, { enumerable: true, get });
    }
    return record;
  };
}

/** The side window that a window of the main input sees: the first that holds its last instant. */
function sideWindow({ collection }: PCollectionView<unknown>, main: BoundedWindow): BoundedWindow {
  const windows: readonly BoundedWindow[] = collection.windowing.windowFn.assign(main.maxTimestamp, undefined);
  return [...windows].sort((a, b) => a.maxTimestamp - b.maxTimestamp)[0] ?? main;
}

function viewOf(name: string, { kind, defaultValue }: PCollectionView<unknown>, elements: readonly unknown[]): unknown {
  if (kind === 'iterable' || kind === 'list') return elements;
  if (kind === 'singleton') {
    if (elements.length === 0 && defaultValue) return defaultValue.value;
    if (elements.length !== 1)
      throw new RangeError(`the side input '${name}' has ${elements.length} elements, not one.`);
    return elements[0];
  }
  // Maps are made of collections of pairs.
  const pairs = elements as readonly KV<unknown, unknown>[];
  const groups = Map.groupBy(pairs, ({ key }) => tableKey(key));
  if (kind === 'map') {
    if (groups.size < pairs.length)
      throw new RangeError(`the side input '${name}' has a key twice and is read as a map.`);
    return new Map(pairs.map(({ key, value }) => [key, value]));
  }
  const get = (key: unknown) => (groups.get(tableKey(key)) ?? []).map(({ value }) => value);
  return { get, has: (key: unknown) => groups.has(tableKey(key)), size: groups.size };
}
