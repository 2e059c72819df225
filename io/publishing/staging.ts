import { ConnectorError } from '../../model/index.ts';
import { type FileSystem, joinPath, onDisk, splitPath } from '../file-systems/index.ts';
import { keptIn, stagingPrefix } from './manifest.ts';

/** A new directory in the output's root, where files are written before they are published. */
export interface Staging {
  /** Its name among what is kept there, different in each run. */
  readonly name: string;
  readonly path: string;
  /** Returns when it is on stable storage with the entries of its files, and the directories above it that are new. */
  sync(): Promise<void>;
  /** Removes it with all in it, and the directories that had to be made for it. */
  remove(): Promise<void>;
}

/**
 * Makes a staging directory, and the root where that is missing. Directories of earlier runs that were killed are removed;
 * so are those of a run that still writes to the same place, which then fails: the last one to start is the one that counts.
 */
export async function makeStaging(fileSystem: FileSystem, root: string, id: string, runId: string): Promise<Staging> {
  const name = `${stagingPrefix(id)}${encodeURIComponent(runId)}`;
  const staging = await openStaging(fileSystem, root, id, name);
  const kept = keptIn(root);
  for (const found of await onDisk(kept, 'read', fileSystem.list(kept))) {
    if (found === name || !found.startsWith(stagingPrefix(id))) continue;
    const left = joinPath(kept, found);
    await onDisk(left, 'write', fileSystem.remove(left));
  }
  return staging;
}

/** Makes the staging directory of a name, and the root where that is missing. */
export async function openStaging(fileSystem: FileSystem, root: string, id: string, name: string): Promise<Staging> {
  const kept = keptIn(root);
  const path = joinPath(kept, name);
  const missing = await missingDirectories(fileSystem, kept);
  await onDisk(root, 'write', fileSystem.makeDirectory(kept));
  if ((await onDisk(path, 'read', fileSystem.stat(path))) !== undefined) throw writtenTwice(joinPath(root, id));
  await onDisk(path, 'write', fileSystem.makeDirectory(path));
  return {
    name,
    path,
    async sync() {
      for (const directory of [path, kept, root]) await onDisk(directory, 'write', fileSystem.syncDirectory(directory));
      // The root may have been made by a run that ended before it came here.
      const parents = [root, ...missing].map((directory) => splitPath(directory).directory || '.');
      for (const directory of new Set(parents)) await onDisk(directory, 'write', syncIfReadable(fileSystem, directory));
    },
    async remove() {
      await onDisk(path, 'write', fileSystem.remove(path));
      for (const directory of missing) await removeIfEmpty(fileSystem, directory);
    },
  };
}

const writtenTwice = (place: string): ConnectorError =>
  new ConnectorError(
    place,
    'two steps of this run write to the same files. The second would replace what the first wrote. Give each its own files.',
  );

/** The directories that `makeDirectory` will have to make, deepest first. */
async function missingDirectories(fileSystem: FileSystem, root: string): Promise<readonly string[]> {
  const missing: string[] = [];
  for (let at = root; at !== '' && at !== '/'; at = splitPath(at).directory) {
    if ((await onDisk(at, 'write', fileSystem.stat(at))) !== undefined) break;
    missing.push(at);
  }
  return missing;
}

/** Where entries can't be read nobody of us has made one. */
async function syncIfReadable(fileSystem: FileSystem, directory: string): Promise<void> {
  try {
    await fileSystem.syncDirectory(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error;
  }
}

async function removeIfEmpty(fileSystem: FileSystem, directory: string): Promise<void> {
  if ((await onDisk(directory, 'read', fileSystem.stat(directory))) === undefined) return;
  const entries = await onDisk(directory, 'read', fileSystem.list(directory));
  if (entries.length === 0) await onDisk(directory, 'write', fileSystem.remove(directory));
}
