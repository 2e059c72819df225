import type { AfterCommit, EpochStats, Host, StateStore } from '../../model/index.ts';
import { markFinished } from './identity.ts';
import type { LiveLoop } from './live-loop.ts';
import type { LiveNetwork } from './live-network.ts';
import type { Pause } from './pause.ts';
import { SavedStages } from './saved-stages.ts';

/** Bytes that may wait for sinks before sources have to. */
const OUTBOX_QUOTA = 64 << 20;

/** What is left to be read, by stage. */
type Rests = readonly (readonly unknown[])[];

/** Milliseconds that a cut waits for what has begun. */
const PATIENCE = 5_000;
/** Milliseconds until a cut looks again whether what goes on can be saved. */
const TRY_AGAIN = 100;

/** What epochs take from their run. */
export interface EpochsEnvironment {
  readonly host: Host;
  readonly pause: Pause;
  readonly interval: number;
  readonly isDurable: boolean;
  /** Whether some input never ends: sinks then get what there is at each epoch, and else all at the end. */
  readonly isEndless: boolean;
  readonly wake: () => void;
}

/**
 * Cuts the run into epochs: what has happened so far becomes durable as a whole, then sinks and sources are told.
 *
 * Flow of a cut: sources halt; the loop runs until every queue is empty and every bundle is over, or for a while: what is then
 * still on its way is saved as such; operators, sources and sinks save into the store; the store commits. That is the only commit there is. After it the sinks get what waits for
 * them, in order, while the next epoch goes on; sources learn that what they gave need not come again.
 */
export class Epochs {
  readonly #network: LiveNetwork;
  readonly #store: StateStore;
  readonly #environment: EpochsEnvironment;
  readonly #saved: SavedStages;
  readonly #afterCommit: Parameters<AfterCommit>[0][] = [];
  #next: number;
  /** Milliseconds that the next cut waits. */
  #patience = PATIENCE;
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
    this.#environment.pause.release();
    this.#deliver();
  }

  /** The last cut of a run that is to stop: what goes on then is held still for good. */
  async stop(loop: LiveLoop): Promise<void> {
    await this.#commit(loop);
    this.#deliver();
  }

  /** The last cut of a job that has nothing left to do. */
  async finish(loop: LiveLoop): Promise<void> {
    do {
      await this.cut(loop);
      await this.deliverAll();
      // Elements that sinks have just rejected are on their way.
    } while (!loop.isFinished);
    if (!this.#environment.isDurable) return;
    for (const write of this.#network.writes.values()) await write.prepare(this.#epoch + 1);
    markFinished(this.#store);
    await this.#store.commit(this.#epoch + 1);
  }

  /** Waits until nothing is delivered any more, whatever comes of it, and holds nothing still any more. */
  async close(): Promise<void> {
    this.#environment.pause.release();
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
      const rests = await this.#quiet(loop);
      for (const write of this.#network.writes.values()) await write.prepare(epoch);
      if (isDurable) {
        // Sinks may have rejected elements just now.
        this.#saved.inFlight.saveQueues();
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

  /**
   * Runs what has begun to its end, for a while. What goes on longer is held still where it waits: it is saved as it is.
   * Sources are then where they can go on. Returns what is left to be read of each.
   */
  async #quiet(loop: LiveLoop): Promise<Rests> {
    const { host, interval } = this.#environment;
    let until = host.clock.monotonic() + this.#patience;
    for (;;) {
      const didSomething = await loop.pass();
      const isQuiet = !didSomething && !loop.isBusy && !loop.isStarting;
      const rests = isQuiet && loop.settleSources() ? this.#save() : undefined;
      if (rests !== undefined) {
        this.#patience = PATIENCE;
        return rests;
      }
      if (host.clock.monotonic() >= until) {
        const still = await this.#holdStill(loop);
        if (still !== undefined) {
          // What did not end in time will hardly end the next time.
          this.#patience = Math.min(PATIENCE, interval / 10);
          return still;
        }
        until = host.clock.monotonic() + TRY_AGAIN;
      }
      if (!didSomething) await loop.rest(until - host.clock.monotonic());
    }
  }

  /** Holds still what goes on, if it can be saved as it is. */
  async #holdStill(loop: LiveLoop): Promise<Rests | undefined> {
    const { host, pause } = this.#environment;
    pause.hold();
    // What can go on without anything from outside comes to where it has to wait.
    await host.yieldTurn();
    const isWriting = [...this.#network.writes.values()].some((write) => write.isWriting);
    const rests = !isWriting && loop.settleSources() ? this.#save() : undefined;
    if (rests === undefined) pause.release();
    return rests;
  }

  /** Writes where everything stands, all at once, as calls that go on may change something any moment; undefined if it can't. */
  #save(): Rests | undefined {
    if (this.#environment.isDurable && !this.#saved.save()) return undefined;
    return this.#network.stages.map(({ reads }) => reads?.rests() ?? []);
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
