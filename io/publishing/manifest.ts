import { ConnectorError } from '../../model/index.ts';
import { type FileSystem, joinPath } from '../file-systems/index.ts';
import { readDocument } from './document.ts';

// What a write keeps beside its output, in a hidden directory, so that no pattern finds it. The manifest names the complete
// set of its files and is written last: files that it does not name are not part of the output. The journal is there while a
// publish is under way, the staging directory while files are written. (A write of panes keeps what pane-manifest.ts says.) All
// belong to one write by their names, so two writes into one directory never touch each other's files.

/** A file of the output, by its path below the root. */
export interface ManifestFile {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
}

/** The complete set of files that a write made. */
export interface Manifest {
  readonly format: 'viga-manifest-1';
  readonly runId: string;
  readonly files: readonly ManifestFile[];
}

/** A staged file, and what it becomes. */
export interface StagedEntry extends ManifestFile {
  /** Its name in the staging directory. */
  readonly staged: string;
}

/** What a publish needs: plain data. A runner keeps it as committable, the journal keeps it on disk. */
export interface Publication {
  readonly root: string;
  readonly id: string;
  readonly runId: string;
  /** The staging directory's name among what is kept. */
  readonly staging: string;
  readonly files: readonly StagedEntry[];
  readonly ifExists: 'overwrite' | 'fail';
}

/** A publish that was begun. */
export interface Journal extends Publication {
  readonly format: 'viga-journal-1';
  /** The files of the run before. */
  readonly previous: readonly ManifestFile[];
}

/** Makes a write's id a part of a file name; other ids give other parts. */
export const asName = (id: string): string =>
  id === '' ? '' : `-${encodeURIComponent(id).replaceAll('%7B', '{').replaceAll('%7D', '}')}`;

/** The directory in an output's root that holds what its writes keep. */
export const keptIn = (root: string): string => joinPath(root, '.viga');

/** The path of a write's manifest. */
export const manifestPath = (root: string, id: string): string => joinPath(keptIn(root), `manifest${asName(id)}.json`);

/** The path of a write's journal. */
export const journalPath = (root: string, id: string): string => joinPath(keptIn(root), `journal${asName(id)}.json`);

/** The begin of the names of a write's staging directories; no id has a = in its name, so none begins like another. */
export const stagingPrefix = (id: string): string => `staging${asName(id)}=`;

/** The manifest of a write; undefined where none was published. */
export async function readManifest(fileSystem: FileSystem, root: string, id: string): Promise<Manifest | undefined> {
  const path = manifestPath(root, id);
  const read = await readDocument(fileSystem, path);
  if (read === undefined) return undefined;
  if (hasForm(read, 'viga-manifest-1') && areFiles(read['files'])) return read as unknown as Manifest;
  throw unreadable(path, 'a manifest');
}

/** The paths that a manifest names; none if the file at a path is not one. */
export async function manifestFiles(fileSystem: FileSystem, path: string): Promise<readonly string[]> {
  if (!/\/manifest(?:-[^/]*)?\.json$/.test(path)) return [];
  const read = await readDocument(fileSystem, path);
  // Another write's: if somebody changed it, that write will say so.
  if (!hasForm(read, 'viga-manifest-1') || !areFiles(read['files'])) return [];
  return read['files'].map((file) => file.path);
}

/** The journal of a publish that was cut; undefined where none was. */
export async function readJournal(fileSystem: FileSystem, root: string, id: string): Promise<Journal | undefined> {
  const path = journalPath(root, id);
  const read = await readDocument(fileSystem, path);
  if (read === undefined) return undefined;
  if (
    hasForm(read, 'viga-journal-1') &&
    areFiles(read['files']) &&
    areFiles(read['previous']) &&
    isName(read['staging'])
  ) {
    // Where it lies says which directory it is about, wherever that was when it was written.
    return { ...(read as unknown as Journal), root, id };
  }
  throw unreadable(path, 'a journal');
}

function hasForm(value: unknown, format: string): value is Readonly<Record<string, unknown>> {
  const record = value as Readonly<Record<string, unknown>> | null;
  return (
    typeof record === 'object' && record !== null && record['format'] === format && typeof record['runId'] === 'string'
  );
}

/** Whether something read is a list of files; they are removed by it, so a path that leads out of the directory is not taken. */
export const areFiles = (files: unknown): files is readonly ManifestFile[] =>
  Array.isArray(files) &&
  files.every(
    (file: Partial<StagedEntry> | null) =>
      typeof file?.path === 'string' &&
      file.path.split('/').every((part) => part !== '' && part !== '.' && part !== '..') &&
      typeof file.size === 'number' &&
      (file.staged === undefined || isName(file.staged)),
  );

const isName = (name: unknown): boolean => typeof name === 'string' && name !== '' && !/^\.\.?$|\//.test(name);

export const unreadable = (path: string, what: string): ConnectorError =>
  new ConnectorError(
    path,
    `this is not ${what} of Viga, or it was changed. Which files are Viga's is not known any more. Remove it; files of the run before then stay where the new run does not replace them.`,
  );
