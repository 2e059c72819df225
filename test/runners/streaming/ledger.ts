import { ConnectorError, type Host, type Sink } from '../../../model/index.ts';
import type { MemoryDisk } from '../../../runners/state/index.ts';
import { virtualHost } from '../../helpers/virtual-host.ts';

/**
 * A table with a ledger that outlives the runs that write to it: it has each epoch once. While `isDown` says so it can't be
 * reached.
 */
export class Ledger<T> {
  readonly rows: T[] = [];
  #has = 0;
  /** How often it was asked in vain. */
  attempts = 0;
  readonly #isDown: () => boolean;

  constructor(isDown: () => boolean = () => false) {
    this.#isDown = isDown;
  }

  sink(name: string): Sink<T, never> {
    const onlyDelivers = (): never => {
      throw new Error('what is written waits in the outbox');
    };
    return {
      kind: 'sink',
      name,
      guarantee: 'transactional',
      location: 'memory',
      open: onlyDelivers,
      commit: onlyDelivers,
      deliver: async ({ epoch, batches }) => {
        if (this.#isDown()) {
          this.attempts++;
          throw new ConnectorError('the ledger', 'it is down. Ask again.', { retryable: true });
        }
        if (epoch <= this.#has) return;
        for (const { values } of batches()) this.rows.push(...values);
        this.#has = epoch;
      },
      delivered: async () => this.#has,
    };
  }
}

/** Virtual hosts whose jobs keep their state on one disk in memory: no time passes while it is written. */
export function hostOf(disk: MemoryDisk): Host {
  return { ...virtualHost(), openStateStore: async () => disk.open() };
}
