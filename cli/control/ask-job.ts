import { statSync } from 'node:fs';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { HeldState } from '../../host/index.ts';
import { messageOf, StateError } from '../../model/index.ts';
import type { Request } from './control.ts';
import { connectToJob } from './control-socket.ts';

/** What was read of a job's state is worth nothing, as the file has changed meanwhile; it may be read again. */
export class LostHoldError extends StateError {
  constructor(directory: string) {
    super(
      directory,
      'locked',
      'its job has changed the state while it was read. What was read is not of one epoch. Try again.',
    );
  }
}

/** A running job, as a line to it. */
export class JobLine {
  readonly #directory: string;
  readonly #socket: Socket;
  readonly #lines: AsyncIterator<string>;

  private constructor(directory: string, socket: Socket) {
    this.#directory = directory;
    this.#socket = socket;
    // The lines end then, which is told to who waits for one.
    socket.on('error', () => socket.destroy());
    this.#lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  }

  /** A line to the job that runs with a directory; undefined where none answers. @throws StateError if it is another user's. */
  static async open(directory: string): Promise<JobLine | undefined> {
    try {
      const socket = await connectToJob(directory);
      return socket && new JobLine(directory, socket);
    } catch (error) {
      throw refusal(
        directory,
        `its job can not be asked (${messageOf(error)})`,
        'It is run by another user',
        'Ask as the user who runs it.',
      );
    }
  }

  /** Asks for something; undefined where the job ends instead of answering. @throws StateError if it does not know it. */
  async ask(request: string): Promise<string | undefined> {
    if (this.#socket.destroyed) return undefined;
    this.#socket.write(`${request}\n`);
    const { value, done } = await this.#lines.next();
    if (done === true) return undefined;
    if (value !== 'unknown') return value;
    throw refusal(
      this.#directory,
      'its job does not know what it was asked for',
      'It is of another version of Viga',
      'Use that version to ask.',
    );
  }

  /** Lets the job hold its state still; undefined where it is about to end. */
  async hold(): Promise<HeldState | undefined> {
    const answer = await this.ask('hold');
    if (answer === undefined || answer === 'busy') return undefined;
    return {
      // Written by `serveControl`.
      job: JSON.parse(answer) as HeldState['job'],
      release: async () => {
        if ((await this.ask('release')) !== 'ok') throw new LostHoldError(this.#directory);
      },
    };
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** Asks a running job for something. @throws StateError where none runs with this directory. */
export async function askJob(directory: string, request: Request): Promise<void> {
  const found = statSync(directory, { throwIfNoEntry: false });
  if (found?.isDirectory() !== true) {
    const what = found === undefined ? 'there is no such directory' : 'it is no directory';
    throw refusal(directory, what, 'A job is known by the directory that it keeps its state in', 'Correct the name.');
  }
  const line = await JobLine.open(directory);
  try {
    // Without an answer the job has ended meanwhile.
    if ((await line?.ask(request)) !== 'ok') throw notRunning(directory, request);
  } finally {
    line?.close();
  }
}

const notRunning = (directory: string, request: Request): StateError =>
  refusal(
    directory,
    'no job runs with this state directory',
    `So there is nothing to ${request}`,
    request === 'stop'
      ? 'What a job has saved is there for its next run.'
      : 'Start the job, and ask again while it runs.',
  );

const refusal = (directory: string, what: string, why: string, fix: string): StateError =>
  new StateError(directory, 'failed', `${what}. ${why}. ${fix}`);
