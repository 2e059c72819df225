import { messageOf, StateError, type StateErrorReason } from '../../model/index.ts';

/** Primary result codes (sqlite.org, "Result and Error Codes"). */
const BUSY = 5;
const LOCKED = 6;
const READONLY = 8;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;

/** What Node says of a disk, a quota or a file that is full. */
const NO_ROOM: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** An error of SQLite or of the disk as one of the job's state; what is one already is given back. */
export function stateError(place: string, cause: unknown): StateError {
  if (cause instanceof StateError) return cause;
  const [reason, advice] = explain(cause);
  const message = messageOf(cause).replace(/\.$/, '');
  return new StateError(place, reason, `${message}. ${advice}`, { cause });
}

function explain(cause: unknown): readonly [StateErrorReason, string] {
  // Errors of node:sqlite have `errcode`, those of the file system `code`.
  const { errcode, code } = cause as { readonly errcode?: number; readonly code?: unknown };
  if (errcode === undefined) return NO_ROOM.has(code) ? NO_ROOM_ADVICE : ['failed', FAILED];
  switch (errcode & 0xff) {
    case BUSY:
    case LOCKED:
      return [
        'locked',
        'Another process has this job open, and only one may run it. Stop that one, or name another directory.',
      ];
    case CORRUPT:
    case NOTADB:
      return [
        'damaged',
        'The disk or another program has changed the file. Restore the directory from a backup, or start the job anew in an empty one.',
      ];
    case FULL:
      return NO_ROOM_ADVICE;
    case READONLY:
    case CANTOPEN:
      return [
        'failed',
        'The job keeps its state there. Let this user read and write the directory and the files in it.',
      ];
    default:
      return ['failed', FAILED];
  }
}

const NO_ROOM_ADVICE = [
  'no-room',
  'What was committed is safe. Free space and start the job again: it goes on from its last epoch.',
] as const;

const FAILED = 'What was committed is safe. Check the disk, then start the job again: it goes on from its last epoch.';
