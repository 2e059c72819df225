import { posix } from 'node:path';
import type { Disk, DiskFile, Scratch, ScratchFile } from '../../model/index.ts';
import { failure, type FileNode } from './files.ts';
import type { SimulatedProcess } from './process.ts';
import type { World } from './world.ts';

/** The files of a world as a process sees them. */
export function simulatedDisk(world: World, process: SimulatedProcess): Disk {
  const { files } = world;
  const broken = (path: string): never => {
    throw failure('EIO', path);
  };
  /** `act` changes something. */
  const change = <T>(kind: string, path: string, act: () => T): Promise<Awaited<T>> =>
    process.call(`disk ${kind}`, act, { fail: () => broken(path) });
  const look = <T>(kind: string, path: string, act: () => T): Promise<Awaited<T>> =>
    process.call(`disk ${kind}`, act, { fail: () => broken(path), isLook: true });
  return {
    async open(path, mode) {
      const open = (): FileNode => files.open(path, mode, world.wallTime);
      const node = await (mode === 'read' ? look('open', path, open) : change('create', path, open));
      return openFile(world, process, path, node);
    },
    stat: (path) => look('stat', path, () => files.stat(path)),
    list: (path) => look('list', path, () => files.list(path)),
    makeDirectory: (path) => change('make directory', path, () => files.makeDirectory(path)),
    rename: (from, to) => change('rename', from, () => files.rename(from, to)),
    remove: (path) => change('remove', path, () => files.remove(path)),
    syncDirectory: (path) => change('sync directory', path, () => files.syncDirectory(path)),
    realPath: async (path) => posix.resolve('/', path),
    scratch: () => scratch(),
  };
}

function openFile(world: World, process: SimulatedProcess, path: string, node: FileNode): DiskFile {
  const { files } = world;
  return {
    read: (into, offset, length, position) =>
      process.call(
        'disk read',
        () => {
          const bytes = node.cached.subarray(position, position + length);
          into.set(bytes, offset);
          return bytes.length;
        },
        { isLook: true },
      ),
    write: (bytes, position) =>
      process.call('disk write', () => files.write(node, bytes, position, world.wallTime), {
        fail() {
          // The disk is full: what there was room for is written.
          files.write(node, bytes.subarray(0, world.chance.below(bytes.length + 1)), position, world.wallTime);
          throw failure('ENOSPC', path);
        },
      }),
    sync: () =>
      process.call('disk sync', () => files.sync(node), {
        fail() {
          files.failSync(node);
          throw failure('EIO', path);
        },
      }),
    close: async () => undefined,
  };
}

/** Temporary files are gone with their process, so nothing of them is simulated. */
function scratch(): Scratch {
  const path = '/scratch';
  return {
    path,
    file(): ScratchFile {
      const parts: Uint8Array[] = [];
      let size = 0;
      return {
        get size() {
          return size;
        },
        append(bytes, length) {
          parts.push(bytes.slice(0, length));
          size += length;
        },
        read(into, length, position) {
          const all = Buffer.concat(parts).subarray(position, position + length);
          into.set(all);
          return all.length;
        },
        remove: () => undefined,
      };
    },
    dispose: () => undefined,
  };
}
