import {
  CancelledError,
  DEAD_LETTERS,
  type Host,
  MAIN,
  type ReadResult,
  type RestrictionTracker,
  type SourceBatch,
  type SourceContext,
  type SourceOutput,
  type Step,
  type Timestamp,
} from '../../model/index.ts';
import type { Batch } from '../execution/index.ts';
import {
  type AnyReader,
  checkDone,
  checkResult,
  checkWatermark,
  connectorError,
  named,
  type Origin,
  type ReadProgress,
  Rejects,
  type RunReader,
  takeBatch,
} from '../run/index.ts';
import { SplitWatermark } from './split-watermark.ts';

/** What a split takes from its step and its run. */
export interface SplitEnvironment {
  readonly step: Step;
  readonly reader: AnyReader;
  readonly host: Host;
  readonly context: SourceContext;
  readonly progress: ReadProgress;
  readonly scoped: RunReader;
  /** Something may be done now: a batch is there, or the split ended. */
  readonly wake: () => void;
}

/** What one split hands over, and where it stands once that is taken. */
interface Handed {
  readonly batch: Batch | undefined;
  readonly tag: string;
  readonly restriction: unknown;
  readonly watermark: Timestamp;
}

/**
 * Where a split is: `reading` while its reader works, `parked` while a batch of it waits to be taken, `resting` until its
 * reader may be called again, `done` when all is read.
 */
type State = 'new' | 'reading' | 'parked' | 'resting' | 'done';

/**
 * One restriction while it is read, as a coroutine: its reader runs until it hands over a batch, and goes on when the loop
 * has taken that and asks for more.
 *
 * Invariant: `restriction` is what is to be read again after a crash, if all that was taken so far is kept.
 */
export class SplitReader {
  readonly origin: Origin;
  readonly isBounded: boolean;
  readonly #environment: SplitEnvironment;
  readonly #rejects: Rejects;
  readonly #estimate: SplitWatermark;
  #watermark: Timestamp;
  #tracker: RestrictionTracker<unknown, unknown>;
  #restriction: unknown;
  #state: State = 'new';
  #restsUntil = 0;
  #handed: Handed[] = [];
  /** Whether what was rejected has been taken, and what was read with it has not. */
  #isHalfTaken = false;
  #parked: { readonly goOn: () => void; readonly giveUp: (error: Error) => void } | undefined;
  #reading: Promise<void> | undefined;
  #isStopped = false;
  #isClosed = false;
  /** What was cut off behind the claimed part, while the reader has not come to its end. */
  #rest: unknown;
  #failure: { readonly error: unknown } | undefined;

  constructor(environment: SplitEnvironment, origin: Origin, restriction: unknown, watermark?: Timestamp) {
    const { reader, host } = environment;
    this.#environment = environment;
    this.origin = origin;
    this.#rejects = new Rejects(environment.step, origin);
    this.#restriction = restriction;
    this.#tracker = reader.createTracker(restriction);
    this.isBounded = reader.isBounded?.(restriction) ?? true;
    this.#estimate = new SplitWatermark(reader, host.clock, watermark);
    this.#watermark = this.#estimate.value;
  }

  get isDone(): boolean {
    return this.#state === 'done' && this.#handed.length === 0 && this.#failure === undefined;
  }

  /** Whether there is a batch to take, or a failure. */
  get isReady(): boolean {
    return this.#handed.length > 0 || this.#failure !== undefined;
  }

  /** Whether the reader works, so that a batch may come any moment. */
  get isReading(): boolean {
    return this.#state === 'reading';
  }

  /** When the reader may be called again; undefined while it is not resting. */
  get restsUntil(): number | undefined {
    return this.#state === 'resting' ? this.#restsUntil : undefined;
  }

