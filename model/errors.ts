/** What every error of Viga may carry besides its message. */
export interface ErrorDetails {
  readonly cause?: unknown;
}

/** What errors carry that may come to who runs a program and did not write it. */
export interface HintedDetails extends ErrorDetails {
  /** What only who writes the program can do. The message ends in it; a command line leaves it out. */
  readonly hint?: string | undefined;
}

const prefixed = (step: string | undefined, message: string): string =>
  step === undefined ? message : `${step}: ${message}`;

const withHint = (message: string, hint: string | undefined): string =>
  hint === undefined ? message : `${message} ${hint}`;

/**
 * A pipeline that is put together wrongly; thrown while it is built or when it starts.
 *
 * `step` is the path of the step at fault, where one is.
 */
export class PipelineError extends Error {
  override readonly name: string = 'PipelineError';
  readonly step: string | undefined;

  constructor(step: string | undefined, message: string, details: ErrorDetails = {}) {
    super(prefixed(step, message), details);
    this.step = step;
  }
}

/** Options that a run cannot start with: a command line answers it with one line, the usage and exit code 2. */
export class OptionsError extends Error {
  override readonly name: string = 'OptionsError';
  readonly option: string | undefined;

  constructor(option: string | undefined, message: string, details: ErrorDetails = {}) {
    super(option === undefined ? message : `--${option}: ${message}`, details);
    this.option = option;
  }
}

/** Where an {@link ElementError} happened. */
export interface ElementPlace {
  /** Where the source found the element, e.g. `orders.csv line 12`. */
  readonly coordinate?: string | undefined;
  readonly timestamp?: number | undefined;
  readonly window?: string | undefined;
  readonly attempts?: number | undefined;
}

/** One element that a step could not process; a step with the option `deadLetters` turns it into a dead letter. */
export class ElementError extends Error {
  override readonly name: string = 'ElementError';
  readonly step: string;
  /** The element as text, cut to 200 characters. */
  readonly element: string;
  readonly place: ElementPlace;
  /** The last sentence of the message where it is for who writes the program; a command line leaves it out. */
  readonly hint: string | undefined;

  constructor(step: string, element: unknown, message: string, details: ElementPlace & HintedDetails = {}) {
    // The cause is the error's own: in its place as well, it would be printed twice.
    const { cause, hint, ...place } = details;
    super(prefixed(step, withHint(message, hint)), cause === undefined ? {} : { cause });
    this.step = step;
    this.element = showValue(element);
    this.place = place;
    this.hint = hint;
  }
}

/** The other system did not do what was asked. `retryable` says whether a later attempt may succeed. */
export class ConnectorError extends Error {
  override readonly name: string = 'ConnectorError';
  readonly place: string | undefined;
  readonly retryable: boolean;
  /** The last sentence of the message where it is for who writes the program; a command line leaves it out. */
  readonly hint: string | undefined;

  constructor(
    place: string | undefined,
    message: string,
    { cause, retryable = false, hint }: HintedDetails & { readonly retryable?: boolean } = {},
  ) {
    super(prefixed(place, withHint(message, hint)), cause === undefined ? {} : { cause });
    this.place = place;
    this.retryable = retryable;
    this.hint = hint;
  }
}

/** A value that has no bytes, or bytes that have no value. */
export class CoderError extends Error {
  override readonly name: string = 'CoderError';
  readonly step: string | undefined;

  constructor(step: string | undefined, message: string, details: ErrorDetails = {}) {
    super(prefixed(step, message), details);
    this.step = step;
  }
}

/**
 * Why a job's state can't be used: `locked` by another process; `damaged`; `older` than what was told to others; `foreign`,
 * not a state directory or not this one's; `newer` than this version of Viga; `no-room` on the disk; `failed`, another
 * error of the machine.
 */
export type StateErrorReason = 'locked' | 'damaged' | 'older' | 'foreign' | 'newer' | 'no-room' | 'failed';

/** What a job keeps can't be opened, read or made durable: the job stops, and what was committed stays as it is. */
export class StateError extends Error {
  override readonly name: string = 'StateError';
  /** The directory, or the place in it. */
  readonly place: string;
  readonly reason: StateErrorReason;

  constructor(place: string, reason: StateErrorReason, message: string, details: ErrorDetails = {}) {
    super(prefixed(place, message), details);
    this.place = place;
    this.reason = reason;
  }
}

/** A sink can't be promised what the run requires. `step` is the path of the write. */
export class GuaranteeError extends Error {
  override readonly name: string = 'GuaranteeError';
  readonly step: string;

  constructor(step: string, message: string) {
    super(prefixed(step, message));
    this.step = step;
  }
}

/** The run was ended from outside, by an AbortSignal or Ctrl-C, before it was finished. */
export class CancelledError extends Error {
  override readonly name: string = 'CancelledError';
}

/** What something thrown says: an error's message, a text, or another value shown. */
export const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : typeof thrown === 'string' ? thrown : showValue(thrown);

/** The longest text of a value in a message. */
const SHOWN = 200;

/**
 * Shows a value in an error: one line, at most 200 characters, bigints and bytes readable, never throwing.
 */
export function showValue(value: unknown): string {
  let text: string;
  try {
    const word = readable('', value);
    if (typeof word === 'string' && typeof value !== 'string') return word;
    text = typeof value === 'string' ? JSON.stringify(value) : (JSON.stringify(value, readable) ?? String(value));
  } catch {
    // Cyclic values and getters that throw have no JSON.
    text = kindOf(value);
  }
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

/** What kind of thing a value is, where not more can be said. */
function kindOf(value: unknown): string {
  try {
    return Object.prototype.toString.call(value);
  } catch {
    // A proxy may throw whatever it is asked.
    return `[${typeof value} that can't be read]`;
  }
}

function readable(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return `[function ${value.name}]`;
  if (typeof value === 'symbol') return String(value);
  if (value instanceof Promise) return '[promise]';
  if (value instanceof Uint8Array) return `[${value.length} bytes]`;
  if (value instanceof Map) return { Map: [...value].slice(0, 20) };
  if (value instanceof Set) return { Set: [...value].slice(0, 20) };
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return value;
}

/** Stops at a state that only a bug of Viga can reach. */
export function assert(condition: unknown, facts: string): asserts condition {
  if (!condition) throw new Error(`This is a bug in Viga: ${facts}. Please report it with the program that shows it.`);
}
