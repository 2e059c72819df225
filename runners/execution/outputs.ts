import type { Timestamp } from '../../model/index.ts';
import { isAsyncIterable, isIterable } from './chunks.ts';
import { isThenable } from './stage.ts';

// What a call gives back, in the forms that must be kept for a while.

/** Outputs of an async iterable that are pulled at once. */
const CHUNK = 64;

/** Runs what a user's function goes on to do. */
export type RunCall = <R>(call: () => R) => R;

/** Some outputs of an async iterable; {@link next} gives those that follow. */
export class AsyncChunks {
  readonly values: unknown[] = [];
  isDone = false;
  readonly #iterator: AsyncIterator<unknown>;
  readonly #run: RunCall;

  private constructor(iterator: AsyncIterator<unknown>, run: RunCall) {
    this.#iterator = iterator;
    this.#run = run;
  }

  /** The first outputs. */
  static first(iterable: AsyncIterable<unknown>, run: RunCall): Promise<AsyncChunks> {
    return new AsyncChunks(iterable[Symbol.asyncIterator](), run).next();
  }

  next(): Promise<AsyncChunks> {
    return this.#run(() => this.#pull());
  }

  async #pull(): Promise<AsyncChunks> {
    const chunk = new AsyncChunks(this.#iterator, this.#run);
    while (chunk.values.length < CHUNK) {
      const { done, value } = await this.#iterator.next();
      if (done) {
        chunk.isDone = true;
        break;
      }
      chunk.values.push(value);
    }
    return chunk;
  }
}

/** What is to be waited for: a promise, or the first outputs of an async iterable. */
export const toPromise = (result: unknown, run: RunCall): PromiseLike<unknown> =>
  isAsyncIterable(result) ? AsyncChunks.first(result, run) : Promise.resolve(result);

/** All outputs of a call as an array, or a promise of it; what is not iterable stays as it is. */
export function collectOutputs(result: unknown): unknown {
  if (result === undefined) return [];
  if (Array.isArray(result)) return result;
  if (isThenable(result)) return result.then(collectOutputs);
  if (isAsyncIterable(result)) return Array.fromAsync(result);
  return typeof result === 'object' && isIterable(result) ? [...result] : result;
}

/** The tag under which a call gives out what is to be done after the commit; a user's tag can't hold a colon. */
export const AFTER_COMMIT = 'viga:afterCommit';

/** An emission to an additional output of a DoFn, or under {@link AFTER_COMMIT}. */
export interface Emission {
  readonly tag: string;
  readonly value: unknown;
  readonly timestamp: Timestamp | undefined;
}

/** A result together with what its call emitted to additional outputs. */
export class WithEmissions {
  readonly result: unknown;
  readonly emissions: readonly Emission[];

  private constructor(result: unknown, emissions: readonly Emission[]) {
    this.result = result;
    this.emissions = emissions;
  }

  static of(result: unknown, emissions: readonly Emission[]): unknown {
    return emissions.length === 0 ? result : new WithEmissions(result, [...emissions]);
  }
}
