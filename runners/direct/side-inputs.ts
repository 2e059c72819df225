import { type BoundedWindow, type PCollection, type PCollectionView, type Step, windowKey } from '../../model/index.ts';
import type { Edge, SideInputAccess, Windows } from '../execution/index.ts';
import { sideInputsOf } from '../plan/index.ts';
import { sideInputText, sideWindow, viewOf } from '../run/index.ts';

/** Keeps the elements of a collection that is a side input, by window. */
class SideEdge implements Edge {
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
  readonly #records = new Map<Step, Map<string, Views>>();

  edgeOf(collection: PCollection<unknown>): SideEdge {
    let edge = this.#edges.get(collection);
    if (edge === undefined) {
      edge = new SideEdge(collection.producer);
      this.#edges.set(collection, edge);
    }
    return edge;
  }

  readonly access: SideInputAccess = ({ step }, window) => this.of(step, window);

  /** What a step sees from a window. */
  of(step: Step, window: BoundedWindow): Views {
    let records = this.#records.get(step);
    if (records === undefined) {
      records = new Map();
      this.#records.set(step, records);
    }
    const name = windowKey(window);
    let record = records.get(name);
    if (record === undefined) {
      record = this.#record(step, window);
      records.set(name, record);
    }
    return record;
  }

  #record(step: Step, window: BoundedWindow): Views {
    const record: Record<string, unknown> = Object.create(null);
    for (const [name, view] of Object.entries(sideInputsOf(step))) {
      Object.defineProperty(record, name, {
        enumerable: true,
        get: () => this.#view(view, sideWindow(step.path, name, view, window), sideInputText(name)),
      });
    }
    return record;
  }

  #view(view: PCollectionView<unknown>, side: BoundedWindow, what: string): unknown {
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
