import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConnectorError, type Scratch, type ScratchFile } from '../model/index.ts';
import { onProcessExit } from './exit.ts';

/** A full disk, a spent quota, and the greatest size of a file that this process may write. */
const NO_ROOM: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** A temporary directory, readable by its owner only, removed by `dispose` and before the process ends. */
export function nodeScratch(directory: string = tmpdir()): Scratch {
  const path = makeDirectory(directory);
  const open = new Set<ScratchFile>();
  let made = 0;
  const dispose = (): void => {
    takeBack();
    for (const file of open) file.remove();
    rmSync(path, { recursive: true, force: true });
  };
  const takeBack = onProcessExit(dispose);
  return {
    path,
    file() {
      made += 1;
      const file = scratchFile(join(path, String(made)), () => open.delete(file));
      open.add(file);
      return file;
    },
    dispose,
  };
}

function makeDirectory(directory: string): string {
  try {
    return mkdtempSync(join(directory, 'viga-'));
  } catch (cause) {
    throw new ConnectorError(
      directory,
      `no temporary directory could be made here (${(cause as NodeJS.ErrnoException).code}). What does not fit into memory is kept in one. Set TMPDIR to a directory that can be written.`,
      { cause },
    );
  }
}

function scratchFile(path: string, onRemove: () => void): ScratchFile {
  let descriptor = openSync(path, 'wx+', 0o600);
  let size = 0;
  return {
    get size() {
      return size;
    },
    append(bytes, length) {
      for (let written = 0; written < length; ) {
        const count = writeOrExplain(path, descriptor, bytes, written, length - written, size);
        written += count;
        size += count;
      }
    },
    read(into, length, position) {
      let filled = 0;
      while (filled < length) {
        const count = readSync(descriptor, into, filled, length - filled, position + filled);
        if (count === 0) break;
        filled += count;
      }
      return filled;
    },
    remove() {
      if (descriptor === -1) return;
      closeSync(descriptor);
      descriptor = -1;
      rmSync(path, { force: true });
      onRemove();
    },
  };
}

function writeOrExplain(
  path: string,
  descriptor: number,
  bytes: Uint8Array,
  offset: number,
  length: number,
  position: number,
): number {
  try {
    return writeSync(descriptor, bytes, offset, length, position);
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    if (!NO_ROOM.has(code)) throw cause;
    throw new ConnectorError(
      path,
      `there is no room after ${position} bytes of this temporary file (${code}). What does not fit into memory is kept there. Free space, set TMPDIR to a larger disk, or raise the memory limit.`,
      { cause },
    );
  }
}
