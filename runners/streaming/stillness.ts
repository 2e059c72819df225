import type { Host } from '../../model/index.ts';
import { Unfinished } from '../execution/index.ts';
import type { CutWatch } from './cut-watch.ts';
import type { LiveLoop } from './live-loop.ts';
import type { LiveNetwork } from './live-network.ts';
import type { Begins } from './live-stage.ts';
import type { Pause } from './pause.ts';
import type { SavedStages } from './saved-stages.ts';
import type { Rests } from './source-notices.ts';

/** Milliseconds that a cut waits for what has begun. */
const PATIENCE = 5_000;
/** The same once the run is to stop: calls that are nearly over need not be made again, and nobody waits for others. */
const STOP_PATIENCE = 100;
/** Milliseconds until a cut looks again whether what goes on can be saved. */
const TRY_AGAIN = 100;

/** What a cut takes from its run. */
export interface CutEnvironment {
  readonly host: Host;
  readonly pause: Pause;
  /** Milliseconds between two cuts. */
  readonly interval: number;
  /** Whether the job can go on from its last epoch. */
  readonly isDurable: boolean;
  /** When the run is to stop, with its state kept. */
  readonly stop: AbortSignal | undefined;
}

/** How a cut brings a run to where it can be saved, and when it gives that up. */
export class Stillness {
  readonly #network: LiveNetwork;
  readonly #saved: SavedStages;
  readonly #watch: CutWatch;
  readonly #environment: CutEnvironment;
  /** Milliseconds that the next cut waits. */
  #patience = PATIENCE;
  #stopSeen: number | undefined;
  #hasGivenUp = false;

  constructor(network: LiveNetwork, saved: SavedStages, watch: CutWatch, environment: CutEnvironment) {
    this.#network = network;
    this.#saved = saved;
    this.#watch = watch;
    this.#environment = environment;
  }

  /**
   * Runs what is there to its end, for a while; then only what has begun. What goes on longer is held still where it waits: it
   * is saved as it is, as is what was not begun. Sources are then where they can go on. Returns what is left to be read of
   * each; undefined where the run is to stop and something can neither end nor be saved.
   */
  async reach(loop: LiveLoop, epoch: number): Promise<Rests | undefined> {
    const { clock } = this.#environment.host;
    const started = clock.monotonic();
    const begunUntil = started + this.#environment.interval / 10;
    let begins: Begins = 'nothing';
    let tryAgain: number | undefined;
    for (;;) {
      const isBeginning = clock.monotonic() < begunUntil;
      // What is due and was not begun fires after the cut: it stays where it is, with the watermark held.
      loop.begin(isBeginning ? 'all' : begins);
      const didSomething = await loop.pass();
      const isQuiet = !didSomething && !loop.isBusy && !loop.isStarting;
      const rests = isQuiet ? (loop.settleSources() ?? this.#save()) : undefined;
      if (rests !== undefined && !(rests instanceof Unfinished)) {
        this.#patience = PATIENCE;
        return rests;
      }
      if (rests?.awaited === 'queues') begins = 'queued';
      const until = tryAgain ?? Math.min(started + this.#patience, this.#stoppedAt() + STOP_PATIENCE);
      const isStuck = !isBeginning && begins === 'nothing' && loop.isStuck;
      if (clock.monotonic() >= until || isStuck) {
        const still = await this.#holdStill(loop, started);
        if (!(still instanceof Unfinished)) return still;
        if (still.awaited === 'queues') begins = 'queued';
        else if (isStuck) begins = 'room';
        if (this.#isInVain()) {
          this.giveUp(still, epoch);
          return undefined;
        }
        tryAgain = clock.monotonic() + TRY_AGAIN;
      } else if (!didSomething) {
        await loop.rest((isBeginning ? Math.min(until, begunUntil) : until) - clock.monotonic());
      }
    }
  }

  /** Whether a run that is to stop has waited long enough. */
  #isInVain(): boolean {
    return this.#environment.host.clock.monotonic() >= this.#stoppedAt() + PATIENCE;
  }

  /** When it was first seen that the run is to stop. */
  #stoppedAt(): number {
    const { host, stop } = this.#environment;
    if (stop?.aborted !== true) return Number.POSITIVE_INFINITY;
    this.#stopSeen ??= host.clock.monotonic();
    return this.#stopSeen;
  }

  /** Tells that a cut is given up, and for what; `epoch` is the last durable one. */
  giveUp({ step, why }: Unfinished, epoch: number): void {
    const { host, isDurable } = this.#environment;
    if (this.#hasGivenUp) return;
    this.#hasGivenUp = true;
    const then = isDurable ? 'is done again when it is started again' : 'is given up';
    host.warn(
      `${step}: the last epoch of a run that is to stop was waited for ${PATIENCE / 1_000} s in vain, as ${why}. What came after epoch ${epoch} ${then}. Give what the step calls a time limit, so that it can be saved.`,
    );
  }

  /** Holds still what goes on, if it can be saved as it is, or once it can, as calls that go on have come to their end. */
  async #holdStill(loop: LiveLoop, started: number): Promise<Rests | Unfinished> {
    const { host, interval, pause } = this.#environment;
    pause.hold();
    for (;;) {
      // What can go on without anything from outside comes to where it has to wait.
      await host.yieldTurn();
      // A write that failed is never over.
      loop.check();
      const writing = [...this.#network.writes.values()].find((write) => write.isWriting);
      const unfinished = writing && new Unfinished(writing.name, 'its sink is being written to', 'call');
      const result = unfinished ?? loop.settleSources() ?? this.#save();
      if (!(result instanceof Unfinished)) {
        // What did not end in time will hardly end the next time.
        this.#patience = Math.min(PATIENCE, interval / 10);
        return result;
      }
      this.#watch.see(result, started);
      if (result.awaited !== 'call' || this.#isInVain()) {
        pause.release();
        return result;
      }
      await loop.rest(TRY_AGAIN);
    }
  }

  /** Writes where everything stands, all at once, as calls that go on may change something any moment; says why if it can't. */
  #save(): Rests | Unfinished {
    const unfinished = this.#environment.isDurable ? this.#saved.save() : undefined;
    if (unfinished !== undefined) return unfinished;
    return new Map(this.#network.stages.flatMap(({ reads }) => (reads ? [[reads, reads.rests()] as const] : [])));
  }

  /** Waits for something, until a while after the run was asked to stop; returns whether it came to its end. */
  async unlessStopped(work: Promise<unknown> | undefined, patience = PATIENCE): Promise<boolean> {
    const { host, stop } = this.#environment;
    const over = Promise.withResolvers<false>();
    let forget = (): void => undefined;
    const stopped = (): void => {
      forget = host.clock.setTimer(patience, () => over.resolve(false));
    };
    if (stop?.aborted === true) stopped();
    else stop?.addEventListener('abort', stopped, { once: true });
    try {
      return await Promise.race([Promise.resolve(work).then(() => true), over.promise]);
    } finally {
      stop?.removeEventListener('abort', stopped);
      forget();
    }
  }
}
