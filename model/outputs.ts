import type { PCollection } from './pcollection.ts';
import type { Timestamp } from './time.ts';
import type { BoundedWindow } from './window-fn.ts';

/** What a DoFn declares for one additional output. */
export interface OutputTag<out T> {
  readonly kind: 'output';
  /** Carries the type of the output's elements; never present at run time. */
  readonly element?: T;
}

/** The additional outputs that a DoFn declares, by name. */
// oxlint-disable-next-line typescript/no-explicit-any -- any element type; Emitters and Outputs recover each.
export type OutputTags = Record<string, OutputTag<any>>;

/** Declares an additional output of a DoFn. */
export const outputTag = <T>(): OutputTag<T> => ({ kind: 'output' });

/** The functions that emit to additional outputs. Without a timestamp the input's is kept. */
export type Emitters<X> = {
  readonly [N in keyof X]: X[N] extends OutputTag<infer T> ? (value: T, timestamp?: Timestamp) => void : never;
};

/** The collections of a DoFn with additional outputs: `main` and one per tag. */
export type Outputs<Main, X> = { readonly main: PCollection<Main> } & {
  readonly [N in keyof X]: X[N] extends OutputTag<infer T> ? PCollection<T> : never;
};

/** A value with a timestamp, and where no element is at hand a window, of its own; made by {@link outputAt}. */
export class OutputAt<out T> {
  // A private field makes the type nominal: an element that happens to have these fields is not mistaken for one.
  readonly #isOutputAt = true;
  readonly value: T;
  readonly timestamp: Timestamp;
  readonly window: BoundedWindow | undefined;

  constructor(value: T, timestamp: Timestamp, window: BoundedWindow | undefined) {
    this.value = value;
    this.timestamp = timestamp;
    this.window = window;
  }

  /** Whether a yielded value carries a timestamp of its own. */
  static is(value: unknown): value is OutputAt<unknown> {
    return typeof value === 'object' && value !== null && #isOutputAt in value && value.#isOutputAt;
  }
}

/**
 * Gives an output of a DoFn another timestamp than its input's, or in `finishBundle` its timestamp and window.
 *
 * A timestamp before the input's is refused unless the DoFn allows it with `allowedTimestampSkew`, since elements could
 * fall behind the watermark.
 *
 * @example
 * import { Pipeline, create, outputAt, seconds } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * const p = new Pipeline();
 * p.apply(create([1])).parDo({
 *   name: 'Later',
 *   process: (n: number, { timestamp }) => [outputAt(n, timestamp + seconds(5))],
 * });
 * await p.run(directRunner());
 */
export const outputAt = <T>(value: T, timestamp: Timestamp, window?: BoundedWindow): OutputAt<T> =>
  new OutputAt(value, timestamp, window);
