import { ElementError } from '../model/index.ts';

/** What an {@link AssertionError} says besides its message. */
export interface AssertionFacts {
  readonly actual: readonly unknown[];
  readonly expected?: readonly unknown[] | undefined;
  readonly cause?: unknown;
  /** The stack of the call that made the assertion; test runners show the line it points at. */
  readonly frames: string;
}

/**
 * An assertion that does not hold; it ends the run.
 *
 * `step` is the path of the assertion. Test runners print the difference of `actual` and `expected`, where both are there.
 */
export class AssertionError extends ElementError {
  override readonly name: string = 'AssertionError';
  readonly code = 'ERR_ASSERTION';
  readonly actual: readonly unknown[];
  readonly expected: readonly unknown[] | undefined;

  constructor(step: string, message: string, { actual, expected, cause, frames }: AssertionFacts) {
    super(step, actual, message, cause === undefined ? {} : { cause });
    this.actual = actual;
    this.expected = expected;
    // Where the assertion stands in the test says more than where the engine called it.
    this.stack = `AssertionError: ${this.message}\n${frames}`;
  }
}
