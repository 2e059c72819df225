import { MIN_TIMESTAMP, type RestrictionReader, type RestrictionTracker, type SourceContext } from '../model/index.ts';
import { nodeHost } from '../host/index.ts';
import { difference, show, showList, textOf } from './compare.ts';
import { type LawOptions, Trial } from './law.ts';
import { checkBatch, checkRestriction } from './source-parts.ts';
import { watchTracker } from './watched-tracker.ts';

/** What {@link assertSourceLaws} needs to know. */
export interface SourceLaws<E> extends LawOptions {
  /** For readers of a `splittableParDo`: the element whose restriction is read. */
  readonly element?: E;
  /** At how many moments a reading is split at most, spread over all of it. Default 200. */
  readonly moments?: number;
}

const FRACTIONS = [0, 0.1, 0.5, 0.9];
const LOSS =
  'Runners split at any time to share work. Claim each position before it is handed over, and stop when a claim is refused.';

/**
 * Checks a bounded source, or the reader of a `splittableParDo`: reading it in parts, split before or while it is read, at
 * any moment and fraction, gives each element once; progress is never negative, adds up, and ends at nothing remaining;
 * restrictions are plain data; no element lies before the watermark.
 *
 * The source is read some hundred times, so give it something small.
 *
 * @throws LawError for the first law that does not hold.
 * @example
 * import { type OffsetRange, OffsetTracker, type Source } from 'viga';
 * import { assertSourceLaws } from 'viga/testing';
 * const digits: Source<number, OffsetRange, number> = {
 *   kind: 'source',
 *   name: 'Digits',
 *   initialRestriction: () => ({ from: 0, to: 10 }),
 *   createTracker: (range) => new OffsetTracker(range),
 *   async read(_, tracker, output) {
 *     for (let i = tracker.currentRestriction().from; tracker.tryClaim(i); i++) await output.emit({ values: [i] });
 *     return undefined;
 *   },
 * };
 * await assertSourceLaws(digits);
 */
export async function assertSourceLaws<E, T, R, P>(
  source: RestrictionReader<E, T, R, P>,
  options: SourceLaws<E> = {},
): Promise<void> {
  const check = new SourceCheck(source, options);
  const whole = await check.initial();
  const all = await check.readWhole(whole);
  await check.splitBefore(whole, all.values);
  await check.splitWhileRead(whole, all);
}

interface Reading<T> {
  readonly values: readonly T[];
  readonly moments: number;
}

class SourceCheck<E, T, R, P> {
  readonly #trial: Trial;
  readonly #source: RestrictionReader<E, T, R, P>;
  readonly #element: E;
  readonly #moments: number;
  readonly #context: SourceContext;

