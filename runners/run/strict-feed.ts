import { CoderError, ElementError, fromBytes, learningCoder, type Random, toBytes } from '../../model/index.ts';
import type { Batch } from '../execution/index.ts';
import type { StrictOptions } from './strict-options.ts';

/** Longest runs of elements that stay together, and bundles, in a strict run. */
const LONGEST_BATCH = 8;
const LONGEST_BUNDLE = 20;

/** Gives back every trait of a value: a program that works on disk must not fail here. */
const EXACT = learningCoder({ codegen: false });

/** What a strict run does with the elements that enter a stage; the same random numbers do the same again. */
export class StrictFeed {
  readonly #options: StrictOptions;
  readonly #random: Random;
  readonly #step: string;

  constructor(options: StrictOptions, random: Random, step: string) {
    this.#options = options;
    this.#random = random;
    this.#step = step;
  }

  /** How many elements the next bundle has. */
  bundle(longest: number): number {
    return this.#options.bundleSizes ? this.#upTo(LONGEST_BUNDLE) : longest;
  }

  /** A batch as it enters the stage: in parts, in another order, its elements from their bytes. */
  *parts(batch: Batch): Iterable<Batch> {
    const order = Array.from({ length: batch.length }, (_, index) => index);
    if (this.#options.permute) this.#shuffle(order);
    for (let from = 0; from < order.length; ) {
      const to = this.#options.bundleSizes ? Math.min(order.length, from + this.#upTo(LONGEST_BATCH)) : order.length;
      yield this.#pick(batch, order.slice(from, to));
      from = to;
    }
  }

  #pick(batch: Batch, order: readonly number[]): Batch {
    const { values, timestamps, windowsColumn, panes, coordinate } = batch;
    const pick = <T>(column: readonly T[]): T[] => order.map((index) => column[index] as T); // indices of the batch
    return {
      ...batch,
      values: pick(values).map((value) => (this.#options.encode ? this.#throughBytes(value) : value)),
      length: order.length,
      timestamps: timestamps && Float64Array.from(order, (index) => timestamps[index] ?? 0),
      windowsColumn: windowsColumn && pick(windowsColumn),
      panes: panes && pick(panes),
      coordinate: coordinate && ((index) => coordinate(order[index] ?? 0)),
    };
  }

  #throughBytes(value: unknown): unknown {
    try {
      return fromBytes(EXACT, toBytes(EXACT, value));
    } catch (error) {
      if (!(error instanceof CoderError)) throw error;
      throw new ElementError(
        this.#step,
        value,
        `what it gives out has no bytes: ${error.message} It would fail where elements leave memory: on disk, or between machines. Give out plain data, or run with { encode: false }.`,
        { cause: error },
      );
    }
  }

  #shuffle(order: number[]): void {
    for (let i = order.length - 1; i > 0; i--) {
      const j = this.#upTo(i + 1) - 1;
      // Both are indices of the array.
      [order[i], order[j]] = [order[j] as number, order[i] as number];
    }
  }

  /** A whole number from 1 to `most`. */
  #upTo(most: number): number {
    return 1 + Math.floor(this.#random.next() * most);
  }
}
