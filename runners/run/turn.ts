import { CancelledError, type Host } from '../../model/index.ts';

/** How often the machine is asked about memory: up to 100 us each time, while a batch may make megabytes. */
const LOOK_EVERY = 10;

export interface TurnSpec {
  /**
   * Milliseconds for which a run may keep the event loop: signals, timers and I/O wait for so long at most. Each turn of Node
   * costs 1 to 2 ms of CPU, with its garbage collections and cold caches: every 20 ms they make a sum per key a fifth dearer.
   */
  readonly longest: number;
  /** Called after each batch; must be quick, as the other. */
  readonly afterBatch: () => void;
  /** Called every few milliseconds. */
  readonly regularly: () => void;
}

/** Looks up from the work every few milliseconds: lets Node have its turn, and does what is due by then. */
export class Turn {
  readonly #host: Host;
  readonly #signal: AbortSignal;
  readonly #longest: number;
  readonly #afterBatch: () => void;
  readonly #regularly: () => void;
  #last: number;
  #looked: number;

  constructor(host: Host, signal: AbortSignal, { longest, afterBatch, regularly }: TurnSpec) {
    this.#longest = longest;
    this.#host = host;
    this.#signal = signal;
    this.#afterBatch = afterBatch;
    this.#regularly = regularly;
    this.#last = host.clock.monotonic();
    this.#looked = this.#last;
  }

  /** Whether the event loop has waited long enough. */
  readonly isDue = (): boolean => this.#host.clock.monotonic() - this.#last >= this.#longest;

  /** A promise where it is time to wait for it. */
  readonly take = (): void | Promise<void> => {
    if (this.#signal.aborted) throw cancelled(this.#signal);
    this.#afterBatch();
    const now = this.#host.clock.monotonic();
    if (now - this.#looked >= LOOK_EVERY) {
      this.#looked = now;
      this.#regularly();
    }
    if (now - this.#last >= this.#longest) return this.#yield();
    return undefined;
  };

  /** Waits for work that takes no turns, a sink that closes its files say; memory is looked at meanwhile. */
  async besides(work: () => Promise<void>): Promise<void> {
    let stop = (): void => undefined;
    let failure: { readonly error: unknown } | undefined;
    const look = (): void => {
      try {
        this.#regularly();
        stop = this.#host.clock.setTimer(LOOK_EVERY, look, { isBackground: true });
      } catch (error) {
        // A full disk: nobody waits for a timer, so it is told when the work is done.
        failure = { error };
      }
    };
    stop = this.#host.clock.setTimer(LOOK_EVERY, look, { isBackground: true });
    try {
      await work();
    } finally {
      stop();
    }
    if (failure !== undefined) throw failure.error;
  }

  async #yield(): Promise<void> {
    await this.#host.yieldTurn();
    this.#last = this.#host.clock.monotonic();
    if (this.#signal.aborted) throw cancelled(this.#signal);
  }
}

/** The error of a run that was ended from outside. @param left what can be seen of it. */
export function cancelled(signal: AbortSignal, left = 'Nothing it would have written is visible.'): CancelledError {
  return signal.reason instanceof CancelledError
    ? signal.reason
    : new CancelledError(`the run was cancelled before it was finished. ${left}`, { cause: signal.reason });
}
