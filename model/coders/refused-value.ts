import { CoderError } from '../errors.ts';

const MAX_PATH = 120;

/**
 * A value that a coder cannot write. Each coder that holds others adds where in its own value the part stands, so that the
 * message names the whole path.
 */
export class RefusedValue extends CoderError {
  readonly coder: string;
  /** What is wrong, e.g. `is a function`. */
  readonly what: string;
  /** Why it matters and how to fix it: two sentences. */
  readonly advice: string;
  /** Where in the value, e.g. `.user.tags[2]`; empty for the value itself. */
  readonly path: string;

  constructor(coder: string, what: string, advice: string, path = '') {
    super(undefined, `${coder}: the value${path === '' ? '' : ` at ${path}`} ${what}. ${advice}`);
    this.coder = coder;
    this.what = what;
    this.advice = advice;
    this.path = path;
  }
}

/** The error that a part threw, seen from the value that holds the part at `segment`. */
export function within(segment: string, error: unknown): unknown {
  if (!(error instanceof RefusedValue)) return error;
  return new RefusedValue(error.coder, error.what, error.advice, (segment + error.path).slice(0, MAX_PATH));
}
