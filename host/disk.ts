import { mkdir, open, readdir, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Disk, DiskFile, FileStat } from '../model/index.ts';
import { nodeScratch } from './scratch.ts';

const FLAGS = { read: 'r', create: 'w+', 'create-new': 'wx+' } as const;

/** The machine's files. Errors are Node's own, with `code`: who calls knows what the file was for. */
export const nodeDisk = (scratchDirectory?: string): Disk => ({
  open: async (path, mode) => diskFile(await open(path, FLAGS[mode])),
  stat: statOrUndefined,
  list: (directory) => readdir(directory),
  makeDirectory,
  rename: (from, to) => rename(from, to),
  remove: (path) => rm(path, { recursive: true, force: true }),
  syncDirectory,
  realPath: (path) => realpath(path),
  scratch: () => nodeScratch(scratchDirectory),
});

const diskFile = (handle: FileHandle): DiskFile => ({
  read: async (into, offset, length, position) => (await handle.read(into, offset, length, position)).bytesRead,
  async write(bytes, position) {
    for (let written = 0; written < bytes.length; ) {
      written += (await handle.write(bytes, written, bytes.length - written, position + written)).bytesWritten;
    }
  },
  sync: () => handle.sync(),
  close: () => handle.close(),
});

/** Not Node's own `recursive`, which tries for ever where the system says that the parent it just made is missing: in /proc. */
async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return;
    const parent = dirname(path);
    if (code !== 'ENOENT' || parent === path) throw error;
    await makeDirectory(parent);
    await mkdir(path).catch(async (again: NodeJS.ErrnoException) => {
      // Somebody else may have made it meanwhile.
      if (again.code !== 'EEXIST' || !(await stat(path)).isDirectory()) throw again;
    });
  }
}

async function statOrUndefined(path: string): Promise<FileStat | undefined> {
  try {
    const found = await stat(path);
    const kind = found.isFile() ? 'file' : found.isDirectory() ? 'directory' : 'other';
    return { kind, size: found.size, modified: found.mtimeMs };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** ENOTDIR: a part of the path before its last is a file, so there is nothing at the path. */
function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

async function syncDirectory(path: string): Promise<void> {
  // Windows has no such thing, and writes entries through by itself.
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
