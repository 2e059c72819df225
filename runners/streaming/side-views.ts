import { type BoundedWindow, MAX_TIMESTAMP, type PCollection, type Step } from '../../model/index.ts';
import type { SideInputAccess, StepTime } from '../execution/index.ts';
import { sideInputsOf } from '../plan/index.ts';
import { sideInputText, sideWindow } from '../views/index.ts';
import type { SideView } from './side-view.ts';

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
        return this.of(view.collection).contents.view(sideInputText(name), view, side);
      };
      Object.defineProperty(record, name, { enumerable: true, get });
    }
    return record;
  }
}
