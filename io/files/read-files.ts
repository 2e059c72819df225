import {
  ConnectorError,
  type OffsetTracker,
  type PBegin,
  type PCollection,
  PipelineError,
  type PTransform,
  read,
  type ReadOptions,
  type RestrictionReader,
  type Source,
  type SourceContext,
  type SourceOutput,
  splittableParDo,
} from '../../model/index.ts';
import { codecOf, DamagedFileError } from '../compression/index.ts';
import type { ReadFormat } from './format.ts';
import { openInput, type OpenedFile, type OpenOptions } from './input-file.ts';
import { type MatchedFile, matchFiles, type NoMatch } from './match-files.ts';
import {
  type FilePart,
  type FilePosition,
  FilesTracker,
  type FilesRestriction,
  partSize,
  type PatternFault,
} from './restriction.ts';
import { splitFiles } from './split-files.ts';

/** What every reader of files can be asked for. */
export interface FileReadOptions extends OpenOptions, Pick<ReadOptions, 'name' | 'deadLetters'> {
  /** What to do where a pattern matches no file. Default 'error'. */
  readonly noMatch?: NoMatch;
}

/** {@link FileReadOptions}, and which files. */
export interface FilesSpec extends FileReadOptions {
  /**
   * A path or a pattern, or several: `*`, `?`, `[a-z]`, `{a,b}`, and `**` for directories at any depth; none of them
   * stands for a name that begins with `.` or `_`. Plain paths, `file:` URLs, and schemes that were registered.
   */
  readonly files: string | readonly string[];
}

/**
 * Reads the records of files in a format. Elements have the lowest timestamp and are in the global window; their order is
 * that of the files' paths, and within a file their own, as long as the runner reads in one place.
 *
 * Dead letters are records that can't be elements, damaged files by their path, and patterns that name no file that can be
 * read. Connectors of a format are made of it; users take `readText`, `readCsv` and their like.
 */
export function readFiles<T>(
  format: ReadFormat<T>,
  { files, ...options }: FilesSpec,
): PTransform<PBegin, PCollection<T>> {
  return { ...read(fileSource(format, files, options), readOptions(options)), name: options.name ?? format.name };
}

/**
 * Reads the files that elements name, by path or pattern, in a format. Records keep the timestamp and windows of the
 * element that named their file.
 */
export function readAllFiles<T>(
  format: ReadFormat<T>,
  options: FileReadOptions = {},
): PTransform<PCollection<string>, PCollection<T>> {
  const reader: RestrictionReader<string, T, FilesRestriction, FilePosition> = {
    ...fileReader(format, options),
    initialRestriction: (pattern, context) => restrictionOf(pattern, format, options, context),
  };
  return { ...splittableParDo(reader, readOptions(options)), name: options.name ?? format.name };
}

const readOptions = ({ deadLetters }: FileReadOptions): ReadOptions =>
  deadLetters === undefined ? {} : { deadLetters };

/**
 * The files as a {@link Source}: what {@link readFiles} reads.
 *
 * @throws PipelineError for an empty list, unless `noMatch` is 'allow'.
 */
export function fileSource<T>(
  format: ReadFormat<T>,
  files: string | readonly string[],
  options: FileReadOptions = {},
): Source<T, FilesRestriction, FilePosition> {
  if (files.length === 0 && typeof files !== 'string' && options.noMatch !== 'allow') {
    throw new PipelineError(
      format.name,
      "files is an empty list. There is nothing to read. Name one, or pass noMatch: 'allow' where none may be there.",
    );
  }
  return {
    kind: 'source',
    ...fileReader(format, options),
    initialRestriction: (_nothing, context) => restrictionOf(files, format, options, context),
    location: typeof files === 'string' ? files : files.join(', '),
  };
}

/** All of a reader but how it finds its files. */
function fileReader<T>(
  format: ReadFormat<T>,
  options: FileReadOptions,
): Omit<RestrictionReader<unknown, T, FilesRestriction, FilePosition>, 'initialRestriction'> {
  return {
    name: format.name,
    split: (restriction, desired, context) => splitFiles(restriction, desired, format, options, context),
    createTracker: (restriction) => new FilesTracker(restriction),
    size: ({ parts }) => parts.reduce((sum, part) => sum + partSize(part), 0),
    async read(_element, tracker, output, context) {
      // The trackers that createTracker makes come back.
      const files = tracker as FilesTracker;
      for (const { pattern, message } of files.faults)
        output.reject(pattern, new ConnectorError(undefined, message), pattern);
      const claim = (position: FilePosition): boolean => files.tryClaim(position);
      for (let next = files.next(claim); next !== undefined; next = files.next(claim)) {
        if (await readPart(next.part, next.tracker, format, options, output, context)) next.tracker.checkDone();
        files.finishPart();
      }
      return undefined;
    },
  };
}

/** Reads a file, or the part of one; returns false if it is at fault and went to the dead letters. */
async function readPart<T>(
  part: FilePart,
  tracker: OffsetTracker,
  format: ReadFormat<T>,
  options: FileReadOptions,
  output: SourceOutput<T>,
  context: SourceContext,
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

async function restrictionOf<T>(
  files: string | readonly string[],
  format: ReadFormat<T>,
  options: FileReadOptions,
  context: SourceContext,
): Promise<FilesRestriction> {
  const found = new Map<string, MatchedFile>();
  const faults: PatternFault[] = [];
  for (const pattern of typeof files === 'string' ? [files] : files) {
    try {
      const matched = await matchFiles(pattern, options.noMatch ?? 'error', context.host);
      for (const file of matched) if (!found.has(file.path)) found.set(file.path, file);
    } catch (error) {
      if (options.deadLetters === undefined || !(error instanceof ConnectorError)) throw error;
      faults.push({ pattern, message: error.message });
    }
  }
  const isSplittable = (path: string): boolean =>
    format.split !== undefined && codecOf(path, options.compression) === undefined;
  const parts = [...found.values()].map((file) =>
    isSplittable(file.path) ? { ...file, range: { from: 0, to: file.size } } : file,
  );
  return faults.length === 0 ? { parts } : { parts, faults };
}
