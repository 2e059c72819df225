import {
  type BoundedWindow,
  type Multimap,
  type PCollection,
  type PCollectionView,
  PipelineError,
  type PrimitiveKey,
  showValue,
  tableKey,
  windowKey,
} from '../../model/index.ts';
import type { Edge, SideInputAccess, StageNode, Windows } from '../execution/index.ts';
import type { Pair } from '../shuffle/index.ts';
import { sideInputsOf } from '../plan/index.ts';

/** Keeps the elements of a collection that is a side input, by window. */
export class SideEdge implements Edge {
  readonly name: string;
  readonly isFull = false;
  readonly #byWindow = new Map<string, unknown[]>();

  constructor(name: string) {
    this.name = name;
  }

  add(value: unknown, _timestamp: number, windows: Windows): void {
    for (const window of windows) {
      const name = windowKey(window);
      const values = this.#byWindow.get(name);
      if (values === undefined) this.#byWindow.set(name, [value]);
      else values.push(value);
    }
  }

  flush(): void {}

  values(window: BoundedWindow): readonly unknown[] {
    return this.#byWindow.get(windowKey(window)) ?? [];
  }
}

type Views = Readonly<Record<string, unknown>>;

/**
 * The side inputs of a run: an edge for each collection that is one, and the views that functions get.
 *
 * A window of the main input sees the side window that holds its last instant (Beam model, "Side inputs and windowing"),
 * the earliest where several do.
 * A view is made when it is first read, and once for each side window.
 */
export class SideInputs {
  readonly #edges = new Map<PCollection<unknown>, SideEdge>();
  readonly #views = new Map<PCollectionView<unknown>, Map<string, unknown>>();
  readonly #records = new Map<StageNode, Map<string, Views>>();

  edgeOf(collection: PCollection<unknown>): SideEdge {
    let edge = this.#edges.get(collection);
    if (edge === undefined) {
      edge = new SideEdge(collection.producer);
      this.#edges.set(collection, edge);
    }
    return edge;
  }

  readonly access: SideInputAccess = (node, window) => {
    let records = this.#records.get(node);
    if (records === undefined) {
      records = new Map();
      this.#records.set(node, records);
    }
    const name = windowKey(window);
    let record = records.get(name);
    if (record === undefined) {
      record = this.#record(node, window);
      records.set(name, record);
    }
    return record;
  };

  #record(node: StageNode, window: BoundedWindow): Views {
    const record: Record<string, unknown> = Object.create(null);
    for (const [name, view] of Object.entries(sideInputsOf(node.step))) {
      Object.defineProperty(record, name, {
        enumerable: true,
        get: () => this.#view(`the side input '${name}'`, view, window),
      });
    }
    return record;
  }

  #view(what: string, view: PCollectionView<unknown>, window: BoundedWindow): unknown {
    const side = sideWindow(what, view, window);
    const key = windowKey(side);
    let made = this.#views.get(view);
    if (made === undefined) {
      made = new Map();
      this.#views.set(view, made);
    }
    if (!made.has(key)) made.set(key, viewOf(what, view, this.edgeOf(view.collection).values(side)));
    return made.get(key);
  }
}

function sideWindow(what: string, { collection }: PCollectionView<unknown>, main: BoundedWindow): BoundedWindow {
  const { windowFn } = collection.windowing;
  try {
    // The earliest counts, in whatever order they are listed (Beam: SlidingWindows.getDefaultWindowMappingFn).
    const windows: readonly BoundedWindow[] = windowFn.assign(main.maxTimestamp, undefined);
    return [...windows].sort((a, b) => a.maxTimestamp - b.maxTimestamp)[0] ?? main;
  } catch (cause) {
    throw new PipelineError(
      undefined,
      `${what} is in windows that ${windowFn.name} makes from its elements. Which of them an element of the main input sees can't be told from a time. Re-window it first, e.g. windowInto(fixedWindows(...)) or globalWindows().`,
      { cause },
    );
  }
}

function viewOf(what: string, { kind, defaultValue }: PCollectionView<unknown>, values: readonly unknown[]): unknown {
  switch (kind) {
    case 'iterable':
    case 'list':
      return values;
    case 'singleton':
      if (values.length === 1) return values[0];
      if (values.length === 0 && defaultValue) return defaultValue.value;
      throw new PipelineError(
        undefined,
        `${what} has ${values.length} elements in this window and is read as a singleton. It stands for exactly one. ${values.length === 0 ? 'Pass asSingleton(collection, { defaultValue })' : 'Combine it to one element first, or use asIterable'}.`,
      );
    // The two below are views of key-value pairs by the types of asMap and asMultimap.
    case 'map':
      return mapView(what, values as readonly Pair[]);
    case 'multimap':
      return new MultimapView(values as readonly Pair[]);
    default:
      return kind satisfies never;
  }
}

function mapView(what: string, pairs: readonly Pair[]): ReadonlyMap<unknown, unknown> {
  const map = new KeyedMap(pairs);
  if (map.size === pairs.length) return map;
  const seen = new KeyedMap([]);
  const again = pairs.find(({ key }) => seen.has(key) || !seen.set(key, true));
  throw new PipelineError(
    undefined,
    `${what} has the key ${showValue(again?.key)} more than once in this window and is read as a map. Which of the values is meant is not known. Use asMultimap, or combine the values of each key first.`,
  );
}

/** A Map whose keys are equal when Viga's are: objects by content. */
class KeyedMap extends Map<unknown, unknown> {
  // `declare`d so that the base constructor, which calls `set`, does not meet a field that is not there yet.
  declare private byKey: Map<PrimitiveKey, unknown> | undefined;

  constructor(pairs: readonly Pair[]) {
    super();
    for (const { key, value } of pairs) this.set(key, value);
  }

  #own(key: unknown): unknown {
    if (typeof key !== 'object' || key === null) return key;
    this.byKey ??= new Map();
    const at = tableKey(key);
    const known = this.byKey.get(at);
    if (known !== undefined) return known;
    return key;
  }

  override set(key: unknown, value: unknown): this {
    const own = this.#own(key);
    if (typeof own === 'object' && own !== null) this.byKey?.set(tableKey(own), own);
    return super.set(own, value);
  }

  override get(key: unknown): unknown {
    return super.get(this.#own(key));
  }

  override has(key: unknown): boolean {
    return super.has(this.#own(key));
  }
}

class MultimapView implements Multimap<unknown, unknown> {
  readonly #values = new Map<PrimitiveKey, unknown[]>();

  constructor(pairs: readonly Pair[]) {
    for (const { key, value } of pairs) {
      const at = tableKey(key);
      const values = this.#values.get(at);
      if (values === undefined) this.#values.set(at, [value]);
      else values.push(value);
    }
  }

  get size(): number {
    return this.#values.size;
  }

  get(key: unknown): readonly unknown[] {
    return this.#values.get(tableKey(key)) ?? [];
  }

  has(key: unknown): boolean {
    return this.#values.has(tableKey(key));
  }
}
