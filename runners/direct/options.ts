import type { Host } from '../../model/index.ts';
import type { StreamingOptions } from '../streaming/index.ts';

/** What {@link directRunner} can be asked for. */
export interface DirectRunnerOptions extends StreamingOptions {
  /** Clock, randomness, disk and memory. Default: those of this machine. */
  readonly host?: Host;
  /**
   * Whether all steps run at once and elements flow as they come. Default: where some input never ends, where there is a test
   * stream, and with `stateDirectory`; else stages run one after another, which is faster.
   */
  readonly streaming?: boolean;
}
