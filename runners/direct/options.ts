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
  /**
   * Whether all steps run at once and elements flow as they come. Default: where some input never ends, where there is a test
   * stream, and with `stateDirectory`; else stages run one after another, which is faster.
   */
  readonly streaming?: boolean;
  /** Where the job keeps what must survive a crash. A run with the same directory goes on where the last one ended. */
  readonly stateDirectory?: string;
  /** Milliseconds between two epochs: how often what has happened is made durable and visible. Default 1,000. */
  readonly epochInterval?: number;
  /**
   * The share of a step's elements, of those of the last minute, that may become dead letters before a streaming run stops
   * with its state kept. Default 0.01, and never less than 100 elements; 1 lets all fail.
   */
  readonly maxFailedShare?: number;
  /** The pipeline's name: another one is refused by a state directory. */
  readonly jobName?: string;
  /** Options that change results, fit to be shown: a run with others is refused by a state directory. */
  readonly jobOptions?: Readonly<Record<string, unknown>>;
  /** Paths of steps whose state may be lost when a changed program goes on with a state directory. */
  readonly dropState?: readonly string[];
  /** Runs a pipeline the hard way, to find what only works by luck; for tests. */
  readonly strict?: StrictOptions;
}
