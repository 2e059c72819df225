import {
  ConnectorError,
  type PCollection,
  type PDone,
  PipelineError,
  type PTransform,
  type Sink,
  type SinkContext,
  write,
  type WriteOptions,
} from '../../model/index.ts';
import { codecOf, type Compression } from '../compression/index.ts';
import { joinPath, onDisk } from '../file-systems/index.ts';
import { FileWriter } from './file-writer.ts';
import {
  reportForeignFiles,
  type Publication,
  refuseOthers,
  sweepStaged,
  existsAlready,
  publish,
  recoverPublish,
  makeStaging,
} from '../publishing/index.ts';
import type { WriteFormat } from './format.ts';
import { makeGrouping, type PartitionBy } from './grouping.ts';
import { isWindowed, locateTarget, parseTarget, type Target } from './target.ts';
import { paneSink, writePanes } from './write-panes.ts';

/** What every writer of files can be asked for. */
export interface FileWriteOptions<T> extends Pick<WriteOptions<T>, 'name' | 'deadLetters'> {
  /**
   * The path of the file, or a directory with `/` at its end, whose files are then called `part`. May have placeholders:
   * `{shard}`, `{shards}` and `{pane}` as five digits, `{window}`, and `{partition}` for the directories of `partitionBy`.
   * Those that are needed and not there are put before the extension and before the name.
   */
  readonly files: string;
  /** How many files, each with an equal part of the elements. Default 1. */
  readonly shards?: number;
  /**
   * Directories `field=value/` for the values of fields, which are left out of what is written, or for the record that a
   * function of element and window gives, where elements are written whole; `timePartitions` gives such a function.
   */
  readonly partitionBy?: PartitionBy<T>;
  /** Default: told by `files`, `.gz`, `.zst`, `.br`; where the name has no such end, it gets one. */
  readonly compression?: Compression;
  /**
   * Writes a file of each pane that a window gives, as soon as it fires, in place of all files at the end: its elements are
   * grouped by window, partition and shard, and its name carries window, pane and shard, so `{window}`, `{pane}` and
   * `{shard}` are put before the extension where they are not there. A pane in which nothing came gets no file. Default:
   * where the collection is unbounded, which can't be written otherwise.
   */
  readonly perPane?: boolean;
  /** What to do with files of these names. Default 'overwrite'. */
  readonly ifExists?: 'overwrite' | 'fail';
  /**
   * How many files are written to at the same time; each takes a buffer, so this bounds memory. Elements of more files than
   * these wait in temporary files. Default 200.
   */
  readonly maxOpenFiles?: number;
}

/**
 * Writes a collection to files in a format. Nothing is visible before the run has succeeded; then files are put in their
 * places one by one, and a manifest with their checksums is written last, into the hidden directory `.viga`. Files that the run
 * before wrote and this one did not are removed; files of others are left alone. A run that fails changes nothing.
 *
 * A file of a pane (`perPane`, and all that is unbounded) is published when the epoch that made it is durable, or with all
 * others where a run is bounded. The first to be published takes the place of what other jobs have written there; files of
 * later epochs are added. Written again after a crash a file has the same name.
 *
 * Connectors of a format are made of it; users take `writeText`, `writeCsv` and their like.
 *
 * @throws PipelineError if `files` names nothing or has braces that are no placeholder, or a number is out of range.
 */
export function writeFiles<T>(
  format: WriteFormat<T>,
  { name = format.name, perPane, ...options }: FileWriteOptions<T>,
): PTransform<PCollection<T>, PDone> {
  const { deadLetters, ...where } = options;
  // Wrong options are told where they are given; which sink it will be is known when there is a collection.
  if (perPane === true || where.files.includes('{pane}')) paneSink(format, where);
  else fileSink(format, where);
  return {
    name,
    expand: (input) =>
      (perPane ?? !input.isBounded)
        ? writePanes(input, format, options)
        : write(fileSink(format, where), deadLetters === undefined ? {} : { deadLetters }).expand(input),
  };
}

/** The files as a {@link Sink}: what {@link writeFiles} writes to. */
export function fileSink<T>(
  format: WriteFormat<T>,
  options: Omit<FileWriteOptions<T>, 'name' | 'deadLetters' | 'perPane'>,
): Sink<T, Publication> {
  const { files, shards = 1, partitionBy, maxOpenFiles = 200, ifExists = 'overwrite' } = options;
  if (!Number.isSafeInteger(maxOpenFiles) || maxOpenFiles < 1) {
    throw new PipelineError(
      format.name,
      `maxOpenFiles is ${maxOpenFiles} but must be a whole number of 1 or more. Elements are written to open files. Leave it out for 200.`,
    );
  }
  const codec = codecOf(files, options.compression);
  const isPartitioned = partitionBy !== undefined;
  const target = parseTarget(format.name, { files, shards, isPartitioned, codec, extension: format.extension });
  const grouping = makeGrouping(partitionBy, isWindowed(target));
  const staged = new Set<string>();
  return {
    kind: 'sink',
    name: format.name,
    guarantee: 'atomic-publish',
    location: files,
    async open(context) {
      const { fileSystem, root } = locateTarget(target, context.host);
      // Before what earlier runs staged is removed: a publish that was cut still needs it.
      await recoverPublish({ fileSystem, warn: context.host.warn }, root, target.id);
      await refuseTaken(target, ifExists, context);
      const staging = await makeStaging(fileSystem, root, target.id, context.runId);
      staged.add(staging.name);
      const parts = { format, target, fileSystem, root, staging, codec, grouping, maxOpenFiles, ifExists, context };
      return new FileWriter<T>(parts);
    },
    async commit(publication, { host }) {
      const { fileSystem } = locateTarget(target, host);
      const own = staged.has(publication.staging) ? publication.staging : undefined;
      await publish({ fileSystem, warn: host.warn, own }, publication);
      staged.delete(publication.staging);
      await reportForeignFiles(fileSystem, publication.root, target.pattern, host);
    },
    async recover({ host, job }) {
      const { fileSystem, root } = locateTarget(target, host);
      await recoverPublish({ fileSystem, warn: host.warn }, root, target.id);
      if (job !== undefined) await sweepStaged(fileSystem, root, target.id, job);
    },
  };
}

/** Says before the work what can be known of the place. */
async function refuseTaken(target: Target, ifExists: 'overwrite' | 'fail', { host }: SinkContext): Promise<void> {
  const { fileSystem, root } = locateTarget(target, host);
  const path = joinPath(root, target.template);
  const stat = target.template.includes('{') ? undefined : await onDisk(path, 'write', fileSystem.stat(path));
  if (stat?.kind === 'directory') {
    throw new ConnectorError(
      path,
      `this is a directory, and a file is to be written here. It can't be replaced. Write ${path}/ to put files into it, or name another file.`,
    );
  }
  if (ifExists === 'overwrite') return;
  if (stat !== undefined) throw existsAlready(path);
  await refuseOthers(fileSystem, root, target.id);
}
