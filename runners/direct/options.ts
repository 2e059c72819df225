import type { Host } from '../../model/index.ts';

/** What {@link directRunner} can be asked for. */
export interface DirectRunnerOptions {
  /** Clock, randomness, disk and memory. Default: those of this machine. */
  readonly host?: Host;
  /**
   * How many bytes of memory the process may take, about; groupings and buffers go to disk before. Default: six tenths of
   * the machine's memory, or what Node's heap allows where that is less.
   */
  readonly memoryLimit?: number;
  /** Runs a pipeline the hard way, to find what only works by luck; for tests. */
  readonly strict?: StrictOptions;
}

/** What a strict run does besides; the same seed does the same again. */
export interface StrictOptions {
  readonly seed: number;
  /** Bundles and batches of random sizes. */
  readonly bundleSizes: boolean;
  /** Elements are encoded and decoded at each edge, as if they left memory. */
  readonly encode: boolean;
  /** A step that changes the element it is given fails. */
  readonly mutation: boolean;
  /** Elements come in another order where the model gives none. */
  readonly permute: boolean;
}
