import { type JobEpoch, StateError } from '../../model/index.ts';
import { type FileSystem, joinPath, onDisk, splitPath } from '../file-systems/index.ts';
import { writeDocument } from './document.ts';
import { keptIn, manifestPath, readManifest, type StagedEntry } from './manifest.ts';
import {
  entryOf,
  entryPath,
  epochsOf,
  filesOfPanes,
  isBegun,
  journalDocument,
  journalOf,
  keptOfJobs,
  type PanePublication,
  panesDirectory,
  readPaneJournal,
  stagingName,
} from './pane-manifest.ts';
import { existsAlready, firstUnfit, placeFiles, refuseImpossible, refuseUnfit } from './place-files.ts';
import { type Publisher, removeStale } from './stale-files.ts';

// Publishing an epoch's files in steps, each of which can be the last before a crash, and each of which may be done again:
//
//   1. the journal, beside the staged files, says what will be done
//   2. what another job has written to the same place is removed
//   3. staged files are renamed to their places, one by one
//   4. the epoch's manifest names them
//   5. the staging directory is removed
//
// All data are on stable storage before step 1. The job hands an epoch over until this has succeeded.

/**
 * Makes the staged files of an epoch visible. Doing it again changes nothing.
 *
 * @throws ConnectorError if a staged file is gone, or not as it was written.
 */
export async function publishPanes(publisher: Publisher, publication: PanePublication): Promise<void> {
  const { fileSystem } = publisher;
  const { root, staging } = publication;
  if (publication.files.length === 0) {
    await removeOthers(publisher, publication);
  } else if (!(await isPublished(fileSystem, publication))) {
    if (await isBegun(fileSystem, publication)) {
      const directory = joinPath(keptIn(root), staging);
      // Whoever wrote the journal may have ended before this; what follows rests on it.
      await onDisk(directory, 'write', fileSystem.syncDirectory(directory));
      await refuseUnfit(publisher, publication);
    } else {
      await refuseImpossible(publisher, publication);
      await writeDocument(fileSystem, journalOf(publication), journalDocument(publication));
    }
    await removeOthers(publisher, publication);
    await placeFiles(fileSystem, publication);
    await writeEntry(fileSystem, publication);
  }
  await removeKept(fileSystem, root, staging);
}

type Published = Pick<PanePublication, 'root' | 'id' | 'job'>;

async function isPublished(fileSystem: FileSystem, publication: Published): Promise<boolean> {
  const entry = entryPath(publication);
  if ((await onDisk(entry, 'read', fileSystem.stat(entry))) === undefined) return false;
  // Whoever wrote it may have ended before this, and without it what is staged may not be removed.
  await syncEntry(fileSystem, publication);
  return true;
}

async function writeEntry(fileSystem: FileSystem, publication: PanePublication): Promise<void> {
  const path = entryPath(publication);
  const { directory } = splitPath(path);
  await onDisk(directory, 'write', fileSystem.makeDirectory(directory));
  await writeDocument(fileSystem, path, entryOf(publication));
  await syncEntry(fileSystem, publication);
}

async function syncEntry(fileSystem: FileSystem, publication: Published): Promise<void> {
  const { directory } = splitPath(entryPath(publication));
  for (const one of [directory, keptIn(publication.root)]) {
    await onDisk(one, 'write', fileSystem.syncDirectory(one));
  }
}

async function removeKept(fileSystem: FileSystem, root: string, name: string): Promise<void> {
  const kept = keptIn(root);
  const path = joinPath(kept, name);
  await onDisk(path, 'write', fileSystem.remove(path));
  await onDisk(kept, 'write', fileSystem.syncDirectory(kept));
}

/** Removes what other jobs, and runs that wrote the whole at once, have published and staged for the same place. */
async function removeOthers(publisher: Publisher, publication: PanePublication): Promise<void> {
  const { fileSystem } = publisher;
  const { root, id, job, files } = publication;
  const own = panesDirectory(id, job.id);
  const { staging, panes } = await keptOfJobs(fileSystem, root, id);
  for (const directory of panes.filter((name) => name !== own)) {
    await removeStale(publisher, root, await filesOfPanes(fileSystem, root, directory), files);
    await removeKept(fileSystem, root, directory);
  }
  for (const name of staging.filter((one) => epochOf(one, id, job.id) === undefined)) {
    await removeKept(fileSystem, root, name);
  }
  const whole = await readManifest(fileSystem, root, id);
  if (whole === undefined) return;
  await removeStale(publisher, root, whole.files, files);
  const path = manifestPath(root, id);
  await onDisk(path, 'write', fileSystem.remove(path));
}

