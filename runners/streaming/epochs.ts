import type { AfterCommit, EpochStats, Host, StateStore } from '../../model/index.ts';
import { markFinished } from './identity.ts';
import type { LiveLoop } from './live-loop.ts';
import type { LiveNetwork } from './live-network.ts';
import { SavedStages } from './saved-stages.ts';

/** Bytes that may wait for sinks before sources have to. */
const OUTBOX_QUOTA = 64 << 20;

/** What epochs take from their run. */
export interface EpochsEnvironment {
  readonly host: Host;
  readonly interval: number;
  readonly isDurable: boolean;
  /** Whether some input never ends: sinks then get what there is at each epoch, and else all at the end. */
  readonly isEndless: boolean;
  readonly wake: () => void;
}

/**
 * Cuts the run into epochs: what has happened so far becomes durable as a whole, then sinks and sources are told.
 *
 * Flow of a cut: sources halt; the loop runs until every queue is empty and every bundle is over; operators, sources and
 * sinks save into the store; the store commits. That is the only commit there is. After it the sinks get what waits for
 * them, in order, while the next epoch goes on; sources learn that what they gave need not come again.
 */
export class Epochs {
  readonly #network: LiveNetwork;
  readonly #store: StateStore;
  readonly #environment: EpochsEnvironment;
  readonly #saved: SavedStages;
  readonly #afterCommit: Parameters<AfterCommit>[0][] = [];
  #next: number;
  /** The last that is durable, or, in a run that keeps nothing, over. */
  #epoch: number;
  #last: Omit<EpochStats, 'outboxBytes'> | undefined;
  #delivering: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(network: LiveNetwork, store: StateStore, environment: EpochsEnvironment) {
    this.#network = network;
    this.#store = store;
    this.#environment = environment;
    this.#saved = new SavedStages(network, store);
    this.#epoch = store.epoch;
    this.#next = environment.host.clock.monotonic() + environment.interval;
  }

  /** The last cut. */
  get last(): EpochStats | undefined {
    return this.#last && { ...this.#last, outboxBytes: this.#waiting };
  }

  /** Whether it is time for a cut. */
  get isDue(): boolean {
    const { isDurable, isEndless, host } = this.#environment;
    return (isDurable || isEndless) && host.clock.monotonic() >= this.#next;
  }

  /** Milliseconds until the next cut. */
  get untilDue(): number {
    const { isDurable, isEndless, host } = this.#environment;
    return isDurable || isEndless ? this.#next - host.clock.monotonic() : Number.POSITIVE_INFINITY;
  }

  /** Whether so much waits for sinks that sources have to stop. */
  get isClogged(): boolean {
    return this.#waiting > OUTBOX_QUOTA;
  }

  /** Bytes that wait for sinks. */
  get #waiting(): number {
    let waiting = 0;
    for (const write of this.#network.writes.values()) waiting += write.waiting;
    return waiting;
  }

  /** Is called when what has happened so far is durable. */
  readonly afterCommit: AfterCommit = (callback) => {
    this.#afterCommit.push(callback);
  };

  /** Goes on where the last epoch ended. */
  restore(): void {
    this.#saved.restore();
    this.#deliver();
  }

  /** Makes all that has happened so far durable. */
  async cut(loop: LiveLoop): Promise<void> {
    await this.#commit(loop);
    this.#deliver();
  }

  /** The last cut of a job that has nothing left to do. */
  async finish(loop: LiveLoop): Promise<void> {
    await this.#commit(loop);
    await this.deliverAll();
    if (!this.#environment.isDurable) return;
    for (const write of this.#network.writes.values()) await write.prepare(this.#epoch + 1);
    markFinished(this.#store);
    await this.#store.commit(this.#epoch + 1);
  }

  /** Waits until nothing is delivered any more, whatever comes of it. */
  async close(): Promise<void> {
    await this.#delivering;
  }

  /** Waits until sinks have all that durable epochs have for them. */
  async deliverAll(): Promise<void> {
    this.#deliver();
    await this.#delivering;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #commit(loop: LiveLoop): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure.error;
    const { host, interval, isDurable } = this.#environment;
    const epoch = this.#epoch + 1;
    const started = host.clock.monotonic();
    loop.isHalted = true;
    try {
      await this.#quiet(loop);
      for (const write of this.#network.writes.values()) await write.prepare(epoch);
      const rests = this.#network.stages.map(({ reads }) => reads?.rests() ?? []);
      if (isDurable) {
        this.#saved.save();
        await this.#store.commit(epoch);
      }
      this.#epoch = epoch;
      this.#last = { number: epoch, at: host.clock.now(), durationMs: host.clock.monotonic() - started };
      for (const callback of this.#afterCommit.splice(0)) await callback();
      for (const [i, { reads }] of this.#network.stages.entries()) await reads?.finalize(rests[i] ?? []);
    } finally {
      loop.isHalted = false;
      this.#next = host.clock.monotonic() + interval;
    }
  }

  /** Runs what has begun to its end, and brings sources to where they can go on. */
  async #quiet(loop: LiveLoop): Promise<void> {
    for (;;) {
      while (await loop.pass());
      if (await loop.settleSources()) return;
      await loop.rest(Number.POSITIVE_INFINITY);
    }
  }

  #deliver(): void {
    this.#delivering ??= this.#deliverToAll()
      .catch((error: unknown) => {
        this.#failure = { error };
      })
      .finally(() => {
        this.#delivering = undefined;
        this.#environment.wake();
      });
  }

  /** Until no write has anything of an epoch that is durable, those that became so meanwhile included. */
  async #deliverToAll(): Promise<void> {
    const isDurable = (epoch: number): boolean => epoch <= this.#epoch;
    const writes = [...this.#network.writes.values()];
    while (writes.some((write) => write.hasDue(isDurable))) for (const write of writes) await write.deliver(isDurable);
  }
}
