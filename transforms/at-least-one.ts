import { PipelineError } from '../model/index.ts';

/**
 * Refuses what is not a whole number of 1 or more.
 *
 * @throws PipelineError that names the function, its parameter and the value.
 */
export function atLeastOne(fn: string, parameter: string, value: number, example: string): void {
  if (Number.isInteger(value) && value >= 1) return;
  throw new PipelineError(
    undefined,
    `${fn}: ${parameter} is ${value} but must be a whole number of 1 or more. Nothing could come out. Pass e.g. ${example}.`,
  );
}
