import { ConnectorError, formatIssues, type StandardSchemaV1, validateSync } from '../../model/index.ts';
import { type BigIntegers, LargeIntegerError, parseJson } from './parse-json.ts';

/** How JSON values become elements. */
export interface JsonOptions<T = unknown> {
  /** Checks and types each element; zod, valibot, arktype and others. Without one, elements are `unknown`. */
  readonly schema?: StandardSchemaV1<unknown, T>;
  /** What is done with an integer beyond 2^53 - 1, which a number can't hold exactly. Default 'error'. */
  readonly bigIntegers?: BigIntegers;
}

/** An element, or why there is none. */
export type ParsedElement<T> = { readonly value: T } | { readonly error: ConnectorError };

const GO_ON = 'A program goes on without it where deadLetters are asked for.';

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
    if (cause instanceof LargeIntegerError) {
      return {
        error: new ConnectorError(place(), `${message}. Its last digits would change. Write it as text, in quotes.`, {
          hint: "A program passes bigIntegers: 'bigint' to get such integers as bigint, or 'number' to round them.",
        }),
      };
    }
    return {
      error: new ConnectorError(place(), `this ${what} is not JSON: ${message}. It has no value. Correct it.`, {
        cause,
        hint: GO_ON,
      }),
    };
  }
  // Without a schema T is unknown.
  if (options.schema === undefined) return { value: value as T };
  const result = validateSync(options.schema, value, step);
  if (result.issues === undefined) return { value: result.value };
  return {
    error: new ConnectorError(
      place(),
      `this ${what} does not fit the schema: ${formatIssues(result.issues)}. Steps rely on its type. Correct it.`,
      { hint: `A program corrects the schema. ${GO_ON}` },
    ),
  };
}
