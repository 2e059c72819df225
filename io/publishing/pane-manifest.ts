import type { JobEpoch, SinkContext } from '../../model/index.ts';
import { type FileSystem, inGroups, joinPath, onDisk } from '../file-systems/index.ts';
import { readDocument } from './document.ts';
import {
  areFiles,
  asName,
  keptIn,
  type ManifestFile,
  type StagedEntry,
  stagingPrefix,
  unreadable,
} from './manifest.ts';

// A write that makes a file of each pane goes on as long as its job does, so its manifest grows: each epoch that published
// files has a document of its own, in a directory that carries the job's id. Together they name the complete output.
//
//   .viga/panes-ID=JOB/EPOCH.json    files that an epoch published, written last
//   .viga/staging-ID=JOB-EPOCH/      files of an epoch before that, and, once publishing has begun, journal.json

const ENTRY = 'viga-panes-1';
const JOURNAL = 'viga-panes-journal-1';

/** What publishing an epoch needs: plain data. The job keeps it as committable, the journal keeps it on disk. */
export interface PanePublication {
  readonly root: string;
  readonly id: string;
  readonly job: JobEpoch;
  /** The staging directory's name among what is kept. */
  readonly staging: string;
  readonly files: readonly StagedEntry[];
  readonly ifExists: 'overwrite' | 'fail';
}

/** The job of a write. A bounded run without a state directory is a job of one epoch. */
export const jobOf = ({ job, runId }: SinkContext): JobEpoch => job ?? { id: runId, epoch: 0 };

/** The name of an epoch's staging directory. */
export const stagingName = (id: string, { id: job, epoch }: JobEpoch): string =>
  `${stagingPrefix(id)}${encodeURIComponent(job)}-${epoch}`;

/** The begin of the names of the directories with manifests of a write's jobs. */
const panesPrefix = (id: string): string => `panes${asName(id)}=`;

/** The name of the directory with a job's manifests. */
export const panesDirectory = (id: string, job: string): string => `${panesPrefix(id)}${encodeURIComponent(job)}`;

/** The path of the document of an epoch. */
export const entryPath = ({ root, id, job }: Pick<PanePublication, 'root' | 'id' | 'job'>): string =>
  joinPath(joinPath(keptIn(root), panesDirectory(id, job.id)), `${job.epoch}.json`);

export const journalOf = ({ root, staging }: Pick<PanePublication, 'root' | 'staging'>): string =>
  joinPath(joinPath(keptIn(root), staging), 'journal.json');

/** The document of an epoch that published files. */
export const entryOf = ({ job, files }: PanePublication) => ({
  format: ENTRY,
  jobId: job.id,
  epoch: job.epoch,
  files: files.map(({ path, size, sha256 }) => ({ path, size, sha256 })),
});

/** Whether publishing has begun. What its journal says is in the publication too, so it may even be damaged. */
export const isBegun = async (
  fileSystem: FileSystem,
  publication: Pick<PanePublication, 'root' | 'staging'>,
): Promise<boolean> => {
  const path = journalOf(publication);
  return (await onDisk(path, 'read', fileSystem.stat(path))) !== undefined;
};

export const journalDocument = (publication: PanePublication) => ({ format: JOURNAL, ...publication });

/** The publication that a staging directory's journal tells of; undefined where none was begun. */
export async function readPaneJournal(
  fileSystem: FileSystem,
  root: string,
  id: string,
  staging: string,
): Promise<PanePublication | undefined> {
  const path = journalOf({ root, staging });
  const read = (await readDocument(fileSystem, path)) as Partial<PanePublication & { format: string }> | undefined;
  if (read === undefined) return undefined;
  if (read?.format === JOURNAL && areFiles(read.files) && isJob(read.job)) {
    // Where it lies says which directory it is about, wherever that was when it was written.
    return { ...(read as PanePublication), root, id, staging };
  }
  throw unreadable(path, 'a journal');
}

const isJob = (job: unknown): boolean =>
  typeof (job as Partial<JobEpoch> | null | undefined)?.id === 'string' &&
  typeof (job as Partial<JobEpoch>).epoch === 'number';

/** What is kept of the jobs that wrote to the same place. */
export interface KeptOfJobs {
  /** Names of staging directories. */
  readonly staging: readonly string[];
  /** Names of directories with manifests. */
  readonly panes: readonly string[];
}

export async function keptOfJobs(fileSystem: FileSystem, root: string, id: string): Promise<KeptOfJobs> {
  const kept = keptIn(root);
  if ((await onDisk(kept, 'read', fileSystem.stat(kept))) === undefined) return { staging: [], panes: [] };
  const names = await onDisk(kept, 'read', fileSystem.list(kept));
  const withPrefix = (prefix: string): readonly string[] => names.filter((name) => name.startsWith(prefix)).sort();
  return { staging: withPrefix(stagingPrefix(id)), panes: withPrefix(panesPrefix(id)) };
}

/** The files that all jobs have published, pane by pane, to the same place. */
export async function filesOfJobs(fileSystem: FileSystem, root: string, id: string): Promise<readonly ManifestFile[]> {
  const { panes } = await keptOfJobs(fileSystem, root, id);
  const files = await inGroups(panes, (directory) => filesOfPanes(fileSystem, root, directory));
  return files.flat();
}

/** The files that a directory with manifests names, those of all epochs or of the last ones. */
export async function filesOfPanes(
  fileSystem: FileSystem,
  root: string,
  directory: string,
  last = Number.POSITIVE_INFINITY,
): Promise<readonly ManifestFile[]> {
  const path = joinPath(keptIn(root), directory);
  const files: ManifestFile[] = [];
  for (const epoch of (await epochsOf(fileSystem, root, directory)).slice(-last)) {
    const entry = joinPath(path, `${epoch}.json`);
    const read = (await readDocument(fileSystem, entry)) as { format?: unknown; files?: unknown } | undefined;
    if (read === undefined || read.format !== ENTRY || !areFiles(read.files)) throw unreadable(entry, 'a manifest');
    files.push(...read.files);
  }
  return files;
}

/** The epochs of which a directory has documents, in order. */
export async function epochsOf(fileSystem: FileSystem, root: string, directory: string): Promise<readonly number[]> {
  const path = joinPath(keptIn(root), directory);
  if ((await onDisk(path, 'read', fileSystem.stat(path))) === undefined) return [];
  const names = await onDisk(path, 'read', fileSystem.list(path));
  return names
    .filter((name) => /^\d+\.json$/.test(name))
    .map((name) => Number.parseInt(name, 10))
    .sort((a, b) => a - b);
}
