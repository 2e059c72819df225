/** Outputs that one call gave, some at a time, so that a generator of millions is never held as a whole. */
export interface Chunks {
  /** The next outputs; an empty array at the end. */
  next(): readonly unknown[];
}

/** How many outputs are pulled from a generator at once. */
const CHUNK = 256;

/** Pulls outputs from an iterator; `guard` turns what it throws into the step's error. */
export function chunksOf(iterable: Iterable<unknown>, guard: (error: unknown) => Error): Chunks {
  const iterator = iterable[Symbol.iterator]();
  let isDone = false;
  return {
    next() {
      const chunk: unknown[] = [];
      try {
        while (!isDone && chunk.length < CHUNK) {
          const { done, value } = iterator.next();
          if (done) isDone = true;
          else chunk.push(value);
        }
      } catch (error) {
        isDone = true;
        throw guard(error);
      }
      return chunk;
    },
  };
}

/** Whether a value can be iterated by `for`. */
export const isIterable = (value: unknown): value is Iterable<unknown> =>
  typeof value === 'string' || (typeof value === 'object' && value !== null && Symbol.iterator in value);

/** Whether a value can be iterated by `for await`. */
export const isAsyncIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