/** The epoch of a staging directory of a job; undefined for those of others. */
function epochOf(name: string, id: string, job: string): number | undefined {
  const prefix = stagingName(id, { id: job, epoch: 0 }).slice(0, -1);
  const epoch = name.startsWith(prefix) ? name.slice(prefix.length) : '';
  return /^\d+$/.test(epoch) ? Number(epoch) : undefined;
}

/**
 * Finishes publishing that a crash cut, and removes what was staged for epochs that never became durable. What durable
 * epochs have staged stays: the job hands it over again.
 *
 * @throws StateError if the job has published an epoch that its state does not know.
 */
export async function recoverPanes(publisher: Publisher, root: string, id: string, job: JobEpoch): Promise<void> {
  const { fileSystem } = publisher;
  const { staging } = await keptOfJobs(fileSystem, root, id);
  for (const name of staging) {
    const begun = await readPaneJournal(fileSystem, root, id, name);
    if (begun === undefined) {
      if (await isLeftOver(fileSystem, root, id, job, name)) await removeKept(fileSystem, root, name);
      continue;
    }
    const isOther = begun.job.id !== job.id;
    if (isOther && (await firstUnfit(publisher, begun)) !== undefined) await giveUp(publisher, begun);
    else await publishPanes(publisher, begun);
  }
  await sweepStaged(fileSystem, root, id, job);
  const last = (await epochsOf(fileSystem, root, panesDirectory(id, job.id))).at(-1) ?? job.epoch;
  if (last <= job.epoch) return;
  throw new StateError(
    joinPath(root, id),
    'older',
    `this job has published files of its epoch ${last} here, and its state is at epoch ${job.epoch}. The state is older than the sink: it was restored from a copy, perhaps. Panes would be there twice. Take the newest state directory, or start a new one.`,
  );
}

/** Whether a power loss brought a job's staging directory back, or a part of it, that was removed when it was published. */
async function isLeftOver(fileSystem: FileSystem, root: string, id: string, job: JobEpoch, name: string) {
  const epoch = epochOf(name, id, job.id);
  if (epoch === undefined) return false;
  const path = joinPath(keptIn(root), name);
  if ((await onDisk(path, 'read', fileSystem.list(path))).length === 0) return true;
  return isPublished(fileSystem, { root, id, job: { id: job.id, epoch } });
}

/** Ends the publish of another job that can't be finished: what it placed counts as its output, so that it is replaced. */
async function giveUp({ fileSystem, warn }: Publisher, publication: PanePublication): Promise<void> {
  const { root, job, staging, files } = publication;
  const placed: StagedEntry[] = [];
  for (const file of files) {
    const path = joinPath(root, file.path);
    if ((await onDisk(path, 'read', fileSystem.stat(path)))?.kind === 'file') placed.push(file);
  }
  await writeEntry(fileSystem, { ...publication, files: placed });
  await removeKept(fileSystem, root, staging);
  warn(
    `${joinPath(root, publication.id)}: the publish of epoch ${job.epoch} of job ${job.id} was cut, and what it staged is gone or damaged, so it can't be finished. ${placed.length} of its ${files.length} files are here. They are replaced by what is published next.`,
  );
}

/** Removes what a job has staged for epochs that never became durable. */
export async function sweepStaged(fileSystem: FileSystem, root: string, id: string, job: JobEpoch): Promise<void> {
  const { staging } = await keptOfJobs(fileSystem, root, id);
  for (const name of staging) {
    const epoch = epochOf(name, id, job.id);
    if (epoch !== undefined && epoch > job.epoch) await removeKept(fileSystem, root, name);
  }
}

/** @throws ConnectorError if something is there that another job, or a run that wrote the whole at once, has published. */
export async function refuseOthers(fileSystem: FileSystem, root: string, id: string, job?: JobEpoch): Promise<void> {
  const own = job && panesDirectory(id, job.id);
  const { panes } = await keptOfJobs(fileSystem, root, id);
  for (const directory of panes.filter((name) => name !== own)) {
    const [first] = await filesOfPanes(fileSystem, root, directory);
    if (first !== undefined) throw existsAlready(joinPath(root, first.path));
  }
  const [first] = (await readManifest(fileSystem, root, id))?.files ?? [];
  if (first !== undefined) throw existsAlready(joinPath(root, first.path));
}
