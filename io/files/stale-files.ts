import { onDisk } from './disk-error.ts';
import { type FileSystem, joinPath, splitPath } from './file-system.ts';
import type { ManifestFile } from './manifest.ts';

/** What publishing takes from outside. */
export interface Publisher {
  readonly fileSystem: FileSystem;
  readonly warn: (message: string) => void;
}

/** Removes the files of the run before that the new set does not have. What somebody changed since is left alone. */
export async function removeStale(
  { fileSystem, warn }: Publisher,
  root: string,
  previous: readonly ManifestFile[],
  files: readonly ManifestFile[],
): Promise<void> {
  const current = new Set(files.map(({ path }) => path));
  for (const { path, size } of previous) {
    if (current.has(path)) continue;
    const stale = joinPath(root, path);
    const stat = await onDisk(stale, 'read', fileSystem.stat(stale));
    if (stat === undefined) continue;
    if (stat.kind !== 'file' || stat.size !== size) {
      warn(
        `${stale}: this was written by the run before, but somebody changed it since, so it is left alone. It is not part of the output. Remove it if it is not needed.`,
      );
      continue;
    }
    await onDisk(stale, 'write', fileSystem.remove(stale));
    await removeEmptyAbove(fileSystem, root, stale);
  }
}

/** Removes the directories of partitions that have nothing left in them. */
async function removeEmptyAbove(fileSystem: FileSystem, root: string, path: string): Promise<void> {
  for (let { directory } = splitPath(path); directory.length > root.length; { directory } = splitPath(directory)) {
    const entries = await onDisk(directory, 'read', fileSystem.list(directory));
    if (entries.length > 0) return;
    await onDisk(directory, 'write', fileSystem.remove(directory));
  }
}
