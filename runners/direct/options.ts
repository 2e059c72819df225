import type { Host } from '../../model/index.ts';
import type { StrictOptions } from '../run/index.ts';

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