  /** No element with an earlier timestamp comes after what was taken. */
  get watermark(): Timestamp {
    if (this.#handed.length === 0) this.#watermark = this.#estimate.value;
    return this.#watermark;
  }

  /** Whether it has read all that is there now. */
  get isIdle(): boolean {
    return this.#estimate.isIdle && !this.isReady;
  }

  /** What is still to be read after what was taken. */
  get restriction(): unknown {
    return this.#restriction;
  }

  progress(): { readonly completed: number; readonly remaining: number } {
    return this.#tracker.progress();
  }

  /** Lets the reader go on, if it waits for that. */
  poke(): void {
    if (this.isReady) return;
    const now = this.#environment.host.clock.monotonic();
    if (this.#state === 'new' || (this.#state === 'resting' && now >= this.#restsUntil)) {
      this.#state = 'reading';
      this.#reading = this.#read();
    } else if (this.#state === 'parked') {
      this.#state = 'reading';
      const parked = this.#parked;
      this.#parked = undefined;
      parked?.goOn();
    }
  }

  /** The next batch, if there is one. @throws what the reader threw. */
  take(): { readonly batch: Batch; readonly tag: string } | undefined {
    const handed = this.#handed.shift();
    this.#isHalfTaken = handed?.tag === DEAD_LETTERS;
    if (handed === undefined) {
      if (this.#failure !== undefined) throw this.#failure.error;
      return undefined;
    }
    this.#restriction = handed.restriction;
    this.#watermark = handed.watermark;
    const { batch, tag } = handed;
    return batch && { batch, tag };
  }

  /** Gives away what lies behind a fraction of the rest; undefined where it can't be split now. */
  split(fraction: number): unknown {
    if (this.#state === 'done') return undefined;
    const parts = this.#tracker.trySplit(fraction);
    if (parts === undefined) return undefined;
    this.#restriction = this.#tracker.remaining?.() ?? parts.primary;
    return parts.residual;
  }

  /**
   * Makes sure that `restriction` is where to begin again: readers that can't tell are cut off behind what they have claimed.
   * Returns whether it is so now; if not, ask again when the reader has come to an end.
   */
  settle(): boolean {
    // What was read again would be rejected again.
    if (this.#isHalfTaken) return false;
    if (this.#tracker.remaining !== undefined) return true;
    if (this.isReady) return false;
    if (this.#state !== 'reading' && this.#state !== 'parked') return true;
    if (this.#rest === undefined) this.#rest = this.#tracker.trySplit(0)?.residual;
    this.poke();
    return false;
  }

  /** Reads no further than what is claimed. */
  stop(): void {
    this.#isStopped = true;
    if (this.#state === 'new' || this.#state === 'resting') this.#state = 'done';
    else this.#tracker.trySplit(0);
    this.poke();
  }

  /** Ends the reader where it is, so that it closes what it has open; what it was still to give is not read. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#handed = [];
    this.#parked?.giveUp(isOver());
    this.#parked = undefined;
    await this.#reading;
  }

  async #read(): Promise<void> {
    const { reader, context, scoped, step, wake } = this.#environment;
    try {
      const result = await named(step.path, 'reading', () =>
        scoped(() => reader.read(this.origin.element, this.#tracker, this.#output, context)),
      );
      if (this.#rejects.length > 0) await this.#hand(undefined);
      this.#ended(checkResult(step.path, result));
    } catch (error) {
      this.#failure = { error: connectorError(step.path, 'reading', error) };
      this.#state = 'done';
    }
    wake();
  }

  #ended(result: ReadResult): void {
    const { reader, host, step } = this.#environment;
    const rest = this.#rest ?? (result === undefined ? undefined : this.#tracker.trySplit(0)?.residual);
    this.#rest = undefined;
    checkDone(step.path, this.origin.element, this.#tracker);
    if (rest === undefined || this.#isStopped) {
      this.#state = 'done';
      return;
    }
    this.#restriction = rest;
    this.#tracker = reader.createTracker(rest);
    this.#restsUntil = host.clock.monotonic() + (result?.resumeAfter ?? 0);
    this.#state = 'resting';
  }

  readonly #output: SourceOutput<unknown> = {
    emit: (batch) => this.#emit(batch),
    reject: (record, error, coordinate) => this.#rejects.add(record, error, coordinate),
    advanceWatermark: (timestamp) => this.#estimate.advance(checkWatermark(this.#environment.step.path, timestamp)),
    setIdle: (idle) => this.#estimate.setIdle(idle),
  };

  #emit(source: SourceBatch<unknown>): Promise<void> {
    const { progress, step } = this.#environment;
    const batch = takeBatch(step.path, source, this.origin, progress);
    this.#estimate.see(source);
    return this.#hand(batch);
  }

  /** Resolves when the loop wants more. */
  #hand(batch: Batch | undefined): Promise<void> {
    if (this.#isClosed) return Promise.reject(isOver());
    const before = { restriction: this.#restriction, watermark: this.#watermark };
    if (this.#rejects.length > 0) this.#handed.push({ batch: this.#rejects.take(), tag: DEAD_LETTERS, ...before });
    const restriction = this.#tracker.remaining?.() ?? this.#restriction;
    this.#handed.push({ batch, tag: MAIN, restriction, watermark: this.#estimate.value });
    this.#state = 'parked';
    this.#environment.wake();
    return new Promise((goOn, giveUp) => {
      this.#parked = { goOn, giveUp };
    });
  }
}

/** What a reader gets that still hands something over. */
const isOver = (): CancelledError => new CancelledError('the run is over.');
