import type { DatabaseSync } from 'node:sqlite';
import { ConnectorError, showValue } from '../../model/index.ts';
import { isTooManyParameters } from '../sqlite-file/index.ts';
import type { SqliteValue } from './values.ts';

// What SQLite lets pass in a query, and what would then be read is not what was asked for.

/** SQLite takes a parameter that is not given for NULL: binding one more than there are tells how many there are. */
export function checkParameterCount(
  db: DatabaseSync,
  statement: string,
  parameters: readonly SqliteValue[],
  place: string,
): void {
  const probe = db.prepare(`EXPLAIN ${statement}`);
  const bind = (...values: readonly SqliteValue[]): boolean => {
    try {
      probe.get(...values);
      return true;
    } catch (error) {
      if (isTooManyParameters(error)) return false;
      throw error;
    }
  };
  const problem = !bind(...parameters) ? 'more' : bind(...parameters, null) ? 'fewer' : undefined;
  if (problem === undefined) return;
  throw new ConnectorError(
    place,
    `there are ${problem} parameters (${parameters.length}) than question marks in the query. SQLite would take NULL for a missing one. Give one for each.`,
  );
}

/** SQLite prepares the first statement and passes over the rest. */
export function refuseSecondStatement(rest: string, place: string): void {
  const text = rest.replace(/^(?:[\s;]|--[^\n]*|\/\*.*?\*\/)+/s, '');
  if (text === '') return;
  throw new ConnectorError(
    place,
    `after its first statement the query goes on: ${showValue(text)}. That would be left out. Give one SELECT.`,
  );
}