  constructor(source: RestrictionReader<E, T, R, P>, options: SourceLaws<E>) {
    this.#trial = new Trial(`the source ${source.name}`, options);
    this.#source = source;
    this.#element = options.element as E; // undefined for a source, whose element is undefined
    this.#moments = options.moments ?? 200;
    const host = nodeHost({ seed: this.#trial.random.seed });
    this.#context = { host, signal: new AbortController().signal, step: source.name };
  }

  async initial(): Promise<R> {
    const restriction = await this.#source.initialRestriction(this.#element, this.#context);
    checkRestriction(this.#trial, this.#source, restriction);
    return restriction;
  }

  /** Reads all of it and watches how progress goes. */
  async readWhole(restriction: R): Promise<Reading<T>> {
    const start = this.#source.createTracker(restriction).progress();
    const total = start.completed + start.remaining;
    let completed = 0;
    let last: RestrictionTracker<R, P> | undefined;
    const reading = await this.#read(restriction, (tracker) => {
      last = tracker;
      const progress = tracker.progress();
      this.#trial.require(
        progress.completed >= completed && progress.remaining >= 0 && progress.completed + progress.remaining === total,
        'progress grows and adds up',
        () => `after ${completed} of ${total} it is ${show(progress)}`,
        'Progress bars and splits rely on it. Count what is done and what remains in one unit.',
      );
      completed = progress.completed;
    });
    const remaining = last?.progress().remaining ?? 0;
    this.#trial.require(
      remaining === 0,
      'nothing remains after reading',
      () => `${remaining} does`,
      'Progress would never reach its end. Count all that was claimed as done.',
    );
    return reading;
  }

  /** Reads it in the parts that `split` makes. */
  async splitBefore(restriction: R, expected: readonly T[]): Promise<void> {
    if (this.#source.split === undefined) return;
    for (const desired of [1, 2, 3, 7, 1000]) {
      const parts = await this.#source.split(restriction, desired, this.#context);
      const values: T[] = [];
      for (const part of parts) {
        checkRestriction(this.#trial, this.#source, part);
        values.push(...(await this.#read(part)).values);
      }
      this.#sameElements('split loses and doubles nothing', expected, values, `split into ${desired}`);
    }
  }

  /** Reads it and splits the reading at each of many moments; then what was split off. */
  async splitWhileRead(restriction: R, { values: expected, moments }: Reading<T>): Promise<void> {
    const stride = Math.max(1, Math.ceil(moments / this.#moments));
    for (let moment = 0; moment < moments; moment += stride) {
      for (const fraction of FRACTIONS) {
        const values = await this.#readSplit(restriction, moment, fraction);
        this.#sameElements(
          'a split while reading loses and doubles nothing',
          expected,
          values,
          `at moment ${moment}, fraction ${fraction}`,
        );
      }
    }
  }

  async #readSplit(restriction: R, moment: number, fraction: number): Promise<readonly T[]> {
    let residual: { readonly part: R } | undefined;
    const { values } = await this.#read(restriction, (tracker, now) => {
      if (now !== moment) return;
      const split = tracker.trySplit(fraction);
      if (split === undefined) return;
      checkRestriction(this.#trial, this.#source, split.residual);
      this.#trial.require(
        textOf(tracker.currentRestriction()) === textOf(split.primary),
        'after a split the tracker holds the primary',
        () => `it holds ${show(tracker.currentRestriction())}, not ${show(split.primary)}`,
        LOSS,
      );
      residual = { part: split.residual };
    });
    return residual === undefined ? values : [...values, ...(await this.#read(residual.part)).values];
  }

  /** Reads one restriction to its end; `atMoment` is called whenever it could be split. */
  async #read(
    restriction: R,
    atMoment: (tracker: RestrictionTracker<R, P>, now: number) => void = () => undefined,
  ): Promise<Reading<T>> {
    let moments = 0;
    const own = this.#source.createTracker(restriction);
    const { tracker, yielded } = watchTracker(own, () => atMoment(own, moments++));
    const values: T[] = [];
    let watermark = MIN_TIMESTAMP;
    await this.#source.read(
      this.#element,
      tracker,
      {
        emit: (batch) => {
          checkBatch(this.#trial, batch, watermark);
          for (const value of batch.values) values.push(value);
          yielded();
        },
        reject: () => undefined,
        advanceWatermark: (timestamp) => {
          watermark = Math.max(watermark, timestamp);
        },
        setIdle: () => undefined,
      },
      this.#context,
    );
    this.#done(own);
    return { values, moments };
  }

  #done(tracker: RestrictionTracker<R, P>): void {
    let failure: unknown;
    try {
      tracker.checkDone();
    } catch (error) {
      failure = error;
    }
    this.#trial.require(
      failure === undefined,
      'reading claims all of its restriction',
      () => (failure instanceof Error ? failure.message : show(failure)),
      'What was not claimed is lost. Claim up to the end, or until a claim is refused.',
      failure,
    );
  }

  #sameElements(law: string, expected: readonly T[], actual: readonly T[], how: string): void {
    const { missing, extra } = difference(actual, expected);
    const facts = (): string => `(${how}) lost are ${showList(missing)}, doubled or new ${showList(extra)}`;
    this.#trial.require(missing.length + extra.length === 0, law, facts, LOSS);
  }
}
