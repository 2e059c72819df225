import { ConnectorError, type FileStat, type Host, type Timestamp } from '../../model/index.ts';
import { diskError, onDisk } from './disk-error.ts';
import { type FileSystem, joinPath, locate } from './file-system.ts';
import { expandBraces, fixedDirectory, isHidden, isPattern, segments, type Segment } from './glob.ts';
import { inGroups } from './in-groups.ts';

/** A file that a pattern stands for. */
export interface MatchedFile {
  readonly path: string;
  /** The path below the fixed part of the pattern. */
  readonly relativePath: string;
  readonly size: number;
}

/** A file that was found, and when it was changed last. */
export interface FoundFile extends MatchedFile {
  readonly modified: Timestamp;
}

/** Whether a pattern may stand for no file at all. */
export type NoMatch = 'error' | 'allow';

/**
 * Finds the files of a pattern, in the order of their paths' code units.
 *
 * @throws ConnectorError if it matches nothing (unless `noMatch` is 'allow'), names a directory, or goes through one that may
 * not be read.
 */
export async function findFiles(pattern: string, noMatch: NoMatch, host: Host): Promise<readonly FoundFile[]> {
  if (pattern === '') {
    throw new ConnectorError(undefined, 'a file name is empty. It names nothing. Give a path or a pattern.');
  }
  const located = locate(pattern, host);
  const { fileSystem } = located;
  // `//` means `/`, but not behind a scheme.
  const path = located.path.replace(/(?<!:)\/{2,}/g, '/');
  const matched = await matchPattern(fileSystem, path);
  if (matched.length === 0 && noMatch === 'error') throw await nothingMatches(fileSystem, path);
  return matched;
}

async function matchPattern(fileSystem: FileSystem, pattern: string): Promise<readonly FoundFile[]> {
  const fixed = fixedDirectory(pattern);
  const below = fixed === '' || fixed.endsWith('/') ? fixed.length : fixed.length + 1;
  const matched = (path: string, { size, modified }: FileStat): FoundFile => ({
    path,
    relativePath: path.slice(below),
    size,
    modified,
  });

  // A file whose name has the characters of a pattern is meant when it is there.
  const literal = await onDisk(pattern, 'read', fileSystem.stat(pattern));
  if (literal?.kind === 'file')
    return [{ ...matched(pattern, literal), relativePath: pattern.slice(pattern.lastIndexOf('/') + 1) }];
  if (literal !== undefined) throw notAFile(pattern, literal);

  const walks = expandBraces(pattern).filter((one) => isPattern(one) || one !== pattern);
  const files = new Map<string, FileStat>();
  for (const one of walks) {
    // The scheme and host of a store are no directories to be walked through.
    const root = /^[a-z][a-z0-9+.-]+:\/\/[^/]*/i.exec(one)?.[0] ?? (one.startsWith('/') ? '/' : '');
    await walk(fileSystem, root, segments(one.slice(root.length)), files);
  }
  return [...files].map(([path, stat]) => matched(path, stat)).sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Puts into `files` what the parts of a pattern find below a directory. */
async function walk(
  fileSystem: FileSystem,
  directory: string,
  parts: readonly Segment[],
  files: Map<string, FileStat>,
): Promise<void> {
  const [part, ...rest] = parts;
  if (part === undefined) return;
  if (part.kind === 'name') {
    const path = joinPath(directory, part.name);
    await visit(fileSystem, path, rest, files);
    return;
  }
  if (part.kind === 'any-directories') {
    // None at all first; a pattern that ends in ** means the files of all directories.
    const below = rest.length === 0 ? segments('*') : rest;
    await walk(fileSystem, directory, below, files);
    for (const path of await subdirectories(fileSystem, directory)) await walk(fileSystem, path, parts, files);
    return;
  }
  const names = (await entries(fileSystem, directory)).filter(part.matches).map((name) => joinPath(directory, name));
  await inGroups(names, async (path) => {
    const isThere = await visit(fileSystem, path, rest, files);
    if (!isThere && rest.length === 0) throw linkToNothing(path);
  });
}

const linkToNothing = (path: string): ConnectorError =>
  new ConnectorError(
    path,
    'this matches the pattern and is a link to nothing, or was removed while files were looked for. Its records would be missing. Remove or repair the link, or run again.',
  );

/** Takes a file, or goes on below a directory; returns whether there is anything at the path. */
async function visit(
  fileSystem: FileSystem,
  path: string,
  rest: readonly Segment[],
  files: Map<string, FileStat>,
): Promise<boolean> {
  const stat = await onDisk(path, 'read', fileSystem.stat(path));
  if (stat === undefined) return false;
  if (rest.length === 0) {
    if (stat.kind === 'file') files.set(path, stat);
  } else if (stat.kind === 'directory') {
    await walk(fileSystem, path, rest, files);
  }
  return true;
}

async function subdirectories(fileSystem: FileSystem, directory: string): Promise<readonly string[]> {
  const here = await realPath(fileSystem, directory);
  const found: string[] = [];
  const names = (await entries(fileSystem, directory)).filter((name) => !isHidden(name));
  await inGroups(names, async (name) => {
    const path = joinPath(directory, name);
    const stat = await onDisk(path, 'read', fileSystem.stat(path));
    if (stat?.kind !== 'directory') return;
    // A link to a directory above would be walked through for ever.
    const real = await realPath(fileSystem, path);
    if (!`${here}/`.startsWith(`${real}/`)) found.push(path);
  });
  return found;
}

const realPath = (fileSystem: FileSystem, path: string): Promise<string> =>
  onDisk(path, 'read', fileSystem.realPath(path === '' ? '.' : path));

/** The names in a directory; none where there is no such directory. */
async function entries(fileSystem: FileSystem, directory: string): Promise<readonly string[]> {
  try {
    return await fileSystem.list(directory === '' ? '.' : directory);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw diskError(directory, 'read', cause);
  }
}

function notAFile(path: string, { kind }: FileStat): ConnectorError {
  if (kind === 'directory') {
    return new ConnectorError(
      path,
      `this is a directory, and a file is read here. Which of its files are meant is not known. Write ${joinPath(path, '*')} for its files, or ${joinPath(path, '**')} for those of its subdirectories too.`,
    );
  }
  return new ConnectorError(
    path,
    'this is a pipe, a device or a socket. Files are read by position, which these do not have. Write its content to a file first.',
  );
}

async function nothingMatches(fileSystem: FileSystem, pattern: string): Promise<ConnectorError> {
  const directory = fixedDirectory(pattern);
  const names = (await entries(fileSystem, directory)).filter((name) => !isHidden(name));
  const exists = directory === '' || (await fileSystem.stat(directory)) !== undefined;
  const shown = names.slice(0, 3).join(', ');
  const place = directory === '' ? 'The working directory' : `The directory ${directory}`;
  const there = !exists
    ? `${place} does not exist.`
    : names.length === 0
      ? `${place} is empty.`
      : `${place} has ${shown}${names.length > 3 ? ` and ${names.length - 3} more` : ''}.`;
  const what = isPattern(pattern) ? 'no file matches this pattern' : 'there is no such file';
  return new ConnectorError(pattern, `${what}. ${there} Correct the name, or put there what is to be read.`, {
    hint: "A program that may find none passes noMatch: 'allow'.",
  });
}
