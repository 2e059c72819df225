import { PipelineError } from './errors.ts';

/**
 * The Standard Schema interface, version 1, which zod, valibot, arktype and others implement.
 *
 * Source: the specification at standardschema.dev, which asks libraries to repeat the types and not to depend on it.
 */
export interface StandardSchemaV1<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** What a schema says of a value: the typed value, or what is wrong with it. */
export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

/** One thing that is wrong with a value, and where in it. */
export interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** The type of the values that a schema lets through. */
export type InferOutput<S extends StandardSchemaV1> = NonNullable<S['~standard']['types']>['output'];

/** Shows the first issues of a schema in one line: `amount: expected number; at: invalid date`. */
export function formatIssues(issues: readonly StandardIssue[]): string {
  const shown = issues.slice(0, 3).map(({ path, message }) => {
    const place = (path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
    return place === '' ? message : `${place}: ${message}`;
  });
  return issues.length > 3 ? `${shown.join('; ')}; and ${issues.length - 3} more` : shown.join('; ');
}

/**
 * Checks a value with a schema, sync, for a reader at `step`.
 *
 * @throws PipelineError if the schema only validates asynchronously: readers check row by row and do not wait.
 */
export function validateSync<Output>(
  schema: StandardSchemaV1<unknown, Output>,
  value: unknown,
  step: string,
): StandardResult<Output> {
  const result = schema['~standard'].validate(value);
  if (result instanceof Promise) {
    throw new PipelineError(
      step,
      `the ${schema['~standard'].vendor} schema validates asynchronously. A reader checks rows synchronously. Use a schema without async checks here, and do those in a later map(...).`,
    );
  }
  return result;
}
