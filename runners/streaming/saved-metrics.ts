import { fromBytes, type StateSpace, type StateStore, structuralCoder, toBytes } from '../../model/index.ts';
import type { CommittedMetric, MetricsStore } from '../execution/index.ts';
import type { Drops } from '../run/index.ts';

const SPACE = 'viga#metrics';

/** What the keys of rows begin with. */
const METRIC = 'metric ';
const DROPS = 'drops ';

/** What is counted for a job: metrics of its steps, and elements that they dropped. */
export interface Counted {
  readonly metrics: MetricsStore;
  readonly drops: Drops;
}

/**
 * What a job has counted, in its store: part of each epoch, so that what is done again after a crash is counted once. A row for
 * each metric of a step and each kind of drop, written where it has changed.
 */
export class SavedMetrics {
  readonly #counted: Counted;
  readonly #space: StateSpace;
  /** What the store has. */
  readonly #written = new Map<string, Buffer>();

  constructor(counted: Counted, store: StateStore) {
    this.#counted = counted;
    this.#space = store.space(SPACE);
  }

  save(): void {
    const { metrics, drops } = this.#counted;
    for (const one of metrics.committed()) {
      const { kind, namespace, name } = one.metric;
      this.#put(METRIC + JSON.stringify([one.step, kind, namespace, name]), one);
    }
    for (const [what, count] of drops.counts()) this.#put(DROPS + what, count);
  }

  restore(): void {
    const { metrics, drops } = this.#counted;
    for (const { key, value } of this.#space.scan()) {
      const name = Buffer.from(key).toString();
      this.#written.set(name, Buffer.from(value));
      const saved = fromBytes(structuralCoder, value); // written by `save`
      if (name.startsWith(DROPS)) drops.restore(name.slice(DROPS.length), saved as number);
      else metrics.restore(saved as CommittedMetric);
    }
  }

  #put(name: string, what: unknown): void {
    const bytes = toBytes(structuralCoder, what);
    if (this.#written.get(name)?.equals(bytes) === true) return;
    this.#written.set(name, Buffer.from(bytes));
    this.#space.put(Buffer.from(name), bytes);
  }
}
