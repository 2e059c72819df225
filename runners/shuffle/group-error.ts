import { ElementError, KeyError } from '../../model/index.ts';
import type { Pair } from './group-table.ts';
import { combineError } from './reducer.ts';

/** Why an element could not be grouped, as an error that names its step. */
export function groupError(step: string, error: unknown, pair: Pair): Error {
  if (!(error instanceof KeyError)) return combineError(step, error, pair.value);
  return new ElementError(
    step,
    pair.key,
    `its key can't group: ${error.message}. Equal keys must have equal bytes. Use a key of plain data: text, numbers, dates, bytes, arrays and objects of these.`,
    { cause: error },
  );
}
