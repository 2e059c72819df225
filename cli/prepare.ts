import { type OptionSpecs, Pipeline, type PipelineDefinition } from '../model/index.ts';
import { pipelineHelp } from './help.ts';
import { type OptionTableValues, parseOptions } from './options.ts';
import type { Session } from './session.ts';
import { checkOwnOptions, type Settings, settingsOf, STANDARD_OPTIONS } from './standard-options.ts';

/** A pipeline that was built by a command line. */
export interface Prepared {
  readonly definition: PipelineDefinition;
  /** Of the standard options and the pipeline's own. */
  readonly values: OptionTableValues;
  /** Of the command's options. */
  readonly commandValues: OptionTableValues;
  readonly settings: Settings;
  readonly pipeline: Pipeline;
}

/** The options with which a pipeline is called. */
export interface PipelineArguments {
  readonly args: readonly string[];
  /** What the command has beside the standard options. Where the pipeline has one of the same name, that one is meant. */
  readonly commandOptions: OptionSpecs;
  /** Standard and command options that were given before the pipeline's file. */
  readonly given: OptionTableValues;
}

/**
 * Reads the options of a pipeline and builds it; undefined where `--help` was asked for and given.
 *
 * @throws OptionsError, PipelineError, or whatever the pipeline's `build` throws
 */
export async function prepare(
  session: Session,
  definition: PipelineDefinition,
  { args, commandOptions, given }: PipelineArguments,
): Promise<Prepared | undefined> {
  session.doing = { kind: 'build', what: definition.name };
  session.definition = definition;
  checkOwnOptions(definition);
  if (asksForHelp(args)) {
    session.terminal.out(await pipelineHelp(session, definition, commandOptions));
    return undefined;
  }
  const outer = withDefaults({ ...commandOptions, ...STANDARD_OPTIONS }, given);
  const values = parseOptions({ ...outer, ...definition.options }, args);
  session.configure(definition, values);
  const settings = settingsOf(values, definition);
  const pipeline = new Pipeline();
  // Told to the session before the steps are made: an error in build names those that were.
  session.graph = pipeline.graph;
  const own = pick(values, Object.keys(definition.options));
  const { runner, jobName, seed } = settings;
  // Parsing has checked that the values are of the types that the table gives them.
  const buildOptions = { ...own, runner, jobName, seed } as Parameters<PipelineDefinition['build']>[1];
  await definition.build(pipeline, buildOptions);
  const isShadowed = (name: string): boolean => Object.hasOwn(definition.options, name);
  const commandValues = Object.fromEntries(
    Object.keys(commandOptions).map((name) => [name, isShadowed(name) ? outer[name]?.default : values[name]]),
  );
  return { definition, values, commandValues, settings, pipeline };
}

/** A table whose defaults are what was given elsewhere, where something was. */
const withDefaults = (specs: OptionSpecs, given: OptionTableValues): OptionSpecs =>
  Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [
      name,
      given[name] === undefined ? spec : { ...spec, default: given[name] },
    ]),
  );

/** The same table with no defaults: what it reads is what was given. */
export const withoutDefaults = (specs: OptionSpecs): OptionSpecs =>
  Object.fromEntries(Object.entries(specs).map(([name, { default: _, ...spec }]) => [name, spec]));

const pick = (values: OptionTableValues, names: readonly string[]): OptionTableValues =>
  Object.fromEntries(names.map((name) => [name, values[name]]));

/** Whether help is wanted; it is given however wrong the rest of the line is. */
export function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end < 0 ? args : args.slice(0, end)).some((arg) => arg === '--help' || arg === '-h');
}
