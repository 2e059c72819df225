import { ConnectorError, type OffsetTracker, type SourceContext, type SourceOutput } from '../../model/index.ts';
import { codecOf, DamagedFileError } from '../compression/index.ts';
import type { MatchedFile } from '../file-systems/index.ts';
import type { ReadFormat } from './format.ts';
import { openInput, type OpenedFile } from './input-file.ts';
import type { FileReadOptions } from './read-files.ts';
import type { FilePart, FilePosition, FilesTracker } from './restriction.ts';

/** How the records of files are read. */
export interface PartReader<T> {
  readonly format: ReadFormat<T>;
  readonly options: FileReadOptions;
  readonly output: SourceOutput<T>;
  readonly context: SourceContext;
}

/** The parts in which files can be read: with ranges where the format and the lack of compression allow splitting. */
export const partsOf = <T>(
  found: Iterable<MatchedFile>,
  format: ReadFormat<T>,
  options: FileReadOptions,
): readonly FilePart[] =>
  Array.from(found, ({ path, relativePath, size }) =>
    format.split !== undefined && codecOf(path, options.compression) === undefined
      ? { path, relativePath, size, range: { from: 0, to: size } }
      : { path, relativePath, size },
  );

/** Reads one part after the other, as far as they can be claimed; claims are passed to `claim`. */
export async function readParts<T>(
  files: FilesTracker,
  claim: (position: FilePosition) => boolean,
  reader: PartReader<T>,
): Promise<void> {
  for (let next = files.next(claim); next !== undefined; next = files.next(claim)) {
    if (await readPart(next.part, next.tracker, reader)) next.tracker.checkDone();
    files.finishPart();
  }
}

/** Reads a file, or the part of one; returns false if it is at fault and went to the dead letters. */
async function readPart<T>(
  part: FilePart,
  tracker: OffsetTracker,
  { format, options, output, context }: PartReader<T>,
): Promise<boolean> {
  let file: OpenedFile | undefined;
  try {
    file = await openInput(part, options, context);
    await format.read(file, tracker, output, context);
    return true;
  } catch (error) {
    // Without dead letters the error is best left as it is: it says by its class that a connector failed.
    const isAtFault = error instanceof DamagedFileError || isOutOfReach(error);
    if (!isAtFault || (file === undefined && options.deadLetters === undefined)) throw error;
    output.reject(part.path, error, error.place);
    return false;
  } finally {
    await file?.close();
  }
}

/** A file that this process may not read; a disk that fails is no matter of one file. */
const isOutOfReach = (error: unknown): error is ConnectorError =>
  error instanceof ConnectorError &&
  /^(EACCES|EPERM|ENOENT)$/.test((error.cause as NodeJS.ErrnoException | undefined)?.code ?? '');
