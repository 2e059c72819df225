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
  // Without a table O is the empty record, which {} is a value of.
  return { name: spec.name, options: spec.options ?? ({} as O), build: spec.build, describe: spec.describe };
}
