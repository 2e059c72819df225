import type { AfterCommit, EpochStats, StateStore } from '../../model/index.ts';
import { Unfinished } from '../execution/index.ts';
import { atMost } from './at-most.ts';
import { CutWatch } from './cut-watch.ts';
import { markFinished } from './identity.ts';
import type { LiveLoop } from './live-loop.ts';
import type { LiveNetwork } from './live-network.ts';
import { SavedStages } from './saved-stages.ts';
import { SourceNotices } from './source-notices.ts';
import { type CutEnvironment, Stillness } from './stillness.ts';

/** Bytes that may wait for sinks before sources have to. */
const OUTBOX_QUOTA = 64 << 20;

/** Milliseconds that a sink which does not look at its signal may take to end, once the run is given up. */
const LONGEST_END = 1_000;

/** What epochs take from their run. */
export interface EpochsEnvironment extends CutEnvironment {
  /** Whether some input never ends: sinks then get what there is at each epoch, and else all at the end. */
  readonly isEndless: boolean;
  readonly signal: AbortSignal;
  readonly wake: () => void;
}

/**
 * Cuts the run into epochs: what has happened so far becomes durable as a whole, then sinks and sources are told.
 *
 * Flow of a cut: sources halt; the loop runs until every queue is empty and every bundle is over, or for a while: what is then
 * still on its way is saved as such; operators, sources and sinks save into the store; the store commits. That is the only
 * commit there is. After it the sinks get what waits for them, in order, while the next epoch goes on; sources learn that what
 * they gave need not come again.
 *
 * A cut that can't be made when the run is to stop is given up: nothing of it is durable, and is done again after a restart.
 */
export class Epochs {
  readonly #network: LiveNetwork;
  readonly #store: StateStore;
  readonly #environment: EpochsEnvironment;
  readonly #saved: SavedStages;
  readonly #watch: CutWatch;
  readonly #stillness: Stillness;
  readonly #notices: SourceNotices;
  readonly #afterCommit: Parameters<AfterCommit>[0][] = [];
  /** Whether sinks finish what they have of an epoch; a cut that was given up there leaves it so. */
  #isPreparing = false;
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
    this.#watch = new CutWatch(environment.host);
    this.#stillness = new Stillness(network, this.#saved, this.#watch, environment);
    this.#notices = new SourceNotices({ ...environment, watch: this.#watch });
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

  /** Goes on where the last epoch ended; sources that were added since begin. */
  restore(loop: LiveLoop): void {
    loop.start(this.#saved.restore());
    this.#deliver();
  }

  /** Makes all that has happened so far durable. Returns false where that was given up, as the run is to stop. */
  async cut(loop: LiveLoop): Promise<boolean> {
    const isCut = await this.#commit(loop);
    this.#environment.pause.release();
    this.#deliver();
    return isCut;
  }

  /** The last cut of a run that is to stop: what goes on then is held still for good. False where it was given up. */
  async stop(loop: LiveLoop): Promise<boolean> {
    const isCut = await this.#commit(loop);
    this.#deliver();
    return isCut;
  }

  /** Whether sinks have rejected something of an epoch, and get what is left of it after the next cut. */
  get areSinksWaiting(): boolean {
    return [...this.#network.writes.values()].some(({ waitsForCut }) => waitsForCut);
  }

  /** The last cut of a job that has nothing left to do. Returns false where the run is to stop before it is finished. */
  async finish(loop: LiveLoop): Promise<boolean> {
    do {
      if (!(await this.cut(loop)) || !(await this.deliverUnlessStopped())) return false;
      // Elements that sinks have just rejected are on their way.
    } while (!loop.isFinished || this.areSinksWaiting);
    if (!(await this.#notices.last(this.#environment.stop))) return false;
    if (!this.#environment.isDurable) return true;
    for (const write of this.#network.writes.values()) await write.prepare(this.#epoch + 1);
    markFinished(this.#store);
    await this.#store.commit(this.#epoch + 1);
    return true;
  }

  /** Waits until nothing is delivered any more, whatever comes of it, and holds nothing still any more. */
  async close(): Promise<void> {
    const { pause, signal, host } = this.#environment;
    pause.release();
    const delivered = Promise.resolve(this.#delivering);
    if (signal.aborted) await atMost(LONGEST_END, delivered, host.clock);
    else await delivered;
    await this.#notices.settled();
  }

  /** Waits until sinks have all that durable epochs have for them, and sources were told. */
  async deliverAll(): Promise<void> {
    this.#deliver();
    await this.#delivering;
    await this.#notices.settled();
    this.#check();
  }

  /** The same, but for sources, or until the run is to stop: then it returns false. */
  async deliverUnlessStopped(): Promise<boolean> {
    this.#deliver();
    if (!(await this.#stillness.unlessStopped(this.#delivering, 0))) return false;
    this.#check();
    return true;
  }

  /** @throws what ended a delivery, or what a source threw. */
  #check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#notices.check();
  }

  async #commit(loop: LiveLoop): Promise<boolean> {
    this.#check();
    // What sinks still finish is in no outbox yet: a cut without it would lose it. The job goes on from its last epoch.
    if (this.#isPreparing) return false;
    const { host, interval } = this.#environment;
    const epoch = this.#epoch + 1;
    const started = host.clock.monotonic();
    loop.isHalted = true;
    try {
      const rests = await this.#stillness.reach(loop, this.#epoch);
      if (rests === undefined || !(await this.#prepare(epoch))) return false;
      await this.#makeDurable(epoch);
      this.#epoch = epoch;
      this.#last = { number: epoch, at: host.clock.now(), durationMs: host.clock.monotonic() - started };
      await this.#callBack();
      this.#notices.tell(rests);
      return true;
    } finally {
      loop.isHalted = false;
      loop.begin('all');
      this.#next = host.clock.monotonic() + interval;
    }
  }

  /** Returns false where that was given up, as the run is to stop. */
  async #prepare(epoch: number): Promise<boolean> {
    this.#isPreparing = true;
    for (const write of this.#network.writes.values()) {
      const what = new Unfinished(write.name, 'its sink finishes what was written');
      const prepared = this.#watch.during(what, () => write.prepare(epoch));
      if (await this.#stillness.unlessStopped(prepared)) continue;
      this.#stillness.giveUp(what, this.#epoch);
      return false;
    }
    this.#isPreparing = false;
    return true;
  }

  async #makeDurable(epoch: number): Promise<void> {
    if (!this.#environment.isDurable) return;
    const writes = [...this.#network.writes.values()];
    for (const write of writes) write.cutRejects();
    // Sinks may have rejected elements just now.
    this.#saved.inFlight.saveQueues();
    await this.#store.commit(epoch);
    for (const write of writes) write.committed();
  }

  async #callBack(): Promise<void> {
    const what = new Unfinished('afterCommit', 'a function that a DoFn asked to be called goes on');
    for (const callback of this.#afterCommit.splice(0)) await this.#watch.during(what, callback);
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
