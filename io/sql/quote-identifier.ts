import { PipelineError, showValue } from '../../model/index.ts';

/**
 * A name as an identifier of standard SQL, always in double quotes: `order "x"` becomes `"order ""x"""`.
 *
 * Whatever the name holds, it stays one identifier, and two names never become the same one; a name that looks quoted
 * already is quoted again. Values never go into a statement this way: they are parameters.
 *
 * @throws PipelineError if the name is empty, or holds NUL or half of a surrogate pair, which no database stores.
 */
export function quoteIdentifier(name: string): string {
  if (name === '' || name.includes('\0') || !name.isWellFormed()) {
    throw new PipelineError(
      undefined,
      `${showValue(name)} can't name a table or column. A name has characters, none of them NUL or half a surrogate pair. Correct the name.`,
    );
  }
  return `"${name.replaceAll('"', '""')}"`;
}
