import {
  type DeadLetter,
  flatten,
  GLOBAL_WINDOW,
  hashKey,
  type PCollection,
  type PDone,
  PipelineError,
  type Sink,
  structuralCoder,
  toBytes,
  write,
} from '../../model/index.ts';
import { codecOf } from '../compression/index.ts';
import type { WriteFormat } from './format.ts';
import { isByWindow, partitioner, writtenOf } from './grouping.ts';
import {
  reportGone,
  epochsOf,
  jobOf,
  type PanePublication,
  panesDirectory,
  stagingName,
  publishPanes,
  recoverPanes,
  refuseOthers,
  openStaging,
} from '../publishing/index.ts';
import { fileKey, type PaneGroup, PaneWriter } from './pane-writer.ts';
import { locateTarget, parseTarget } from './target.ts';
import type { FileWriteOptions } from './write-files.ts';

/** Writes a file of each pane of a collection: its elements are grouped by partition and shard, and a firing is a file. */
export function writePanes<T>(
  input: PCollection<T>,
  format: WriteFormat<T>,
  { deadLetters, ...options }: FileWriteOptions<T>,
): PDone {
  refuseEndless(input, format.name);
  const failed: PCollection<DeadLetter<T>>[] = [];
  const collected = deadLetters && { deadLetters: (letters: PCollection<DeadLetter<T>>) => void failed.push(letters) };
  const done = keyByFile(input, options, collected)
    .groupByKey({ name: 'GroupByFile' })
    .apply(
      write(paneSink(format, options), {
        name: 'Write',
        // What the sink hands back are elements of a group, not the group.
        ...(collected && {
          deadLetters: (letters) => collected.deadLetters(letters as unknown as PCollection<DeadLetter<T>>),
        }),
      }),
    );
  if (deadLetters !== undefined) deadLetters(flatten(failed, { name: 'Failed' }));
  return done;
}

function refuseEndless({ isBounded, windowing }: PCollection<unknown>, step: string): void {
  const { windowFn, trigger } = windowing;
  if (isBounded || windowFn.spec.kind !== 'global' || trigger.kind !== 'default') return;
  throw new PipelineError(
    step,
    'the collection never ends, and all of it is in the global window. No file would ever be complete. Call windowInto with fixedWindows, or with a trigger, before it is written.',
  );
}

function keyByFile<T>(
  input: PCollection<T>,
  { partitionBy, shards = 1 }: Omit<FileWriteOptions<T>, 'deadLetters'>,
  options: Pick<FileWriteOptions<T>, 'deadLetters'> | undefined,
): PCollection<{ readonly key: string; readonly value: T }> {
  const partitionOf = partitioner(partitionBy);
  const keyed = (value: T, window = GLOBAL_WINDOW as Parameters<typeof partitionOf>[1]) => ({
    key: fileKey(shards > 1 ? shardOf(value, shards) : 0, partitionOf(value, window)),
    value,
  });
  const named = { name: 'KeyByFile', ...options };
  // A function that asks for the window is called once for each.
  return isByWindow(partitionBy)
    ? input.map((value, { window }) => keyed(value, window), named)
    : input.map((value) => keyed(value), named);
}

/** By content, so that it does not matter when an element comes, and how often it is tried. */
const shardOf = (element: unknown, shards: number): number =>
  hashKey(Buffer.from(toBytes(structuralCoder, element)).toString('latin1')) % shards;

/** The sink of {@link writePanes}. */
export function paneSink<T>(
  format: WriteFormat<T>,
  options: Omit<FileWriteOptions<T>, 'name' | 'deadLetters'>,
): Sink<PaneGroup<T>, PanePublication> {
  const { files, shards = 1, partitionBy, ifExists = 'overwrite' } = options;
  const codec = codecOf(files, options.compression);
  const isPartitioned = partitionBy !== undefined;
  const { extension } = format;
  const target = parseTarget(format.name, { files, shards, isPartitioned, isPerPane: true, codec, extension });
  const written = writtenOf(partitionBy);
  const staged = new Set<string>();
  return {
    kind: 'sink',
    name: format.name,
    guarantee: 'atomic-publish',
    location: files,
    async open(context) {
      const { fileSystem, root } = locateTarget(target, context.host);
      const job = jobOf(context);
      if (ifExists === 'fail') await refuseOthers(fileSystem, root, target.id, job);
      const staging = await openStaging(fileSystem, root, target.id, stagingName(target.id, job));
      staged.add(staging.name);
      const publication = { root, id: target.id, job, staging: staging.name, ifExists };
      return new PaneWriter<T>({ format, target, codec, written, fileSystem, context, staging, publication });
    },
    async commit(publication, { host }) {
      const { fileSystem } = locateTarget(target, host);
      const own = staged.has(publication.staging) ? publication.staging : undefined;
      await publishPanes({ fileSystem, warn: host.warn, own }, publication);
      staged.delete(publication.staging);
    },
    async recover(context) {
      const { host } = context;
      const { fileSystem, root } = locateTarget(target, host);
      const job = jobOf(context);
      await recoverPanes({ fileSystem, warn: host.warn }, root, target.id, job);
      await reportGone({ fileSystem, warn: host.warn }, root, target.id, job.id);
      if (ifExists === 'fail') await refuseOthers(fileSystem, root, target.id, job);
    },
    async delivered(jobId, { host }) {
      const { fileSystem, root } = locateTarget(target, host);
      return (await epochsOf(fileSystem, root, panesDirectory(target.id, jobId))).at(-1);
    },
  };
}
