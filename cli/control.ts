import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { StateError } from '../model/index.ts';

/** What another process may ask of a running job. */
export interface Controls {
  readonly stop: () => void;
  readonly drain: () => void;
}

/** What can be asked for. */
export type Request = keyof Controls;

/** The longest path of a socket that all systems take. */
const LONGEST_PATH = 100;

/** Where a job listens: in its directory, or, where that is too deep, under a name made from it. */
export function socketPath(stateDirectory: string): string {
  const path = join(resolve(stateDirectory), 'control.sock');
  if (path.length <= LONGEST_PATH && process.platform !== 'win32') return path;
  const name = `viga-${createHash('sha256').update(path).digest('hex').slice(0, 16)}`;
  return process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`);
}

/** Lets other processes of this user stop or drain the job; returns how to end that. */
export async function serveControl(stateDirectory: string | undefined, controls: Controls): Promise<() => void> {
  if (stateDirectory === undefined) return () => undefined;
  makeDirectory(stateDirectory);
  const path = socketPath(stateDirectory);
  // Somebody has the directory: the run is going to be refused, and must not take the other's place here.
  if (await isAnswering(path)) return () => undefined;
  const server = createServer((socket) => answer(socket, controls));
  // Nobody answers: it was left by a job that was killed.
  if (process.platform !== 'win32') rmSync(path, { force: true });
  await new Promise<void>((done, failed) => {
    server.once('error', failed);
    server.listen(path, done);
  });
  server.unref();
  return () => {
    server.close();
    if (process.platform !== 'win32') rmSync(path, { force: true });
  };
}

/** @throws StateError where it can't be one. */
function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST' && code !== 'ENOTDIR') throw error;
    throw new StateError(
      directory,
      'failed',
      'it is a file, or lies below one. The state is kept in a directory. Name another with --state-dir.',
    );
  }
}

const isAnswering = (path: string): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect(path, () => {
      socket.end();
      done(true);
    });
    socket.on('error', () => done(false));
  });

function answer(socket: Socket, controls: Controls): void {
  socket.setEncoding('utf8');
  socket.on('error', () => socket.destroy());
  socket.on('data', (text: string) => {
    const request = text.trim();
    const isKnown = request === 'stop' || request === 'drain';
    if (isKnown) controls[request]();
    socket.end(isKnown ? 'ok\n' : 'unknown\n');
  });
}

/** Asks a running job for something. @throws StateError where none runs with this directory. */
export function askJob(stateDirectory: string, request: Request): Promise<void> {
  const isThere = existsSync(stateDirectory);
  if (!isThere || !statSync(stateDirectory).isDirectory()) {
    const what = isThere ? 'it is no directory' : 'there is no such directory';
    throw refusal(
      stateDirectory,
      what,
      'A job is known by the directory that it keeps its state in',
      'Correct the name.',
    );
  }
  return new Promise((done, failed) => {
    const socket = connect(socketPath(stateDirectory), () => socket.write(`${request}\n`));
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      socket.end();
      if (text.trim() === 'ok') done();
      else
        failed(
          refusal(
            stateDirectory,
            'its job does not know what it was asked for',
            'It is of another version of Viga',
            'Use that version to ask.',
          ),
        );
    });
    // Closed without an answer: the job has ended meanwhile.
    for (const event of ['error', 'close']) socket.on(event, () => failed(notRunning(stateDirectory, request)));
  });
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
