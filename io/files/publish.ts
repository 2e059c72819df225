import { createHash } from 'node:crypto';
import { ConnectorError } from '../../model/index.ts';
import { onDisk } from './disk-error.ts';
import { type FileSystem, joinPath, splitPath } from './file-system.ts';
import {
  type Journal,
  journalPath,
  type Manifest,
  type ManifestFile,
  manifestPath,
  type Publication,
  readJournal,
  readManifest,
  type StagedEntry,
  writeJsonAtomically,
} from './manifest.ts';
import { warn } from './warn.ts';

// Publishing in steps, each of which can be the last before a crash, and each of which may be done again:
//
//   1. the journal says what will be done         (until here nothing has changed: a crash leaves the old output)
//   2. staged files are renamed to their places, one by one
//   3. the manifest names the new set              (from here on the output is the new one)
//   4. files of the run before that are not in the new set are removed
//   5. the staging directory and the journal are removed
//
// All data are on stable storage before step 1, so whoever finds a journal can always go on from where it was cut.

/** Makes the staged files of a publication visible. Doing it again changes nothing. */
export async function publish(fileSystem: FileSystem, publication: Publication): Promise<void> {
  const { root, id } = publication;
  let journal = await readJournal(fileSystem, root, id);
  if (journal !== undefined && journal.runId !== publication.runId) {
    // Another run was cut: what it did must be known before it can be replaced.
    await finishPublish(fileSystem, journal);
    journal = undefined;
  }
  if (journal === undefined) {
    const manifest = await readManifest(fileSystem, root, id);
    if (manifest?.runId === publication.runId) return;
    await refuseImpossible(fileSystem, publication);
    journal = { ...publication, format: 'viga-journal-1', previous: manifest?.files ?? [] };
    await writeJsonAtomically(fileSystem, root, journalPath(root, id), journal);
  }
  await finishPublish(fileSystem, journal);
}

/** Finishes a publish that a crash cut, where one was. */
export async function recoverPublish(fileSystem: FileSystem, root: string, id: string): Promise<void> {
  const journal = await readJournal(fileSystem, root, id);
  if (journal !== undefined) await finishPublish(fileSystem, journal);
}

async function finishPublish(fileSystem: FileSystem, journal: Journal): Promise<void> {
  const { root, id, runId, files, previous } = journal;
  const manifest = await readManifest(fileSystem, root, id);
  if (manifest?.runId !== runId) {
    const lost = await firstLost(fileSystem, journal);
    if (lost !== undefined) return giveUpPublish(fileSystem, journal, lost);
    await placeFiles(fileSystem, journal);
    const named = files.map(({ path, size, sha256 }) => ({ path, size, sha256 }));
    await writeManifest(fileSystem, root, id, { format: 'viga-manifest-1', runId, files: named });
  }
  await removeStale(fileSystem, root, previous, files);
  await endPublish(fileSystem, journal);
}

const writeManifest = (fileSystem: FileSystem, root: string, id: string, manifest: Manifest): Promise<void> =>
  writeJsonAtomically(fileSystem, root, manifestPath(root, id), manifest);

async function endPublish(fileSystem: FileSystem, { root, id, staging }: Journal): Promise<void> {
  const directory = joinPath(root, staging);
  await onDisk(directory, 'write', fileSystem.remove(directory));
  await onDisk(root, 'write', fileSystem.remove(journalPath(root, id)));
  await onDisk(root, 'write', fileSystem.syncDirectory(root));
}

async function placeFiles(fileSystem: FileSystem, { root, staging, files }: Journal): Promise<void> {
  const realRoot = await onDisk(root, 'write', fileSystem.realPath(root));
  const directories = new Set<string>();
  for (const file of files) {
    const target = joinPath(root, file.path);
    const { directory } = splitPath(target);
    if (!directories.has(directory)) {
      await onDisk(directory, 'write', fileSystem.makeDirectory(directory));
      await refuseOutside(fileSystem, realRoot, directory);
      for (const made of directoriesBetween(root, directory)) directories.add(made);
    }
    const staged = joinPath(joinPath(root, staging), file.staged);
    // Not there: it was renamed before the crash.
    if ((await onDisk(staged, 'read', fileSystem.stat(staged))) === undefined) continue;
    await onDisk(target, 'write', fileSystem.rename(staged, target));
  }
  for (const directory of directories) await onDisk(directory, 'write', fileSystem.syncDirectory(directory));
}

/** The root and all directories from it to one below, whose entries may be new. */
function directoriesBetween(root: string, directory: string): readonly string[] {
  const found = [root];
  for (let at = directory; at.length > root.length; at = splitPath(at).directory) found.push(at);
  return found;
}

