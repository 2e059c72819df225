import { ConnectorError } from '../../model/index.ts';
import { type FileSystem, inGroups, joinPath, onDisk, splitPath } from '../file-systems/index.ts';
import { hasContent } from './checksum.ts';
import { keptIn, type Publication, type StagedEntry } from './manifest.ts';
import { type Publisher, removeEmpty } from './stale-files.ts';

/** Which staged files go where. */
export type Placement = Pick<Publication, 'root' | 'staging' | 'files'>;

/** What would fail half-way is refused before anything is changed; the directories are made that files go to. */
export async function refuseImpossible(
  publisher: Publisher,
  publication: Placement & Pick<Publication, 'ifExists'>,
): Promise<void> {
  const { fileSystem } = publisher;
  const { root, files, ifExists } = publication;
  await refuseUnfit(publisher, publication);
  await inGroups(files, async ({ path }) => {
    const target = joinPath(root, path);
    const stat = await onDisk(target, 'read', fileSystem.stat(target));
    if (stat === undefined) return;
    if (stat.kind !== 'file') throw isNoFile(target, stat.kind);
    if (ifExists === 'fail') throw existsAlready(target);
  });
  const directories = directoriesOf(publication);
  try {
    await makeDirectories(fileSystem, root, directories);
  } catch (error) {
    for (const directory of directories) await removeEmpty(fileSystem, root, directory);
    throw error;
  }
}

/** @throws ConnectorError if a file can't be published, naming it. */
export async function refuseUnfit(publisher: Publisher, publication: Placement): Promise<void> {
  const unfit = await firstUnfit(publisher, publication);
  if (unfit !== undefined) throw isUnfit(publication, unfit);
}

/** Says why a publication can't be finished, by a staged file that is the reason. */
export function isUnfit(publication: Placement, { file, problem }: Unfit): ConnectorError {
  const path = joinPath(stagingOf(publication), file.staged);
  return new ConnectorError(
    path,
    problem === 'gone'
      ? "this staged file is gone. The output can't be published and is as it was. The folder was removed or emptied, or another run that writes to the same place has removed what it found staged. Bring the folder back, or begin anew, and run one at a time."
      : 'this staged file is not as it was written: its size or its checksum is another. The disk has changed it, so it is not published. Bring it back from a copy, or begin anew with an empty state directory.',
  );
}

const isNoFile = (path: string, kind: string): ConnectorError =>
  new ConnectorError(
    path,
    `a ${kind} is there where a file is to be written. It can't be replaced. Remove it, or write elsewhere.`,
  );

/** What a write with `ifExists: 'fail'` says. */
export const existsAlready = (path: string): ConnectorError =>
  new ConnectorError(
    path,
    "this exists already. ifExists is 'fail', so it is not replaced. Remove it, or write elsewhere.",
    { hint: "A program that replaces it passes ifExists: 'overwrite'." },
  );

/** Renames staged files to their places; those that are there already are passed over. */
export async function placeFiles(fileSystem: FileSystem, placement: Placement): Promise<void> {
  const { root, files } = placement;
  const stagingDirectory = stagingOf(placement);
  const directories = directoriesOf(placement);
  await makeDirectories(fileSystem, root, directories);
  await inGroups(files, async (file) => {
    const staged = joinPath(stagingDirectory, file.staged);
    const target = joinPath(root, file.path);
    // Not there: it was renamed before the crash.
    if ((await onDisk(staged, 'read', fileSystem.stat(staged))) === undefined) return;
    await onDisk(target, 'write', fileSystem.rename(staged, target));
  });
  const changed = new Set(directories.flatMap((directory) => directoriesBetween(root, directory)));
  await inGroups([...changed], (directory) => onDisk(directory, 'write', fileSystem.syncDirectory(directory)));
}

const stagingOf = ({ root, staging }: Placement): string => joinPath(keptIn(root), staging);

/** The directories that files are in. */
const directoriesOf = ({ root, files }: Placement): readonly string[] => [
  ...new Set(files.map(({ path }) => splitPath(joinPath(root, path)).directory)),
];

async function makeDirectories(fileSystem: FileSystem, root: string, directories: readonly string[]): Promise<void> {
  const realRoot = await onDisk(root, 'write', fileSystem.realPath(root));
  await inGroups(directories, async (directory) => {
    await onDisk(directory, 'write', fileSystem.makeDirectory(directory));
    await refuseOutside(fileSystem, realRoot, directory);
  });
}

/** The root and all directories from it to one below, whose entries may be new. */
function directoriesBetween(root: string, directory: string): readonly string[] {
  const found = [root];
  for (let at = directory; at.length > root.length; at = splitPath(at).directory) found.push(at);
  return found;
}

async function refuseOutside(fileSystem: FileSystem, realRoot: string, directory: string): Promise<void> {
  const real = await onDisk(directory, 'write', fileSystem.realPath(directory));
  if (real === realRoot || real.startsWith(realRoot === '/' ? '/' : `${realRoot}/`)) return;
  throw new ConnectorError(
    directory,
    `a symbolic link leads from here to ${real}, out of ${realRoot}. Files would be written where nobody asked for them. Remove the link, or write to its place.`,
  );
}

/** A staged file that can't be published, and why. */
export interface Unfit {
  readonly file: StagedEntry;
  readonly problem: 'gone' | 'damaged';
}

/**
 * The first file that is neither staged nor in its place, as it was written. What another process has staged is read to see
 * that, as a crash or a disk may have changed it meanwhile.
 */
export async function firstUnfit({ fileSystem, own }: Publisher, publication: Placement): Promise<Unfit | undefined> {
  const { root, files, staging } = publication;
  const found = await inGroups(files, async (file): Promise<Unfit | undefined> => {
    const staged = joinPath(stagingOf(publication), file.staged);
    const stat = await onDisk(staged, 'read', fileSystem.stat(staged));
    if (stat === undefined) {
      // The file of the run before may be there still, perhaps of the same size.
      return (await hasContent(fileSystem, joinPath(root, file.path), file)) ? undefined : { file, problem: 'gone' };
    }
    const isWhole = staging === own ? stat.size === file.size : await hasContent(fileSystem, staged, file);
    return isWhole ? undefined : { file, problem: 'damaged' };
  });
  return found.find((unfit) => unfit !== undefined);
}
