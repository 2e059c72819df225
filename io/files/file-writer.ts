import {
  CancelledError,
  ConnectorError,
  type SinkBatch,
  type SinkContext,
  type SinkWriter,
} from '../../model/index.ts';
import type { Codec } from './compression.ts';
import { onDisk } from './disk-error.ts';
import { type FileSystem, joinPath } from './file-system.ts';
import type { FormatWriter, WriteFormat } from './format.ts';
import type { FileGroup, Grouping } from './grouping.ts';
import { inGroups } from './in-groups.ts';
import type { Publication, StagedEntry } from './manifest.ts';
import { createStaged, type StagedFile } from './output-file.ts';
import type { Staging } from './staging.ts';
import { type FileKey, pathOf, type Target } from './target.ts';

/** What a writer of files works with. */
export interface FileWriterParts<T> {
  readonly format: WriteFormat<T>;
  readonly target: Target;
  readonly fileSystem: FileSystem;
  /** The target's root as the file system calls it. */
  readonly root: string;
  readonly staging: Staging;
  readonly codec: Codec | undefined;
  readonly grouping: Grouping<T>;
  readonly maxOpenFiles: number;
  readonly ifExists: 'overwrite' | 'fail';
  readonly context: SinkContext;
}

interface OpenFile<T> {
  readonly entry: Pick<StagedEntry, 'staged' | 'path'>;
  readonly staged: StagedFile;
  readonly writer: FormatWriter<T>;
}

/**
 * Writes elements to the staged files of their partition, window and shard. At most `maxOpenFiles` are open: the one that
 * was not written to for longest is finished, and goes on in another file where more comes for it.
 */
export class FileWriter<T> implements SinkWriter<T, Publication> {
  readonly #parts: FileWriterParts<T>;
  /** In the order of last use, the oldest first. */
  readonly #open = new Map<string, OpenFile<T>>();
  readonly #generations = new Map<string, number>();
  readonly #finished: StagedEntry[] = [];
  #staged = 0;
  /** How many elements went to each partition and window, to give shards equal parts. */
  #dealt = 0;

  constructor(parts: FileWriterParts<T>) {
    this.#parts = parts;
  }

  async write(batch: SinkBatch<T>): Promise<void> {
    this.#refuseCancelled();
    const { grouping, target } = this.#parts;
    for (const group of grouping(batch, this.#parts.context)) {
      if (target.shards === 1) await this.#writeTo({ ...group, shard: 0 }, group.values);
      else await this.#deal(group);
    }
  }

  /** Elements go to the shards in turn, so that files do not depend on how batches were cut. */
  async #deal(group: FileGroup<T>): Promise<void> {
    const { shards } = this.#parts.target;
    const { values } = group;
    const hands: T[][] = Array.from({ length: Math.min(shards, values.length) }, () => []);
    values.forEach((value, index) => hands[index % shards]?.push(value));
    const first = this.#dealt;
    this.#dealt = (this.#dealt + values.length) % shards;
    for (const [index, hand] of hands.entries())
      await this.#writeTo({ ...group, shard: (first + index) % shards }, hand);
  }

  async #writeTo(key: Omit<FileKey, 'generation'>, values: readonly T[]): Promise<void> {
    const { writer } = await this.#fileOf(key);
    const wait = writer.write(values);
    if (wait !== undefined) await wait;
  }

  async #fileOf(key: Omit<FileKey, 'generation'>): Promise<OpenFile<T>> {
    const { target, codec, maxOpenFiles } = this.#parts;
    const name = pathOf(target, { ...key, generation: 0 }, codec);
    const found = this.#open.get(name);
    if (found !== undefined) {
      if (this.#open.size === 1) return found;
      this.#open.delete(name);
      this.#open.set(name, found);
      return found;
    }
    for (const [oldest, file] of this.#open) {
      if (this.#open.size < maxOpenFiles) break;
      await this.#finish(oldest, file);
    }
    const generation = this.#generations.get(name) ?? 0;
    this.#generations.set(name, generation + 1);
    const opened = await this.#create(generation === 0 ? name : pathOf(target, { ...key, generation }, codec));
    this.#open.set(name, opened);
    return opened;
  }

  async #create(path: string): Promise<OpenFile<T>> {
    const { format, fileSystem, root, staging, codec, context } = this.#parts;
    const staged = String(this.#staged++);
    const file = await unlessOvertaken(root, createStaged(fileSystem, joinPath(staging.path, staged), codec));
    try {
      const writer = format.open(file, { path: joinPath(root, path), step: context.step, reject: context.reject });
      return { entry: { staged, path }, staged: file, writer };
    } catch (error) {
      await file.abandon();
      throw error;
    }
  }

  async #finish(name: string, file: OpenFile<T>): Promise<void> {
    const wait = file.writer.close();
    if (wait !== undefined) await wait;
    this.#finished.push({ ...file.entry, ...(await file.staged.finish()) });
    this.#open.delete(name);
  }

  async prepare(): Promise<Publication> {
    this.#refuseCancelled();
    const { target, codec, grouping, fileSystem, root, staging, context, ifExists } = this.#parts;
    // A write without partitions and windows has all its files, empty ones too: who reads them finds what was promised.
    if (grouping.isSingle) {
      for (let shard = 0; shard < target.shards; shard += 1) {
        const key = { partition: '', window: undefined, shard };
        if (!this.#generations.has(pathOf(target, { ...key, generation: 0 }, codec))) await this.#fileOf(key);
      }
    }
    // Together: each waits for the disk to have its bytes.
    await inGroups([...this.#open], ([name, file]) => this.#finish(name, file));
    await unlessOvertaken(root, onDisk(staging.path, 'write', fileSystem.syncDirectory(staging.path)));
    await onDisk(root, 'write', fileSystem.syncDirectory(root));
    const files = this.#finished.toSorted((a, b) => (a.path < b.path ? -1 : 1));
    return { root, id: target.id, runId: context.runId, staging: staging.name, files, ifExists };
  }

  async abort(): Promise<void> {
    for (const { staged } of this.#open.values()) await staged.abandon();
    this.#open.clear();
    await this.#parts.staging.remove();
  }

  #refuseCancelled(): void {
    if (this.#parts.context.signal.aborted)
      throw new CancelledError(`${this.#parts.context.step}: writing was cancelled`);
  }
}

/** The last write to start removes what others staged for the same files; theirs then find their directory gone. */
async function unlessOvertaken<T>(root: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof ConnectorError) || (error.cause as NodeJS.ErrnoException | undefined)?.code !== 'ENOENT')
      throw error;
    throw new ConnectorError(
      root,
      'what was staged here is gone: another write to the same files began after this one. Only one can be published, and the output is as it was. Give each step its own files, and run one pipeline at a time.',
      { cause: error },
    );
  }
}
