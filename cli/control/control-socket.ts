import { createHash } from 'node:crypto';
import { lstatSync, realpathSync, rmSync } from 'node:fs';
import { connect, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The longest path of a socket, in bytes, that all systems take. */
const LONGEST_PATH = 100;

/** The places where a job may listen: its directory, if that is not too deep, and else one with a name that is made from it. */
export function socketPaths(stateDirectory: string): readonly string[] {
  const inside = join(realPath(stateDirectory), 'control.sock');
  const name = `viga-${createHash('sha256').update(inside).digest('hex').slice(0, 16)}`;
  if (process.platform === 'win32') return [`\\\\.\\pipe\\${name}`];
  return [inside, join(tmpdir(), `${name}.sock`)].filter((path) => Buffer.byteLength(path) <= LONGEST_PATH);
}

/** Whoever names a directory by another way means the same one. */
function realPath(directory: string): string {
  try {
    return realpathSync(directory);
  } catch {
    return resolve(directory);
  }
}

/** Listens at a path. What a job that was killed has left there is removed; anything that is no socket stays. */
export async function listenAt(server: Server, path: string): Promise<void> {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() === true) rmSync(path);
  await new Promise<void>((done, failed) => {
    server.once('error', failed);
    server.listen(path, done);
  });
}

/** Connects to the job that listens for a directory; undefined where none does. @throws the system's error if it is another user's. */
export async function connectToJob(stateDirectory: string): Promise<Socket | undefined> {
  for (const path of socketPaths(stateDirectory)) {
    const socket = await connectTo(path);
    if (socket !== undefined) return socket;
  }
  return undefined;
}

const connectTo = (path: string): Promise<Socket | undefined> =>
  new Promise((done, failed) => {
    const socket = connect(path, () => done(socket));
    socket.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EACCES' ? failed(error) : done(undefined)));
  });
