import { resolve } from 'node:path';
import { backupState, listState, nodeHost, type StateListing, verifyState } from '../host/index.ts';
import { type Disk, OptionsError } from '../model/index.ts';
import { EXIT } from './exit-codes.ts';
import { asksForHelp } from './prepare.ts';
import { formatBytes, formatCount, plural } from '../ui/index.ts';
import { oneLine, tableLines, visible } from './print/index.ts';
import { Session } from './session.ts';
import type { Terminal } from './terminal.ts';

/** What is printed: lines for people, or an object for machines; and the exit code. */
interface Answer {
  readonly lines: readonly string[];
  readonly json: object;
  readonly code: number;
}

/** What one of the commands is given. */
interface Question {
  /** As they were typed, and where they are. */
  readonly names: readonly string[];
  readonly paths: readonly string[];
  readonly disk: Disk;
  readonly width: number;
}

interface StateAction {
  readonly describe: string;
  readonly words: readonly string[];
  readonly act: (question: Question) => Promise<Answer>;
}

/** What `viga state` can do. */
const ACTIONS: Readonly<Record<string, StateAction>> = {
  ls: {
    describe: 'Lists what the job keeps: each space with its rows and bytes.',
    words: ['STATE_DIR'],
    act: list,
  },
  verify: {
    describe: 'Reads all of it, and compares each row with its check sum.',
    words: ['STATE_DIR'],
    act: verify,
  },
  backup: {
    describe: 'Copies it, checked, into a new directory; a job goes on from the copy as from the original.',
    words: ['STATE_DIR', 'TO_DIR'],
    act: backup,
  },
};

/** What `viga state` is for. */
export const STATE_SUMMARY = 'Lists, checks or copies what a job keeps in its state directory.';

/** Does what `viga state ls|verify|backup` are for, on a state directory that no job has open. */
export function stateCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const session = new Session(terminal, 'viga state', args);
  return session.guard({ failedCode: EXIT.refused, ownsOutput: true }, async () => {
    if (asksForHelp(args)) {
      terminal.out(help());
      return EXIT.ok;
    }
    const [name = '', ...names] = args.filter((arg) => arg !== '--json');
    const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
    if (action === undefined) throw unknownAction(name);
    checkWords(name, action, names);
    session.doing = { kind: 'run', what: `viga state ${name}` };
    const paths = names.map((word) => resolve(terminal.directory, word));
    const question = { names, paths, disk: nodeHost().disk, width: terminal.size().width };
    const { lines, json, code } = await action.act(question);
    terminal.out(args.includes('--json') ? `${JSON.stringify(json)}\n` : lines.map((line) => `${line}\n`).join(''));
    return code;
  });
}

async function list({ paths: [directory = ''], disk, width }: Question): Promise<Answer> {
  const listing = await listState(directory, disk);
  return { lines: listingLines(listing, width), json: listing, code: EXIT.ok };
}

function listingLines({ id, epoch, spaces }: StateListing, width: number): readonly string[] {
  const title = `Job ${id}, epoch ${formatCount(epoch)}`;
  if (spaces.length === 0) return [`${title}: nothing is kept`];
  const rows = spaces.map(({ name, rows: count, bytes }) => [
    { text: visible(name) },
    { text: plural(count, 'row') },
    { text: formatBytes(bytes) },
  ]);
  const columns = [{ align: 'left', shrinks: 'start' }, { align: 'right' }, { align: 'right' }] as const;
  return [title, ...tableLines(columns, rows, width)];
}

async function verify({ paths: [directory = ''], disk }: Question): Promise<Answer> {
  const { id, epoch, rows, damaged } = await verifyState(directory, disk);
  const json = { id, epoch, rows, damaged: Object.fromEntries(damaged) };
  const title = `Job ${id}, epoch ${formatCount(epoch)}: ${plural(rows, 'row')} read`;
  if (damaged.size === 0) return { lines: [`${title}, all as they were written`], json, code: EXIT.ok };
  const lines = Array.from(damaged, ([name, count]) => `  ${visible(name)}: ${plural(count, 'damaged row')}`);
  return {
    lines: [title, ...lines, 'The job can not go on from this. Restore the directory from a backup.'],
    json,
    code: EXIT.refused,
  };
}

async function backup({ names, paths: [directory = '', to = ''], disk }: Question): Promise<Answer> {
  const { id, epoch } = await backupState(directory, to, disk);
  const title = `Job ${id}, epoch ${formatCount(epoch)}: copied to ${visible(names[1] ?? to)}`;
  return { lines: [title], json: { id, epoch, to }, code: EXIT.ok };
}

function checkWords(name: string, { words }: StateAction, given: readonly string[]): void {
  const option = given.find((word) => word.startsWith('-'));
  if (option !== undefined) {
    throw new OptionsError(undefined, `${oneLine(option)}: there is no such option. --json is the only one.`);
  }
  const missing = words[given.length];
  if (missing !== undefined) {
    throw new OptionsError(undefined, `${missing} is missing. Write: viga state ${name} ${words.join(' ')}`);
  }
  const more = given[words.length];
  if (more === undefined) return;
  throw new OptionsError(undefined, `${oneLine(more)} is not expected. Write: viga state ${name} ${words.join(' ')}`);
}

const unknownAction = (name: string): OptionsError =>
  new OptionsError(
    undefined,
    `${name === '' ? 'what to do is missing' : `${oneLine(name)}: there is no such command`}. Write one of: ${Object.keys(ACTIONS).join(', ')}`,
  );

function help(): string {
  const lines = Object.entries(ACTIONS).map(
    ([name, { words, describe }]) => `  viga state ${[name, ...words].join(' ').padEnd(26)} ${describe}`,
  );
  return `Usage: viga state ${Object.keys(ACTIONS).join('|')} STATE_DIR [--json]\n\n${STATE_SUMMARY}\nNo job may have it open.\n\n${lines.join('\n')}\n`;
}
