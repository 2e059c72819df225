import { ConnectorError, type Host } from '../../model/index.ts';
import { Unfinished, waitFor } from '../execution/index.ts';
import { atMost } from './at-most.ts';
import type { CutWatch } from './cut-watch.ts';
import type { SourceReads, Untold } from '../sources/index.ts';

/** What is left to be read of each source at a cut. */
export type Rests = ReadonlyMap<SourceReads, readonly unknown[]>;

/** The wait before sources are told again at the end, in milliseconds; it doubles up to the last. */
const FIRST_RETRY = 100;
const LAST_RETRY = 5_000;
/** So long it is tried at the end. */
const LONGEST = 30_000;

/** What notices take from their run. */
export interface NoticesEnvironment {
  readonly host: Host;
  readonly watch: CutWatch;
  readonly signal: AbortSignal;
  /** Whether the run can be started again where it ended. */
  readonly isDurable: boolean;
}

/**
 * Tells sources, after each durable epoch, what need not come again: offsets are committed, messages acknowledged. The run goes
 * on meanwhile. A source that can't be told is told with the next epoch, and of a later one while it is still told of an
 * earlier; at the end of the job, where there is no next one, again and again for a while.
 */
export class SourceNotices {
  readonly #environment: NoticesEnvironment;
  #telling: Promise<void> | undefined;
  /** What is to be told when that is over. */
  #next: Rests | undefined;
  readonly #untold = new Map<SourceReads, Untold>();
  /** Which is told now. */
  #current: SourceReads | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(environment: NoticesEnvironment) {
    this.#environment = environment;
  }

  /** Begins to tell sources of an epoch that is durable. */
  tell(rests: Rests): void {
    this.#next = rests;
    this.#telling ??= this.#tellAll()
      .catch((error: unknown) => {
        this.#failure = { error };
      })
      .finally(() => {
        this.#telling = undefined;
      });
  }

  /** @throws what a source threw that is not better told again later. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Waits until nobody is told anything, or the run is over. */
  async settled(): Promise<void> {
    const { signal } = this.#environment;
    if (this.#telling === undefined || signal.aborted) return;
    const over = Promise.withResolvers<void>();
    const end = (): void => over.resolve();
    signal.addEventListener('abort', end, { once: true });
    await Promise.race([this.#telling, over.promise]);
    signal.removeEventListener('abort', end);
  }

  /**
   * Waits until all are told of the last epoch, or it has been tried for so long that it will hardly succeed; no longer than
   * until `stop`. Returns whether it came to an end.
   *
   * @throws ConnectorError where the job can be started again to tell them then.
   */
  async last(stop: AbortSignal | undefined): Promise<boolean> {
    const { host, signal, isDurable } = this.#environment;
    const since = host.clock.monotonic();
    for (let wait = FIRST_RETRY; ; wait = Math.min(wait * 2, LAST_RETRY)) {
      const left = since + LONGEST - host.clock.monotonic();
      await atMost(left, this.settled(), host.clock);
      this.check();
      const [first] = this.#current === undefined ? this.#untold.keys() : [this.#current];
      if (first === undefined) return true;
      if (stop?.aborted === true) return false;
      if (left <= 0 || this.#current !== undefined) {
        const error = neverTold(first.step.path, this.#untold.get(first)?.error, isDurable);
        if (isDurable) throw error;
        host.warn(error.message);
        return true;
      }
      await waitFor(host.clock, wait * (0.5 + host.random.next() / 2), signal);
      this.tell(new Map([...this.#untold].map(([reads, { rests }]) => [reads, rests])));
    }
  }

  async #tellAll(): Promise<void> {
    for (let rests = this.#next; rests !== undefined; rests = this.#next) {
      this.#next = undefined;
      for (const [reads, left] of rests) await this.#tellOne(reads, left);
    }
  }

  async #tellOne(reads: SourceReads, rests: readonly unknown[]): Promise<void> {
    const { host, watch } = this.#environment;
    const what = new Unfinished(reads.step.path, 'its source is told what was read');
    this.#current = reads;
    const untold = await watch.during(what, () => reads.finalize(rests), 'no source is told more');
    this.#current = undefined;
    if (untold === undefined) {
      this.#untold.delete(reads);
      return;
    }
    const { message } = untold.error;
    if (!this.#untold.has(reads)) host.warn(`${message} It is told again after the next epoch; nothing is lost.`);
    this.#untold.set(reads, untold);
  }
}

const neverTold = (step: string, error: ConnectorError | undefined, isDurable: boolean): ConnectorError =>
  new ConnectorError(
    step,
    `its source could not be told for ${LONGEST / 1_000} s what was read: ${error?.message ?? 'it gave no answer.'} All of it is written, and the source may give it again to whoever reads next. ${
      isDurable
        ? 'Start the job again with the same state directory once the source can be reached: it is told then, and nothing else is done.'
        : 'Tell it by hand, if it must not.'
    }`,
  );
