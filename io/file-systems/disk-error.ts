import { ConnectorError } from '../../model/index.ts';

/** What was being done with a path. */
export type DiskAction = 'read' | 'write';

const CONSEQUENCE: Readonly<Record<DiskAction, string>> = {
  read: 'Its records would be missing.',
  write: 'The output would be incomplete, so nothing of it is published.',
};

/** What the system's codes mean, and what to do. */
const REASONS: Readonly<Record<string, readonly [reason: string, fix: string, hint?: string]>> = {
  ENOENT: ['there is nothing at this path', 'Check the path.'],
  EACCES: ['permission is denied', 'Give the user of this process the right with chmod or chown, or use another path.'],
  EPERM: ['permission is denied', 'Give the user of this process the right with chmod or chown, or use another path.'],
  EROFS: ['the file system is read-only', 'Write to another place.'],
  EISDIR: ['it is a directory', 'Name a file.'],
  ENOTDIR: ['a part of the path before its last is a file', 'Remove that file, or use another path.'],
  EEXIST: ['something else is there already', 'Remove it, or use another path.'],
  ENOTEMPTY: ['a directory is there already', 'Remove it, or use another path.'],
  ENOSPC: ['the disk is full', 'Free space, or write to another disk.'],
  EDQUOT: ["the user's quota of disk space is spent", 'Free space, or write to another disk.'],
  EFBIG: ['the file is larger than may be written', 'Write more shards, or raise the limit (ulimit -f).'],
  EMFILE: ['too many files are open', 'Raise the limit (ulimit -n).', 'A program can lower maxOpenFiles.'],
  ENFILE: ['too many files are open on this machine', 'Close some, or raise the limit of the system.'],
  ENAMETOOLONG: ['a name in it is too long', 'Shorten it; most systems take 255 bytes.'],
  ELOOP: ['its symbolic links go in a circle', 'Remove the link.'],
};

/** Waits for a call to a file system; its error says what could not be done with which path, why, and what to do. */
export async function onDisk<T>(path: string, action: DiskAction, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (cause) {
    throw diskError(path, action, cause);
  }
}

/** The error of a file system as a user should read it. One that is a ConnectorError already is left as it is. */
export function diskError(path: string, action: DiskAction, cause: unknown): ConnectorError {
  if (cause instanceof ConnectorError) return cause;
  const { code = '', message } = cause as NodeJS.ErrnoException;
  const [reason, fix, hint] = REASONS[code] ?? [message, 'Look at the cause; the system said no more.'];
  const named = code === '' || reason === message ? reason : `${reason} (${code})`;
  const doing = action === 'read' ? 'read' : 'written';
  return new ConnectorError(path, `this can't be ${doing}: ${named}. ${CONSEQUENCE[action]} ${fix}`, { cause, hint });
}
