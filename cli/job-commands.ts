import { resolve } from 'node:path';
import { OptionsError } from '../model/index.ts';
import { askJob, type Request } from './control/index.ts';
import { EXIT } from './exit-codes.ts';
import { asksForHelp } from './prepare.ts';
import { oneLine } from './print/index.ts';
import { Session } from './session.ts';
import type { Terminal } from './terminal.ts';

/** What a running job can be asked for, by its state directory. */
export const JOB_COMMANDS: Readonly<Record<Request, string>> = {
  stop: 'Asks a running job to save its state and stop; it goes on when it is started again.',
  drain: 'Asks a running job to read no further, to give out what is open, and to finish.',
};

/** Whether a word names one of {@link JOB_COMMANDS}. */
export const isJobCommand = (name: string): name is Request => Object.hasOwn(JOB_COMMANDS, name);

/** Does what `viga stop STATE_DIR` and `viga drain STATE_DIR` are for. */
export function runJobCommand(name: Request, args: readonly string[], terminal: Terminal): Promise<number> {
  const session = new Session(terminal, `viga ${name} STATE_DIR`, args);
  return session.guard({ failedCode: EXIT.refused, ownsOutput: false }, async () => {
    if (asksForHelp(args)) {
      terminal.out(`viga ${name} STATE_DIR\n\n${JOB_COMMANDS[name]}\n`);
      return EXIT.ok;
    }
    const [directory, more] = args;
    if (directory === undefined || directory.startsWith('-') || more !== undefined) {
      const word = directory === undefined ? 'STATE_DIR is missing' : `${oneLine(more ?? directory)} is not expected`;
      throw new OptionsError(
        undefined,
        `${word}. It is the one directory that the job was started with (--state-dir).`,
      );
    }
    session.doing = { kind: 'run', what: `viga ${name}` };
    await askJob(resolve(terminal.directory, directory), name);
    terminal.err(`the job was asked to ${name}\n`);
    return EXIT.ok;
  });
}
