import { type FileSystem, joinPath, onDisk } from '../file-systems/index.ts';
import { checksumOf } from './checksum.ts';
import { writeDocument } from './document.ts';
import {
  type Journal,
  journalPath,
  keptIn,
  type Manifest,
  type ManifestFile,
  manifestPath,
  type Publication,
  readJournal,
  readManifest,
} from './manifest.ts';
import { filesOfJobs, keptOfJobs } from './pane-manifest.ts';
import { firstUnfit, isUnfit, placeFiles, refuseImpossible, type Unfit } from './place-files.ts';
import { type Publisher, removeStale } from './stale-files.ts';

// Publishing in steps, each of which can be the last before a crash, and each of which may be done again:
//
//   1. the journal says what will be done         (until here nothing has changed: a crash leaves the old output)
//   2. staged files are renamed to their places, one by one
//   3. the manifest names the new set              (from here on the output is the new one)
//   4. files of the run before that are not in the new set are removed
//   5. the staging directory and the journal are removed
//
// All data are on stable storage before step 1, so whoever finds a journal can always go on from where it was cut.

/**
 * Makes the staged files of a publication visible. Doing it again changes nothing.
 *
 * @throws ConnectorError if a staged file is gone, or not as it was written.
 */
export async function publish(publisher: Publisher, publication: Publication): Promise<void> {
  const { fileSystem } = publisher;
  const { root, id } = publication;
  let journal = await readJournal(fileSystem, root, id);
  if (journal !== undefined && journal.runId !== publication.runId) {
    // Another run was cut: what it did must be known before it can be replaced.
    await finishPublish(publisher, journal);
    journal = undefined;
  }
  if (journal === undefined) {
    const manifest = await readManifest(fileSystem, root, id);
    if (manifest?.runId === publication.runId) return;
    await refuseImpossible(publisher, publication);
    // What a job wrote here pane by pane is part of the output before, too.
    const previous = [...(manifest?.files ?? []), ...(await filesOfJobs(fileSystem, root, id))];
    journal = { ...publication, format: 'viga-journal-1', previous };
    await writeDocument(fileSystem, journalPath(root, id), journal);
  }
  await finishPublish(publisher, journal, (unfit) => Promise.reject(isUnfit(publication, unfit)));
}

/** Finishes a publish that a crash cut, where one was. */
export async function recoverPublish(publisher: Publisher, root: string, id: string): Promise<void> {
  const journal = await readJournal(publisher.fileSystem, root, id);
  if (journal !== undefined) await finishPublish(publisher, journal);
}

/** `end` ends one that can't be finished. */
async function finishPublish(
  publisher: Publisher,
  journal: Journal,
  end = (unfit: Unfit) => giveUpPublish(publisher, journal, unfit),
): Promise<void> {
  const { fileSystem } = publisher;
  const { root, id, runId, files, previous } = journal;
  // Whoever wrote the journal, or the manifest, may have ended before this; what follows rests on them.
  await onDisk(keptIn(root), 'write', fileSystem.syncDirectory(keptIn(root)));
  const manifest = await readManifest(fileSystem, root, id);
  if (manifest?.runId !== runId) {
    const unfit = await firstUnfit(publisher, journal);
    if (unfit !== undefined) return end(unfit);
    await placeFiles(fileSystem, journal);
    const named = files.map(({ path, size, sha256 }) => ({ path, size, sha256 }));
    await writeManifest(fileSystem, root, id, { format: 'viga-manifest-1', runId, files: named });
  }
  await removeStale(publisher, root, previous, files);
  await endPublish(fileSystem, journal);
}

const writeManifest = (fileSystem: FileSystem, root: string, id: string, manifest: Manifest): Promise<void> =>
  writeDocument(fileSystem, manifestPath(root, id), manifest);

async function endPublish(fileSystem: FileSystem, { root, id, staging }: Journal): Promise<void> {
  const kept = keptIn(root);
  const { panes } = await keptOfJobs(fileSystem, root, id);
  for (const name of [staging, ...panes]) {
    const directory = joinPath(kept, name);
    await onDisk(directory, 'write', fileSystem.remove(directory));
  }
  await onDisk(kept, 'write', fileSystem.remove(journalPath(root, id)));
  await onDisk(kept, 'write', fileSystem.syncDirectory(kept));
}

/**
 * Ends a publish of another run that can't be finished, as what was staged is gone or damaged. What it placed and what was
 * there before count as Viga's, so that the next run replaces or removes them.
 */
async function giveUpPublish(
  { fileSystem, warn }: Publisher,
  journal: Journal,
  { file, problem }: Unfit,
): Promise<void> {
  const { root, id, runId, files, previous } = journal;
  const there: ManifestFile[] = [];
  for (const path of new Set([...previous, ...files].map((file) => file.path))) {
    const place = joinPath(root, path);
    const stat = await onDisk(place, 'read', fileSystem.stat(place));
    if (stat?.kind === 'file') there.push({ path, size: stat.size, sha256: await checksumOf(fileSystem, place) });
  }
  await writeManifest(fileSystem, root, id, { format: 'viga-manifest-1', runId: `${runId}, cut`, files: there });
  await endPublish(fileSystem, journal);
  warn(
    `${joinPath(root, id)}: the publish of run ${runId} was cut, and its staged ${file.path} is ${problem}, so it can't be finished. The files here are of two runs. Run again to replace them.`,
  );
}
