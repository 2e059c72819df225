import { type BoundedWindow, type PCollection, type Step, windowKey } from '../../model/index.ts';
import type { Edge, SideInputAccess, Windows } from '../execution/index.ts';
import { sideInputsOf } from '../plan/index.ts';
import { SideContents, type SideContentsSpec, sideInputText, sideWindow } from '../views/index.ts';

/** Keeps the elements of a collection that is a side input, by window. */
class SideEdge implements Edge {
  readonly name: string;
  readonly isFull = false;
  readonly contents: SideContents;

  constructor(name: string, spec: Omit<SideContentsSpec, 'step'>) {
    this.name = name;
    this.contents = new SideContents({ ...spec, step: name });
  }

  add(value: unknown, _timestamp: number, windows: Windows): void {
    for (const window of windows) this.contents.add(value, window);
  }

  flush(): void {}
}

type Views = Readonly<Record<string, unknown>>;

/**
 * The side inputs of a run: an edge for each collection that is one, and the views that functions get.
 *
 * A window of the main input sees the side window that holds its last instant (Beam model, "Side inputs and windowing"),
 * the earliest where several do.
 */
export class SideInputs {
  readonly #spec: Omit<SideContentsSpec, 'step'>;
  readonly #edges = new Map<PCollection<unknown>, SideEdge>();
  readonly #records = new Map<Step, Map<string, Views>>();

  constructor(spec: Omit<SideContentsSpec, 'step'>) {
    this.#spec = spec;
  }

  edgeOf(collection: PCollection<unknown>): SideEdge {
    let edge = this.#edges.get(collection);
    if (edge === undefined) {
      edge = new SideEdge(collection.producer, this.#spec);
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
      let side: BoundedWindow | undefined;
      // Asked for each time: elements that were in memory may be on disk since.
      const get = (): unknown => {
        side ??= sideWindow(step.path, name, view, window);
        return this.edgeOf(view.collection).contents.view(sideInputText(name), view, side);
      };
      Object.defineProperty(record, name, { enumerable: true, get });
    }
    return record;
  }
}
