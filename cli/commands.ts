import { type OptionSpecs, OptionsError } from '../model/index.ts';
import { EXIT } from './exit-codes.ts';
import { explainCommand } from './explain-command.ts';
import { GRAPH_OPTIONS, graphCommand } from './graph-command.ts';
import { helpText } from './help.ts';
import { loadDefinition } from './load.ts';
import { parseOptions, splitAtWord } from './options.ts';
import { asksForHelp, prepare, type Prepared, withoutDefaults } from './prepare.ts';
import { oneLine } from './print/index.ts';
import { runPipeline } from './run-pipeline.ts';
import { Session } from './session.ts';
import { STANDARD_OPTIONS } from './standard-options.ts';
import type { Terminal } from './terminal.ts';
import { validateCommand } from './validate-command.ts';

/** What `viga NAME FILE` does. */
export interface Command {
  readonly describe: string;
  /** Options beside the standard ones and the pipeline's own. */
  readonly options: OptionSpecs;
  /** The exit code where the pipeline can't be loaded or built. */
  readonly failedCode: number;
  /** Whether the output stream is for the command's result alone, whatever the pipeline's code prints. */
  readonly ownsOutput: boolean;
  /** What is done with the pipeline that was built. */
  readonly act: (session: Session, prepared: Prepared) => number | Promise<number>;
}

/** The commands by their names. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  run: {
    describe: 'Runs a pipeline.',
    options: {},
    failedCode: EXIT.failed,
    ownsOutput: false,
    act: runPipeline,
  },
  graph: {
    describe: 'Prints the steps of a pipeline.',
    options: GRAPH_OPTIONS,
    failedCode: EXIT.failed,
    ownsOutput: true,
    act: graphCommand,
  },
  explain: {
    describe: 'Prints the stages that run: what is fused, what cuts and why, what spills.',
    options: {},
    failedCode: EXIT.failed,
    ownsOutput: true,
    act: explainCommand,
  },
  validate: {
    describe: 'Checks a pipeline without reading anything: options, names, what the runner refuses.',
    options: {},
    failedCode: EXIT.invalid,
    ownsOutput: true,
    act: validateCommand,
  },
};

/** Loads the file that a command names, builds its pipeline, and does what the command is for. */
export function runCommand(
  name: string,
  command: Command,
  args: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const outer = { ...command.options, ...STANDARD_OPTIONS };
  const { before, word: file, after } = splitAtWord(outer, args);
  const isFile = file !== undefined && !file.startsWith('-');
  const session = new Session(terminal, `viga ${name} ${isFile ? file : 'FILE'}`, args);
  return session.guard(command, async () => {
    if (!isFile) {
      if (asksForHelp(args)) return tellHelp(name, command, terminal);
      parseOptions(outer, before);
      throw missingFile(file);
    }
    session.doing = { kind: 'load', what: file };
    const given = parseOptions(withoutDefaults(outer), before);
    const definition = await loadDefinition(file, terminal.directory);
    const prepared = await prepare(session, definition, { args: after, commandOptions: command.options, given });
    return prepared === undefined ? EXIT.ok : command.act(session, prepared);
  });
}

async function tellHelp(name: string, { describe, options }: Command, terminal: Terminal): Promise<number> {
  const own = { title: 'Options:', specs: options };
  const standard = { title: 'Standard options:', specs: STANDARD_OPTIONS };
  const about = `${describe} The pipeline's own options follow its file.`;
  const groups = Object.keys(options).length === 0 ? [standard] : [own, standard];
  terminal.out(await helpText(`viga ${name} FILE [options]`, about, groups, terminal.size().width));
  return EXIT.ok;
}

const missingFile = (word: string | undefined): OptionsError =>
  new OptionsError(
    undefined,
    word === undefined
      ? 'FILE is missing. It is the module that exports the pipeline.'
      : `${oneLine(word.replace(/=.*$/s, ''))}: it stands before FILE, where only the command's own options may. A pipeline's options come after its file.`,
  );
