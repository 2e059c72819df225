import type { Host } from '../../model/index.ts';
import type { Unfinished } from '../execution/index.ts';

/** Milliseconds after which it is told what an epoch waits for. */
const TELL_AFTER = 10_000;

/**
 * Tells what epochs wait for, once for each step: a call that hangs can keep all that follows from becoming durable, and
 * nothing else would show which one it is.
 */
export class CutWatch {
  readonly #host: Host;
  readonly #told = new Set<string>();

  constructor(host: Host) {
    this.#host = host;
  }

  /** Something goes on that was waited for from a moment of the monotonic clock on; `until` says what can't be till then. */
  see({ step, why }: Unfinished, since: number, until = 'nothing becomes durable or visible'): void {
    const waited = this.#host.clock.monotonic() - since;
    if (waited < TELL_AFTER || this.#told.has(step)) return;
    this.#told.add(step);
    this.#host.warn(
      `${step}: ${why}, and that has been waited for ${Math.round(waited / 1_000)} s. Until it is over ${until}. Give what it calls a time limit, and look at the system behind it.`,
    );
  }

  /** Waits for something, and sees to it that it is told if that takes long. */
  async during<T>(what: Unfinished, work: () => T | PromiseLike<T>, until?: string): Promise<T> {
    const since = this.#host.clock.monotonic();
    const stop = this.#host.clock.setTimer(TELL_AFTER, () => this.see(what, since, until));
    try {
      return await work();
    } finally {
      stop();
    }
  }
}
