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

/** What is told of an error: what is wrong where the system's words do not say it, and why it matters and what to do. */
interface Told {
  readonly reason: StateErrorReason;
  readonly what?: string;
  readonly advice: string;
}

/** An error of SQLite or of the disk as one of the job's state; what is one already is given back. */
export function stateError(place: string, cause: unknown): StateError {
  if (cause instanceof StateError) return cause;
  const { reason, what, advice } = told(cause);
  const message = messageOf(cause).replace(/\.$/, '');
  return new StateError(place, reason, `${what === undefined ? message : `${what} (${message})`}. ${advice}`, {
    cause,
  });
}

function told(cause: unknown): Told {
  // Errors of node:sqlite have `errcode`, those of the file system `code`.
  const { errcode, code } = cause as { readonly errcode?: number; readonly code?: unknown };
  if (errcode === undefined) return ofDisk(code);
  switch (errcode & 0xff) {
    case BUSY:
    case LOCKED:
      return LOCKED_ALREADY;
    case CORRUPT:
    case NOTADB:
      return DAMAGED;
    case FULL:
      return FULL_DISK;
    case READONLY:
    case CANTOPEN:
      return NO_ACCESS;
    default:
      return FAILED;
  }
}

function ofDisk(code: unknown): Told {
  if (NO_ROOM.has(code)) return FULL_DISK;
  if (NOT_ALLOWED.has(code)) return NO_ACCESS;
  return NO_PLACE.has(code) ? NO_DIRECTORY : FAILED;
}

const LOCKED_ALREADY: Told = {
  reason: 'locked',
  what: 'another process has this job open',
  advice: 'Two would each undo what the other keeps. Stop that one with viga stop, or name another directory.',
};

const DAMAGED: Told = {
  reason: 'damaged',
  advice:
    'The disk or another program has changed the file. Restore the directory from a backup, or start the job anew in an empty one.',
};

const FULL_DISK: Told = {
  reason: 'no-room',
  what: 'there is no room for the state',
  advice: 'What was committed is safe. Free space and start the job again: it goes on from its last epoch.',
};

const NO_ACCESS: Told = {
  reason: 'failed',
  what: 'the directory, or a file in it, can not be read and written',
  advice:
    'The job keeps its state there. Let this user read and write the directory and its files, or name another one.',
};

const NO_DIRECTORY: Told = {
  reason: 'failed',
  what: 'no directory can be made here',
  advice: 'The job keeps its state in a directory of its own. Name another place.',
};

const FAILED: Told = {
  reason: 'failed',
  advice: 'What was committed is safe. Check the disk, then start the job again: it goes on from its last epoch.',
};
