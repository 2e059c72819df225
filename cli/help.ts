import yargs from 'yargs';
import type { OptionSpec, OptionSpecs, PipelineDefinition } from '../model/index.ts';
import { flagOf, placeholder } from './options.ts';
import { isSecretName, visible } from './print/index.ts';
import { STANDARD_OPTIONS } from './standard-options.ts';
import type { Terminal } from './terminal.ts';

/** Options under a heading. */
export interface OptionGroup {
  readonly title: string;
  readonly specs: OptionSpecs;
}

/** The help of a command: how it is called, what it is for, its options with their defaults. */
export async function helpText(
  usage: string,
  describe: string | undefined,
  groups: readonly OptionGroup[],
  width: number,
  commands: Readonly<Record<string, { readonly describe: string }>> = {},
): Promise<string> {
  const heading = `Usage: ${usage}${describe === undefined ? '' : `\n\n${visible(describe)}`}`;
  const program = yargs([])
    .scriptName('viga')
    .locale('en')
    .help(false)
    .version(false)
    .wrap(Math.min(width, 110))
    .usage(heading.replaceAll('$0', '$$0'));
  // A name that says itself what follows it has more than one word.
  for (const [name, { describe: what }] of Object.entries(commands)) {
    program.command(name.includes(' ') ? name : `${name} FILE`, what);
  }
  for (const { title, specs } of groups) {
    for (const [name, spec] of Object.entries(specs))
      program.option(flagOf(name), { ...yargsOption(name, spec), group: title });
  }
  return `${(await program.getHelp()).trimEnd()}\n`;
}

function yargsOption(
  name: string,
  { type, array, alias, choices, describe, demandOption, default: value }: OptionSpec,
) {
  const text = isSecretName(name) ? '(hidden)' : shownDefault(value);
  return {
    ...(choices === undefined ? { type: type ?? ('string' as const) } : { choices }),
    ...(array === true ? { array: true } : {}),
    ...(alias === undefined ? {} : { alias }),
    ...(describe === undefined ? {} : { describe: visible(describe) }),
    ...(demandOption === true ? { demandOption: true } : {}),
    // A switch that is off needs no word.
    ...(value === undefined || value === false ? {} : { default: value, defaultDescription: text }),
  };
}

const shownDefault = (value: unknown): string =>
  visible(Array.isArray(value) ? value.map(String).join(' ') : String(value));

/** How a pipeline is called, with the options that it demands. */
export function usageOf(command: string, { options }: PipelineDefinition): string {
  const demanded = Object.entries(options)
    .filter(([, spec]) => spec.demandOption === true)
    .map(([name, spec]) => ` --${flagOf(name)}=${placeholder(spec)}`);
  return `${command}${demanded.join('')} [options]`;
}

/** The help of a pipeline: its own options first, then those of the command it is called by, then the standard ones. */
export function pipelineHelp(
  { command, terminal }: { readonly command: string; readonly terminal: Terminal },
  definition: PipelineDefinition,
  commandOptions: OptionSpecs,
): Promise<string> {
  const own = definition.options;
  const unshadowed = Object.entries(commandOptions).filter(([name]) => !Object.hasOwn(own, name));
  const groups = [
    { title: 'Options:', specs: own },
    { title: 'Options of the command:', specs: Object.fromEntries(unshadowed) },
    { title: 'Standard options:', specs: STANDARD_OPTIONS },
  ];
  return helpText(
    usageOf(command, definition),
    definition.describe ?? `Runs the pipeline ${definition.name}.`,
    groups.filter(({ specs }) => Object.keys(specs).length > 0),
    terminal.size().width,
  );
}
