import { createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { FileHold, OpenState } from '../../host/index.ts';
import { messageOf } from '../../model/index.ts';
import { listenAt, socketPaths } from './control-socket.ts';

/** What another process may ask of a running job. */
export interface Controls {
  readonly stop: () => void;
  readonly drain: () => void;
}

/** What can be asked for that is done at once. */
export type Request = keyof Controls;

// What is said on the socket, a line each. A process may ask for as much as it likes; what it holds is released when it goes.
//
//   stop, drain      ok
//   hold             {"id":"...","epoch":7}, when the state's file stands still; busy, if the job is about to end
//   release          ok, if the file stood still all the time, and else lost

/**
 * Lets other processes of this user ask something of the job that has a state directory for itself; returns how to end
 * that. Where that can't be, the job runs without, and says so.
 */
export async function serveControl(
  state: OpenState,
  controls: Controls,
  warn: (message: string) => void,
): Promise<() => void> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    socket.unref();
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    answer(socket, state, controls);
  });
  server.unref();
  try {
    await listen(server, socketPaths(state.directory));
  } catch (error) {
    warn(
      `${state.directory}: the job can not listen there (${messageOf(error)}). So viga stop, drain and state do not reach it while it runs; all else works. Give --state-dir a shorter path on a local disk.`,
    );
    return () => undefined;
  }
  return () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
}

/** At the first place that takes a socket. */
async function listen(server: Server, paths: readonly string[]): Promise<void> {
  let why: unknown = new Error('its path is too long for a socket, and so is that of the temporary directory');
  for (const path of paths) {
    try {
      await listenAt(server, path);
      return;
    } catch (error) {
      why = error;
    }
  }
  throw why;
}

function answer(socket: Socket, state: OpenState, controls: Controls): void {
  let hold: FileHold | undefined;
  socket.on('error', () => socket.destroy());
  socket.on('close', () => hold?.release());
  const say = (text: string): void => void socket.write(`${text}\n`);
  const obey = async (line: string): Promise<void> => {
    switch (line) {
      case 'stop':
      case 'drain':
        controls[line]();
        say('ok');
        break;
      case 'hold':
        hold ??= await state.hold();
        // Whoever asked may be gone.
        if (socket.destroyed) hold?.release();
        say(hold === undefined ? 'busy' : JSON.stringify(hold.job));
        break;
      case 'release':
        say(hold?.isIntact === true ? 'ok' : 'lost');
        hold?.release();
        hold = undefined;
        break;
      default:
        socket.end('unknown\n');
    }
  };
  // Who asked learns by the end of the connection that it failed; the job goes on.
  createInterface({ input: socket }).on('line', (line) => void obey(line).catch(() => socket.destroy()));
}
