import { PipelineError, showValue } from '../../model/index.ts';

/** The error for a CSV option that cannot work. `rule` says what the option must be. */
export function optionError(option: string, value: unknown, rule: string): PipelineError {
  return new PipelineError(undefined, `csv: ${option} is ${showValue(value)} but ${rule}.`);
}
