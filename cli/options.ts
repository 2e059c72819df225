import yargs from 'yargs';
import { type OptionSpec, type OptionSpecs, OptionsError, showValue } from '../model/index.ts';
import { didYouMean } from './did-you-mean.ts';
import { isSecretName, oneLine } from './print/index.ts';

// yargs takes a command line apart; what it finds is checked here, since its own checks are silent about `--top=abc`,
// `--top` without a value and `--strict=maybe`. Everything but switches is declared as text to it and converted here.

/** Values by the names of their table. */
export type OptionTableValues = Readonly<Record<string, unknown>>;

/** Reads the options of a table from a command line that holds nothing else. @throws OptionsError for the first mistake. */
export function parseOptions(specs: OptionSpecs, args: readonly string[]): OptionTableValues {
  refuseOddSwitches(specs, args);
  const { _: rest, ...found } = parser(specs, args, false).parseSync();
  if (rest[0] !== undefined) throw unknownArgument(String(rest[0]), specs);
  // fromEntries defines each field, so that an option named __proto__ is one as well.
  return Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [name, valueOf(name, spec, found[flagOf(name)], args)]),
  );
}

/** A command line of options, then a word, then anything. */
export interface SplitCommandLine {
  readonly before: readonly string[];
  readonly word: string | undefined;
  readonly after: readonly string[];
}

/** Finds the first word that is no option and no option's value; only the options of `specs` may stand before it. */
export function splitAtWord(specs: OptionSpecs, args: readonly string[]): SplitCommandLine {
  const rest = parser(specs, args, true).parseSync()._;
  const at = args.length - rest.length;
  return { before: args.slice(0, at), word: args[at], after: args.slice(at + 1) };
}

/** The name of an option as it is typed: `minCount` is `--min-count`; `--minCount` is understood as well. */
export const flagOf = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();

function parser(specs: OptionSpecs, args: readonly string[], stopsAtWord: boolean) {
  const program = yargs([...args])
    .help(false)
    .version(false)
    .exitProcess(false)
    .locale('en')
    .parserConfiguration({
      'unknown-options-as-args': true,
      'halt-at-non-option': stopsAtWord,
      'dot-notation': false,
      'parse-positional-numbers': false,
    });
  for (const [name, { type, array, alias }] of Object.entries(specs)) {
    program.option(flagOf(name), {
      ...(type === 'boolean' ? { boolean: true } : { string: true }),
      ...(array === true ? { array: true } : {}),
      ...(alias === undefined ? {} : { alias }),
    });
  }
  return program;
}

function valueOf(name: string, spec: OptionSpec, found: unknown, args: readonly string[]): unknown {
  if (found === undefined) {
    if (spec.demandOption !== true) return spec.default;
    const what = spec.describe === undefined ? '' : ` ${oneLine(spec.describe)}`;
    throw new OptionsError(
      flagOf(name),
      `it is required and missing.${what} Add --${flagOf(name)}=${placeholder(spec)}.`,
    );
  }
  const all: readonly unknown[] = Array.isArray(found) ? found : [found];
  if (all.length === 0) throw missingValue(name, spec);
  const values = all.map((raw) => converted(name, spec, raw, args));
  // Of several the last counts, so that a script's options can be overruled behind them.
  return spec.array === true ? values : values.at(-1);
}

function converted(name: string, spec: OptionSpec, raw: unknown, args: readonly string[]): unknown {
  const flag = flagOf(name);
  if (spec.type === 'boolean') return raw === true;
  if (typeof raw !== 'string') {
    throw new OptionsError(`no-${flag}`, `--${flag} takes a value and is no switch. Give it one, or leave it out.`);
  }
  if (raw === '' && !args.some((arg) => arg === '' || arg.endsWith('='))) {
    if (spec.implied !== undefined) return spec.implied;
    throw missingValue(name, spec);
  }
  const shown = isSecretName(name) ? 'the value' : showValue(raw);
  if (spec.choices !== undefined && !spec.choices.includes(raw)) {
    const meant = didYouMean(raw, spec.choices);
    const hint = meant === undefined ? '' : ` Did you mean ${meant}?`;
    const those =
      spec.choices.length === 1 ? `not ${spec.choices[0]}, the only choice` : `none of ${spec.choices.join(', ')}`;
    throw new OptionsError(flag, `${shown} is ${those}.${hint}`);
  }
  if (spec.type !== 'number') return raw;
  const number = Number(raw);
  if (raw.trim() === '' || !Number.isFinite(number)) {
    throw new OptionsError(flag, `${shown} is not a number. Give digits, e.g. --${flag}=10.`);
  }
  return number;
}

const missingValue = (name: string, spec: OptionSpec): OptionsError =>
  new OptionsError(flagOf(name), `its value is missing. It takes one. Write --${flagOf(name)}=${placeholder(spec)}.`);

/** yargs takes any value of a switch but `true` for false. */
function refuseOddSwitches(specs: OptionSpecs, args: readonly string[]): void {
  for (const [name, { type }] of Object.entries(specs)) {
    if (type !== 'boolean') continue;
    for (const arg of args) {
      const value = new RegExp(`^--(?:no-)?(?:${flagOf(name)}|${name})=(?!true$|false$)(.*)$`).exec(arg)?.[1];
      if (value === undefined) continue;
      const flag = flagOf(name);
      throw new OptionsError(flag, `${showValue(value)} is neither true nor false. Write --${flag} or --no-${flag}.`);
    }
  }
}

function unknownArgument(arg: string, specs: OptionSpecs): OptionsError {
  if (!arg.startsWith('-') || arg === '-') {
    return new OptionsError(
      undefined,
      `${showValue(arg)} is not expected here. Only options are. If a shell made it of a pattern, put the pattern in quotes.`,
    );
  }
  // Only the name: the value may be a secret.
  const flag = oneLine(arg.replace(/=.*$/s, ''));
  const names = Object.keys(specs).flatMap((name) => [
    flagOf(name),
    ...(specs[name]?.type === 'boolean' ? [`no-${flagOf(name)}`] : []),
  ]);
  const meant = didYouMean(flag.replace(/^-+/, ''), names);
  return new OptionsError(
    undefined,
    `${flag}: there is no such option. ${meant === undefined ? '--help lists those that are.' : `Did you mean --${meant}?`}`,
  );
}

/** What stands for an option's value in usage lines. */
export function placeholder({ type, choices }: OptionSpec): string {
  if (choices !== undefined) return choices.join('|');
  return type === 'number' ? 'NUMBER' : 'TEXT';
}