async function refuseOutside(fileSystem: FileSystem, realRoot: string, directory: string): Promise<void> {
  const real = await onDisk(directory, 'write', fileSystem.realPath(directory));
  if (real === realRoot || real.startsWith(joinPath(realRoot, ''))) return;
  if (realRoot === '/') return;
  throw new ConnectorError(
    directory,
    `a symbolic link leads from here to ${real}, out of ${realRoot}. Files would be written where nobody asked for them. Remove the link, or write to its place.`,
  );
}

/** A file that is neither staged nor in its place any more. */
async function firstLost(
  fileSystem: FileSystem,
  { root, staging, files }: Publication,
): Promise<StagedEntry | undefined> {
  for (const file of files) {
    const staged = joinPath(joinPath(root, staging), file.staged);
    if ((await onDisk(staged, 'read', fileSystem.stat(staged))) !== undefined) continue;
    // The file of the run before may be there still, perhaps of the same size.
    if (!(await hasContent(fileSystem, joinPath(root, file.path), file))) return file;
  }
  return undefined;
}

async function hasContent(fileSystem: FileSystem, path: string, { size, sha256 }: ManifestFile): Promise<boolean> {
  const stat = await onDisk(path, 'read', fileSystem.stat(path));
  if (stat?.kind !== 'file' || stat.size !== size) return false;
  return (await checksumOf(fileSystem, path)) === sha256;
}

async function checksumOf(fileSystem: FileSystem, path: string): Promise<string> {
  const file = await onDisk(path, 'read', fileSystem.open(path, 'read'));
  try {
    const hash = createHash('sha256');
    const buffer = Buffer.allocUnsafe(256 * 1024);
    for (let position = 0; ; ) {
      const count = await onDisk(path, 'read', file.read(buffer, 0, buffer.length, position));
      if (count === 0) return hash.digest('hex');
      hash.update(buffer.subarray(0, count));
      position += count;
    }
  } finally {
    await file.close();
  }
}

/**
 * Ends a publish that can't be finished, as somebody removed what was staged. What it placed and what was there before
 * count as Viga's, so that the next run replaces or removes them.
 */
async function giveUpPublish(fileSystem: FileSystem, journal: Journal, lost: StagedEntry): Promise<void> {
  const { root, id, runId, files, previous } = journal;
  const both = new Map([...previous, ...files].map(({ path, size, sha256 }) => [path, { path, size, sha256 }]));
  const there: ManifestFile[] = [];
  for (const file of both.values()) {
    const path = joinPath(root, file.path);
    const stat = await onDisk(path, 'read', fileSystem.stat(path));
    if (stat?.kind === 'file') there.push({ ...file, size: stat.size });
  }
  await writeManifest(fileSystem, root, id, { format: 'viga-manifest-1', runId: `${runId}, cut`, files: there });
  await endPublish(fileSystem, journal);
  warn(
    joinPath(root, id),
    `the publish of run ${runId} was cut, and its staged ${lost.path} is gone, so it can't be finished. The files here are of two runs. Run again to replace them.`,
  );
}

async function removeStale(
  fileSystem: FileSystem,
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
        stale,
        'this was written by the run before, but somebody changed it since, so it is left alone. It is not part of the output. Remove it if it is not needed.',
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

/** What would fail half-way is refused before anything is changed. */
async function refuseImpossible(fileSystem: FileSystem, publication: Publication): Promise<void> {
  const staging = joinPath(publication.root, publication.staging);
  for (const { staged } of publication.files) {
    const path = joinPath(staging, staged);
    if ((await onDisk(path, 'read', fileSystem.stat(path))) !== undefined) continue;
    throw new ConnectorError(
      path,
      "this staged file is gone. The output can't be published and is as it was. Another run that writes to the same place removes what it finds staged when it starts: run one at a time.",
    );
  }
  for (const { path } of publication.files) {
    const target = joinPath(publication.root, path);
    const stat = await onDisk(target, 'read', fileSystem.stat(target));
    if (stat === undefined) continue;
    if (stat.kind !== 'file') {
      throw new ConnectorError(
        target,
        `a ${stat.kind} is there where a file is to be written. It can't be replaced. Remove it, or write elsewhere.`,
      );
    }
    if (publication.ifExists === 'fail') throw existsAlready(target);
  }
}

/** What a write with `ifExists: 'fail'` says. */
export const existsAlready = (path: string): ConnectorError =>
  new ConnectorError(
    path,
    "this exists already. ifExists is 'fail', so it is not replaced. Remove it, write elsewhere, or pass ifExists: 'overwrite'.",
  );
