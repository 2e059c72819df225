import { messageOf, StateError } from '../../model/index.ts';

// What speaks against using a state directory, and what to do about it.

const RESTORE = 'Restore the directory from a backup, or start the job anew in an empty one.';

export const damaged = (place: string, what: string): StateError =>
  new StateError(
    place,
    'damaged',
    `${what} is not as it was written. The disk or another program has changed the file. ${RESTORE}`,
  );

export const behind = (directory: string, epoch: number, witnessed: number): StateError =>
  new StateError(
    directory,
    'older',
    `the database stands at epoch ${epoch}, and epoch ${witnessed} was committed to it. The job would do again what others were told is done. ${RESTORE}`,
  );

export const missing = (directory: string, what: string, witnessed: number): StateError =>
  new StateError(
    directory,
    'older',
    `${what}, though epoch ${witnessed} was committed to it. A new one would begin the job anew. ${RESTORE}`,
  );

export const withoutWitness = (directory: string, file: string, epoch: number): StateError =>
  new StateError(
    directory,
    'damaged',
    `${file} is missing beside a database of epoch ${epoch}. Without it no one can tell whether the last epochs were lost. ${RESTORE}`,
  );

export const mixed = (directory: string, id: string, witnessed: string): StateError =>
  new StateError(
    directory,
    'foreign',
    `the database is of job ${id}, and its witness of job ${witnessed}. The files of two directories were mixed. Restore the whole directory from one backup.`,
  );

export const newer = (directory: string, format: number, known: number): StateError =>
  new StateError(
    directory,
    'newer',
    `the state has format ${format}, and this version of Viga knows formats up to ${known}. It could misread what a newer one wrote. Run the job with the version that wrote it, or a later one.`,
  );

export const foreign = (directory: string, file: string): StateError =>
  new StateError(
    directory,
    'foreign',
    `${file} is a SQLite database of another program. A job's state would overwrite it. Name an empty directory.`,
  );

/** `file` is what is gone, where the directory itself is not. */
export const removed = (directory: string, file: string | undefined): StateError =>
  new StateError(
    directory,
    'failed',
    `${file === undefined ? 'it was removed' : `${file} in it was removed or replaced`} while the job ran. What the job keeps would be lost at its end, so it has ended, and nobody was told of the epoch that it was making. ${RESTORE}`,
  );

export const notADirectory = (path: string, kind: string): StateError =>
  new StateError(path, 'foreign', `this is a ${kind}. A job keeps its state in a directory. Name another one.`);

export const noDirectory = (directory: string): StateError =>
  new StateError(
    directory,
    'foreign',
    'there is no such directory. A job is known by the directory that it keeps its state in. Correct the name.',
  );

export const noState = (directory: string): StateError =>
  new StateError(
    directory,
    'foreign',
    'no job keeps its state here. There is nothing to look at. Give the directory that the job was started with.',
  );

/** Names beyond these are only counted. */
const MOST_NAMES = 3;

export const notEmpty = (directory: string, names: readonly string[]): StateError => {
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
  return new StateError(
    directory,
    'foreign',
    `it holds ${names.slice(0, MOST_NAMES).join(', ')}${more}, and no job's state. A job keeps its state in a directory of its own, which people may remove as a whole. Name one that is empty or not there yet.`,
  );
};

export const notCopied = (to: string, cause: unknown): StateError =>
  new StateError(
    to,
    'failed',
    `the copy could not be written (${messageOf(cause)}). The job and its state are as they were, and nothing of the copy is left. Name a directory on a disk that has room and may be written to.`,
    { cause },
  );
