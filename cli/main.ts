import { readFileSync } from 'node:fs';
import { didYouMean } from './did-you-mean.ts';
import { COMMANDS, runCommand } from './commands.ts';
import { EXIT } from './exit-codes.ts';
import { helpText } from './help.ts';
import { isJobCommand, JOB_COMMANDS, runJobCommand } from './job-commands.ts';
import { nodeTerminal } from './node-terminal.ts';
import { oneLine } from './print/index.ts';
import { errPaint } from './reporter.ts';
import { STATE_SUMMARY, stateCommand } from './state-command.ts';
import type { Terminal } from './terminal.ts';

/** The command `viga`: does what its arguments say and gives the exit code. */
export async function main(args: readonly string[], terminal: Terminal = nodeTerminal()): Promise<number> {
  const [name, ...rest] = args;
  const code = await dispatch(name, rest, terminal);
  terminal.finish(code);
  return code;
}

async function dispatch(name: string | undefined, rest: readonly string[], terminal: Terminal): Promise<number> {
  if (name === '--help' || name === '-h' || (name === 'help' && rest.length === 0)) {
    terminal.out(await overview(terminal));
    return EXIT.ok;
  }
  if (name === '--version' || name === '-v') {
    terminal.out(`${version()}\n`);
    return EXIT.ok;
  }
  if (name === undefined) {
    terminal.err(await overview(terminal));
    return EXIT.usage;
  }
  const asked = name === 'help' ? rest[0] : name;
  if (asked !== undefined && isJobCommand(asked)) {
    return runJobCommand(asked, name === 'help' ? ['--help'] : rest, terminal);
  }
  if (asked === 'state') return stateCommand(name === 'help' ? ['--help'] : rest, terminal);
  const command = asked !== undefined && Object.hasOwn(COMMANDS, asked) ? COMMANDS[asked] : undefined;
  if (asked !== undefined && command !== undefined) {
    return runCommand(asked, command, name === 'help' ? ['--help'] : rest, terminal);
  }
  terminal.err(`${errPaint(terminal).red('✖')} ${unknownCommand(oneLine(asked ?? ''))}\nUsage: ${USAGE}\n`);
  return EXIT.usage;
}

const USAGE = `viga ${Object.keys(COMMANDS).join('|')} FILE [options]`;

function unknownCommand(name: string): string {
  if (/\.[cm]?[jt]s$/.test(name)) return `${name}: a command comes first. Write: viga run ${name}`;
  const meant = didYouMean(name, [...Object.keys(COMMANDS), ...Object.keys(JOB_COMMANDS), 'state']);
  const hint = meant === undefined ? '--help lists those that are.' : `Did you mean ${meant}?`;
  return `${name}: there is no such command. ${hint}`;
}

function overview({ size }: Terminal): Promise<string> {
  const about =
    'Runs dataflow pipelines, and shows what is in them.\n\n' +
    'FILE exports a pipeline. Its own options come after it; viga run FILE --help lists them.';
  const specs = {
    help: { type: 'boolean', alias: 'h', describe: 'Show this help.' },
    version: { type: 'boolean', alias: 'v', describe: 'Show the version.' },
  } as const;
  const groups = [{ title: 'Options:', specs }];
  const ofJobs = Object.entries(JOB_COMMANDS).map(([name, describe]) => [`${name} STATE_DIR`, { describe }] as const);
  const commands = {
    ...COMMANDS,
    ...Object.fromEntries(ofJobs),
    'state ls|verify|backup STATE_DIR': { describe: STATE_SUMMARY },
  };
  return helpText('viga COMMAND FILE [options]', about, groups, size().width, commands);
}

function version(): string {
  // Beside the sources of a clone, and one folder above what was built.
  for (const place of ['../package.json', '../../package.json']) {
    try {
      const manifest: unknown = JSON.parse(readFileSync(new URL(place, import.meta.url), 'utf8'));
      if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) return String(manifest.version);
    } catch {
      // Not here: the next place.
    }
  }
  return 'unknown';
}
