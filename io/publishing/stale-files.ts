import { type FileSystem, joinPath, onDisk, splitPath } from '../file-systems/index.ts';
import { hasContent } from './checksum.ts';
import type { ManifestFile } from './manifest.ts';

/** What publishing takes from outside. */
export interface Publisher {
  readonly fileSystem: FileSystem;
  readonly warn: (message: string) => void;
  /** The staging directory whose files this process wrote: they are as it wrote them, and are not read again. */
  readonly own?: string | undefined;
}

/** Removes the files of the run before that the new set does not have. What somebody changed since is left alone. */
export async function removeStale(
  { fileSystem, warn }: Publisher,
  root: string,
  previous: readonly ManifestFile[],
  files: readonly ManifestFile[],
): Promise<void> {
  const current = new Set(files.map(({ path }) => path));
  const touched = new Set<string>();
  for (const file of previous) {
    const { path } = file;
    if (current.has(path)) continue;
    const stale = joinPath(root, path);
    if ((await onDisk(stale, 'read', fileSystem.stat(stale))) === undefined) continue;
    // Somebody's own work may have the size of what it took the place of.
    if (!(await hasContent(fileSystem, stale, file))) {
      warn(
        `${stale}: this was written by the run before, but somebody changed it since, so it is left alone. It is not part of the output. Remove it if it is not needed.`,
      );
      continue;
    }
    await onDisk(stale, 'write', fileSystem.remove(stale));
    touched.add(await removeEmpty(fileSystem, root, splitPath(stale).directory));
  }
  // Or a power cut would bring them back, when the journal is gone that knew of them.
  for (const directory of touched) {
    // It may have become empty by a later file.
    if ((await onDisk(directory, 'read', fileSystem.stat(directory))) === undefined) continue;
    await onDisk(directory, 'write', fileSystem.syncDirectory(directory));
  }
}

/** Removes a directory below the root, and those above it, if nothing is left in them; returns the first that stays. */
export async function removeEmpty(fileSystem: FileSystem, root: string, from: string): Promise<string> {
  let directory = from;
  while (directory.length > root.length) {
    if ((await onDisk(directory, 'read', fileSystem.stat(directory))) !== undefined) {
      if ((await onDisk(directory, 'read', fileSystem.list(directory))).length > 0) break;
      await onDisk(directory, 'write', fileSystem.remove(directory));
    }
    ({ directory } = splitPath(directory));
  }
  return directory;
}
