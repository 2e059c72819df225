import { PipelineError, showValue } from './errors.ts';
import type { Pipeline } from './pipeline.ts';

/** One option of a pipeline's command line; the table that yargs reads, with only the fields that Viga supports. */
export interface OptionSpec {
  readonly type?: 'string' | 'number' | 'boolean';
  readonly choices?: readonly string[];
  /** May be given several times. */
  readonly array?: boolean;
  readonly default?: unknown;
  readonly demandOption?: boolean;
  /** What is meant where the option is given without a value. */
  readonly implied?: string;
  readonly describe?: string;
  readonly alias?: string;
  /**
   * Whether results depend on it. Default true: a job that goes on with its state refuses another value. Say false of what
   * only decides when a run ends, or what it shows.
   */
  readonly changesResults?: boolean;
}

/** The options of a pipeline, by name. */
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

type Single<O extends OptionSpec> = O extends { readonly choices: readonly (infer C)[] }
  ? C
  : O extends { readonly type: 'number' }
    ? number
    : O extends { readonly type: 'boolean' }
      ? boolean
      : string;

type Value<O extends OptionSpec> = O extends { readonly array: true } ? readonly Single<O>[] : Single<O>;

/** The type of an option's value: undefined only where it has no default and is not demanded. */
export type OptionValue<O extends OptionSpec> = O extends { readonly demandOption: true }
  ? Value<O>
  : O extends { readonly default: infer D }
    ? [D] extends [undefined]
      ? Value<O> | undefined
      : Value<O>
    : Value<O> | undefined;

/** The types of a table of options. */
export type OptionValues<O extends OptionSpecs> = { readonly [N in keyof O]: OptionValue<O[N]> };

/** What every pipeline knows of its run. */
export interface StandardOptions {
  readonly runner: string;
  readonly jobName: string;
  /** The seed of what is random, where one was given. */
  readonly seed?: number | undefined;
}

/** A pipeline that can be built again: on each worker, by each command. */
export interface PipelineDefinition<O extends OptionSpecs = OptionSpecs> {
  readonly name: string;
  readonly options: O;
  readonly build: (pipeline: Pipeline, options: OptionValues<O> & StandardOptions) => void | PromiseLike<void>;
  /** One sentence for `--help`. */
  readonly describe?: string | undefined;
}

/** What {@link definePipeline} takes. */
export interface PipelineSpec<O extends OptionSpecs> {
  readonly name: string;
  readonly describe?: string;
  readonly options?: O;
  /** Depends on its arguments only, as it is called again on every worker. */
  readonly build: (pipeline: Pipeline, options: OptionValues<O> & StandardOptions) => void | PromiseLike<void>;
}

/**
 * Defines a pipeline with options of its own, typed from their table.
 *
 * @throws PipelineError for a table that says what is not understood.
 * @example
 * import { create, definePipeline } from 'viga';
 * export default definePipeline({
 *   name: 'greet',
 *   options: { whom: { type: 'string', default: 'world', describe: 'Who is greeted.' } },
 *   build(pipeline, options) {
 *     pipeline.apply(create([options.whom])).map((name) => `hello ${name}`);
 *   },
 * });
 */
export function definePipeline<const O extends OptionSpecs = Record<never, never>>(
  spec: PipelineSpec<O>,
): PipelineDefinition<O> {
  for (const [name, option] of Object.entries(spec.options ?? {})) checkOption(spec.name, name, option);
  // Without a table O is the empty record, which {} is a value of.
  return { name: spec.name, options: spec.options ?? ({} as O), build: spec.build, describe: spec.describe };
}

/** All that an option can say; the type has it complete. */
const FIELDS: Readonly<Record<keyof OptionSpec, true>> = {
  type: true,
  choices: true,
  array: true,
  default: true,
  demandOption: true,
  implied: true,
  describe: true,
  alias: true,
  changesResults: true,
};

/** The type of a table lets through what it does not name: an option that is `required` would silently be none. */
function checkOption(pipeline: string, name: string, option: OptionSpec): void {
  const unknown = Object.keys(option).find((field) => !Object.hasOwn(FIELDS, field));
  if (unknown !== undefined) {
    throw new PipelineError(
      pipeline,
      `its option ${name} has ${unknown}, which options don't. It would have no effect. An option has ${Object.keys(FIELDS).join(', ')}; one that must be given has demandOption: true.`,
    );
  }
  const { type = 'string', array, default: value } = option;
  if (value === undefined) return;
  const isRight =
    array === true ? Array.isArray(value) && value.every((one: unknown) => typeof one === type) : typeof value === type;
  if (isRight) return;
  throw new PipelineError(
    pipeline,
    `its option ${name} has the default ${showValue(value)}, which is no ${array === true ? `list of ${type}s` : type}. Who does not give the option would get another type than who does. Correct the default or the option's type.`,
  );
}
