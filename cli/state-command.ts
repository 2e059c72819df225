import { resolve } from 'node:path';
import { backupState, listState, nodeHost, type StateListing, type StatePlace, verifyState } from '../host/index.ts';
import { OptionsError } from '../model/index.ts';
import { EXIT } from './exit-codes.ts';
import { asksForHelp } from './prepare.ts';
import { formatBytes, formatCount, plural } from '../ui/index.ts';
import { oneLine, tableLines, visible } from './print/index.ts';
import { lookAtState } from './control/index.ts';
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
  readonly place: StatePlace;
  /** Where a copy goes, as it was typed and where that is. */
  readonly to: { readonly name: string; readonly path: string };
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

/** Does what `viga state ls|verify|backup` are for, whether the job runs or not. */
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
    const [directory = '', to = ''] = names.map((word) => resolve(terminal.directory, word));
    const { disk, clock } = nodeHost();
    const { lines, json, code } = await lookAtState(directory, clock, (held) =>
      action.act({
        place: { directory, disk, held },
        to: { name: names[1] ?? '', path: to },
        width: terminal.size().width,
      }),
    );
    terminal.out(args.includes('--json') ? `${JSON.stringify(json)}\n` : lines.map((line) => `${line}\n`).join(''));
    return code;
  });
}

async function list({ place, width }: Question): Promise<Answer> {
  const listing = await listState(place);
  return { lines: listingLines(titleOf(place, listing), listing, width), json: jsonOf(place, listing), code: EXIT.ok };
}

/** Of which job and which of its epochs an answer is. */
const titleOf = ({ held }: StatePlace, { id, epoch }: { readonly id: string; readonly epoch: number }): string =>
  `Job ${id}${held === undefined ? '' : ', running'}, epoch ${formatCount(epoch)}`;

const jsonOf = <F extends { readonly id: string; readonly epoch: number }>({ held }: StatePlace, found: F): object => ({
  isRunning: held !== undefined,
  ...found,
});

function listingLines(title: string, { spaces }: StateListing, width: number): readonly string[] {
  if (spaces.length === 0) return [`${title}: nothing is kept`];
  const rows = spaces.map(({ name, rows: count, bytes }) => [
    { text: visible(name) },
    { text: plural(count, 'row') },
    { text: formatBytes(bytes) },
  ]);
  const columns = [{ align: 'left', shrinks: 'start' }, { align: 'right' }, { align: 'right' }] as const;
  return [title, ...tableLines(columns, rows, width)];
}

async function verify({ place }: Question): Promise<Answer> {
  const found = await verifyState(place);
  const { rows, damaged } = found;
  const json = jsonOf(place, { ...found, damaged: Object.fromEntries(damaged) });
  const title = `${titleOf(place, found)}: ${plural(rows, 'row')} read`;
  if (damaged.size === 0) return { lines: [`${title}, all as they were written`], json, code: EXIT.ok };
  const lines = Array.from(damaged, ([name, count]) => `  ${visible(name)}: ${plural(count, 'damaged row')}`);
  return {
    lines: [title, ...lines, 'The job can not go on from this. Restore the directory from a backup.'],
    json,
    code: EXIT.refused,
  };
}

async function backup({ place, to }: Question): Promise<Answer> {
  const found = await backupState(place, to.path);
  const title = `${titleOf(place, found)}: copied to ${visible(to.name)}`;
  return { lines: [title], json: jsonOf(place, { ...found, to: to.path }), code: EXIT.ok };
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
  return `Usage: viga state ${Object.keys(ACTIONS).join('|')} STATE_DIR [--json]\n\n${STATE_SUMMARY}\nA job that runs is asked for its last epoch, and goes on meanwhile.\n\n${lines.join('\n')}\n`;
}
