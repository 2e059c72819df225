import { ConnectorError, type Disk, type Host } from '../../model/index.ts';

/**
 * Where files are: the machine's disk, or an object store behind a scheme such as `s3:`.
 *
 * A store has no directories of its own: `makeDirectory` and `syncDirectory` do nothing there, and `rename` copies. Files
 * are written from front to back, so positions of writes only grow.
 */
export type FileSystem = Omit<Disk, 'scratch'>;

/** A file system, and what it calls the place that a user named. */
export interface Location {
  readonly fileSystem: FileSystem;
  readonly path: string;
}

const fileSystems = new Map<string, (host: Host) => FileSystem>();

/**
 * Makes paths that begin with `scheme://` known to every connector of files. Paths reach the file system as they were
 * written, scheme included. A scheme registered again is replaced.
 *
 * @throws RangeError if the scheme is not two or more letters, digits, `+`, `-` or `.`, without `:`; or is `file`.
 */
export function registerFileSystem(scheme: string, make: (host: Host) => FileSystem): void {
  if (!/^[a-z][a-z0-9+.-]+$/.test(scheme) || scheme === 'file') {
    throw new RangeError(
      `"${scheme}" can't be the scheme of a file system. Paths are told apart by it, and file: is the machine's disk. Use two or more lower-case letters, without ':'.`,
    );
  }
  fileSystems.set(scheme, make);
}

/**
 * Finds the file system of a path: a plain path, `file:///a/b`, or `scheme://...` of a registered one.
 *
 * @throws ConnectorError for a scheme that no one registered, or a file: URL of another machine.
 */
export function locate(path: string, host: Host): Location {
  // Two letters at least: C:/data is a path, not a scheme.
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(path)?.[1]?.toLowerCase();
  if (scheme === undefined || scheme === 'file') return { fileSystem: host.disk, path: plainPath(path) };
  const make = fileSystems.get(scheme);
  if (make !== undefined) return { fileSystem: make(host), path };
  const known = ['file', ...fileSystems.keys()].map((name) => `${name}:`).join(', ');
  throw new ConnectorError(
    path,
    `no file system has the scheme ${scheme}:. Nothing can be found there. Use a plain path or one of ${known}.`,
    { hint: 'A program adds schemes with registerFileSystem.' },
  );
}

/**
 * The path of a `file:` URL; any other path as it is.
 *
 * @throws ConnectorError for a URL of another machine, or with a `%` that is no escape.
 */
export function plainPath(url: string): string {
  if (!/^file:/i.test(url)) return url;
  const rest = url.slice('file:'.length);
  const authority = /^\/\/([^/]*)/.exec(rest);
  if (authority?.[1] && authority[1] !== 'localhost') {
    throw new ConnectorError(
      url,
      `this file: URL names the machine "${authority[1]}". Only this machine's files can be opened by it. Write file:///path with three slashes.`,
    );
  }
  const path = authority === null ? rest : rest.slice(authority[0].length);
  try {
    // Not URL, which takes ? and # for its own; both may stand in patterns and names.
    return decodeURIComponent(path);
  } catch (cause) {
    throw new ConnectorError(
      url,
      `this file: URL has a % that is not followed by two hex digits. It stands for no character. Write %25 for a percent sign, or use a plain path.`,
      { cause },
    );
  }
}

/** Adds a name to a directory; `''` is the working directory. */
export function joinPath(directory: string, name: string): string {
  return directory === '' || directory.endsWith('/') ? directory + name : `${directory}/${name}`;
}

/** The directory of a path, without its last `/` but for the root, and the name in it. */
export function splitPath(path: string): { readonly directory: string; readonly name: string } {
  const slash = path.lastIndexOf('/');
  return { directory: slash === 0 ? '/' : path.slice(0, Math.max(0, slash)), name: path.slice(slash + 1) };
}
