import {
  ConnectorError,
  type EventTimeOptions,
  type PBegin,
  type PCollection,
  PipelineError,
  type PTransform,
  read,
  type ReadOptions,
  type RestrictionReader,
  type Source,
  type SourceContext,
  splittableParDo,
} from '../../model/index.ts';
import { findFiles, type MatchedFile, type NoMatch } from '../file-systems/index.ts';
import type { ReadFormat } from './format.ts';
import type { OpenOptions } from './input-file.ts';
import { partsOf, readParts } from './read-parts.ts';
import { type FilePosition, type FilesRestriction, FilesTracker, partSize, type PatternFault } from './restriction.ts';
import type { WatchOptions } from './seen-files.ts';
import { splitFiles } from './split-files.ts';
import { watchSource } from './watch-files.ts';

/** What every reader of files can be asked for. */
export interface FileReadOptions extends OpenOptions, Pick<ReadOptions, 'name' | 'deadLetters'> {
  /** What to do where a pattern matches no file. Default 'error'; a folder that is watched may be empty. */
  readonly noMatch?: NoMatch;
}

/** {@link FileReadOptions}, and which files. */
export interface FilesSpec extends FileReadOptions {
  /**
   * A path or a pattern, or several: `*`, `?`, `[a-z]`, `{a,b}`, and `**` for directories at any depth; none of them
   * stands for a name that begins with `.` or `_`. Plain paths, `file:` URLs, and schemes that were registered.
   */
  readonly files: string | readonly string[];
  /**
   * Looks for new files again and again, and reads each once: the collection is then unbounded. A job with a state directory
   * remembers which files it has seen, by path, size and time of change.
   */
  readonly watch?: WatchOptions;
}

/**
 * Reads the records of files in a format. Elements have the lowest timestamp, or that of `timestamp`, and are in the global
 * window; their order is that of the files' paths, and within a file their own, as long as the runner reads in one place.
 * Files of a folder that is watched come in the order of their changes.
 *
 * Dead letters are records that can't be elements, damaged files by their path, and patterns that name no file that can be
 * read. Connectors of a format are made of it; users take `readText`, `readCsv` and their like.
 */
export function readFiles<T>(
  format: ReadFormat<T>,
  { files, watch, ...options }: FilesSpec & EventTimeOptions<T>,
): PTransform<PBegin, PCollection<T>> {
  const name = options.name ?? format.name;
  if (watch === undefined) return { ...read(fileSource(format, files, options), readOptions(options)), name };
  return {
    ...read(watchSource(format, files, watch, options), { ...readOptions(options), isBounded: false }),
    name,
  };
}

/**
 * Reads the files that elements name, by path or pattern, in a format. Records keep the windows of the element that named
 * their file, and its timestamp where `timestamp` gives no other.
 */
export function readAllFiles<T>(
  format: ReadFormat<T>,
  options: FileReadOptions & EventTimeOptions<T> = {},
): PTransform<PCollection<string>, PCollection<T>> {
  const reader: RestrictionReader<string, T, FilesRestriction, FilePosition> = {
    ...fileReader(format, options),
    initialRestriction: (pattern, context) => restrictionOf(pattern, format, options, context),
  };
  return { ...splittableParDo(reader, readOptions(options)), name: options.name ?? format.name };
}

/** What the model's own read is asked for. */
const readOptions = <T>(options: FileReadOptions & EventTimeOptions<T>): ReadOptions<T> => {
  const { deadLetters, timestamp, maxOutOfOrder, maxAhead } = options;
  return {
    ...(deadLetters !== undefined && { deadLetters }),
    ...(timestamp !== undefined && { timestamp }),
    ...(maxOutOfOrder !== undefined && { maxOutOfOrder }),
    ...(maxAhead !== undefined && { maxAhead }),
  };
};

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
    filter: format.filter,
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
      await readParts(files, (position) => files.tryClaim(position), { format, options, output, context });
      return undefined;
    },
  };
}

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
      const matched = await findFiles(pattern, options.noMatch ?? 'error', context.host);
      for (const file of matched) if (!found.has(file.path)) found.set(file.path, file);
    } catch (error) {
      if (options.deadLetters === undefined || !(error instanceof ConnectorError)) throw error;
      faults.push({ pattern, message: error.message });
    }
  }
  const parts = partsOf(found.values(), format, options);
  return faults.length === 0 ? { parts } : { parts, faults };
}
