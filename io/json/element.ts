import { ConnectorError, formatIssues, type StandardSchemaV1, validateSync } from '../../model/index.ts';
import { type BigIntegers, parseJson } from './parse-json.ts';

/** How JSON values become elements. */
export interface JsonOptions<T = unknown> {
  /** Checks and types each element; zod, valibot, arktype and others. Without one, elements are `unknown`. */
  readonly schema?: StandardSchemaV1<unknown, T>;
  /** What is done with an integer beyond 2^53 - 1, which a number can't hold exactly. Default 'error'. */
  readonly bigIntegers?: BigIntegers;
}

/** An element, or why there is none. */
export type ParsedElement<T> = { readonly value: T } | { readonly error: ConnectorError };

/** Turns the text of one JSON value into an element. `what` names it in errors: a line, a document. */
export function parseElement<T>(
  text: string,
  what: string,
  place: () => string,
  { step, ...options }: JsonOptions<T> & { readonly step: string },
): ParsedElement<T> {
  let value: unknown;
  try {
    value = parseJson(text, options.bigIntegers ?? 'error');
  } catch (cause) {
    const { message } = cause as Error;
    // Says what to do by itself: a large integer.
    if (cause instanceof RangeError) return { error: new ConnectorError(place(), message, { cause }) };
    return {
      error: new ConnectorError(
        place(),
        `this ${what} is not JSON: ${message}. It has no value. Correct it, or pass deadLetters to go on without it.`,
        { cause },
      ),
    };
  }
  // Without a schema T is unknown.
  if (options.schema === undefined) return { value: value as T };
  const result = validateSync(options.schema, value, step);
  if (result.issues === undefined) return { value: result.value };
  return {
    error: new ConnectorError(
      place(),
      `this ${what} does not fit the schema: ${formatIssues(result.issues)}. Steps rely on its type. Correct it or the schema, or pass deadLetters to go on without it.`,
    ),
  };
}
