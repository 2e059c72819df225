import { messageOf, StateError, type StateErrorReason } from '../../model/index.ts';

/** Primary result codes (sqlite.org, "Result and Error Codes"). */
const BUSY = 5;
const LOCKED = 6;
const READONLY = 8;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;

/** What a disk says that has no room, a quota or a limit of files included. */
const NO_ROOM: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
/** What it says of a directory that this user may not write to, or nobody may. */
const NOT_ALLOWED: ReadonlySet<unknown> = new Set(['EACCES', 'EPERM', 'EROFS']);
/** What it says of a path where no directory can be. */
const NO_PLACE: ReadonlySet<unknown> = new Set(['ENOTDIR', 'EEXIST', 'ENOENT', 'ENAMETOOLONG', 'ELOOP']);

/** What may be wrong with the directory of a job. */
type Trouble = 'locked' | 'damaged' | 'no-room' | 'no-access' | 'no-directory' | 'failed';

/** An error of SQLite or of the disk as one of the job's state; what is one already is given back. */
export function stateError(place: string, cause: unknown): StateError {
  if (cause instanceof StateError) return cause;
  const trouble = troubleOf(cause);
  return new StateError(place, reasonOf(trouble), TOLD[trouble](messageOf(cause).replace(/\.$/, '')), { cause });
}

function troubleOf(cause: unknown): Trouble {
  // Errors of node:sqlite have `errcode`, those of the file system `code`.
  const { errcode, code } = cause as { readonly errcode?: number; readonly code?: unknown };
  if (errcode === undefined) return ofDisk(code);
  switch (errcode & 0xff) {
    case BUSY:
    case LOCKED:
      return 'locked';
    case CORRUPT:
    case NOTADB:
      return 'damaged';
    case FULL:
      return 'no-room';
    case READONLY:
    case CANTOPEN:
      return 'no-access';
    default:
      return 'failed';
  }
}

function ofDisk(code: unknown): Trouble {
  if (NO_ROOM.has(code)) return 'no-room';
  if (NOT_ALLOWED.has(code)) return 'no-access';
  return NO_PLACE.has(code) ? 'no-directory' : 'failed';
}

/** Whoever catches it acts alike on all that keeps a directory from being used. */
function reasonOf(trouble: Trouble): StateErrorReason {
  return trouble === 'no-access' || trouble === 'no-directory' ? 'failed' : trouble;
}

/** What is told, around the words of the system: what is wrong where those do not say it, why it matters, what to do. */
const TOLD: Readonly<Record<Trouble, (said: string) => string>> = {
  locked: (said) =>
    `another process has this job open (${said}). Two would each undo what the other keeps. Stop that one with viga stop, or name another directory.`,
  damaged: (said) =>
    `${said}. The disk or another program has changed the file. Restore the directory from a backup, or start the job anew in an empty one.`,
  'no-room': (said) =>
    `there is no room for the state (${said}). What was committed is safe. Free space and start the job again: it goes on from its last epoch.`,
  'no-access': (said) =>
    `the directory, or a file in it, can not be read and written (${said}). The job keeps its state there. Let this user read and write the directory and its files, or name another one.`,
  'no-directory': (said) =>
    `no directory can be made here (${said}). The job keeps its state in a directory of its own. Name another place.`,
  failed: (said) =>
    `${said}. What was committed is safe. Check the disk, then start the job again: it goes on from its last epoch.`,
};
