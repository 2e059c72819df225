import {
  CancelledError,
  CoderError,
  ConnectorError,
  learningCoder,
  type Scratch,
  type SinkBatch,
  type SinkContext,
  type SinkWriter,
} from '../../model/index.ts';
import type { Codec } from '../compression/index.ts';
import { type FileSystem, inGroups, joinPath } from '../file-systems/index.ts';
import type { FormatWriter, WriteFormat } from './format.ts';
import type { FileGroup, Grouping } from './grouping.ts';
import { type Publication, readJournal, type StagedEntry, type Staging } from '../publishing/index.ts';
import { createStaged, type StagedFile } from './output-file.ts';
import { SpilledRows } from './spilled-rows.ts';
import { pathOf, type Target } from './target.ts';

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
 * Writes elements to the staged files of their partition, window and shard. At most `maxOpenFiles` are open; elements of
 * further files are set aside on disk, and written when those before are finished. So memory is bounded, each file is
 * written in one go, and its elements keep their order.
 */
export class FileWriter<T> implements SinkWriter<T, Publication> {
  readonly #parts: FileWriterParts<T>;
  /** By path below the root. */
  readonly #open = new Map<string, OpenFile<T>>();
  readonly #finished: StagedEntry[] = [];
  #staged = 0;
  /** How many elements were dealt to shards. */
  #dealt = 0;
  #scratch: Scratch | undefined;
  /** What could not be written since the files in `#open` were opened. */
  #aside: SpilledRows | undefined;
  #level = 0;

  constructor(parts: FileWriterParts<T>) {
    this.#parts = parts;
  }

  async write(batch: SinkBatch<T>): Promise<void> {
    this.#refuseCancelled();
    const { grouping, target, context } = this.#parts;
    for (const group of grouping(batch, context)) {
      if (target.shards > 1) await this.#deal(group);
      else await this.#writeTo(pathOf(target, { ...group, shard: 0 }), group.values);
    }
  }

  /** Elements go to the shards in turn, so that files do not depend on how batches were cut. */
  async #deal(group: FileGroup<T>): Promise<void> {
    const { target } = this.#parts;
    const { shards } = target;
    const hands: T[][] = Array.from({ length: Math.min(shards, group.values.length) }, () => []);
    group.values.forEach((value, index) => hands[index % shards]?.push(value));
    const first = this.#dealt;
    this.#dealt = (this.#dealt + group.values.length) % shards;
    for (const [index, hand] of hands.entries()) {
      await this.#writeTo(pathOf(target, { ...group, shard: (first + index) % shards }), hand);
    }
  }

  async #writeTo(path: string, values: readonly T[]): Promise<void> {
    const file =
      this.#open.get(path) ?? (this.#open.size < this.#parts.maxOpenFiles ? await this.#create(path) : undefined);
    if (file === undefined) {
      this.#setAside(path, values);
      return;
    }
    const wait = file.writer.write(values);
    if (wait !== undefined) await wait;
  }

  #setAside(name: string, rows: readonly T[]): void {
    const { disk, codegen } = this.#parts.context.host;
    this.#scratch ??= disk.scratch();
    this.#aside ??= new SpilledRows(this.#scratch, learningCoder({ codegen }), this.#level);
    try {
      this.#aside.add({ name, rows });
    } catch (error) {
      if (!(error instanceof CoderError)) throw error;
      this.#setAsideOneByOne(this.#aside, name, rows);
    }
  }

  #setAsideOneByOne(aside: SpilledRows, name: string, rows: readonly T[]): void {
    for (const row of rows) {
      try {
        aside.add({ name, rows: [row] });
      } catch (error) {
        if (!(error instanceof CoderError)) throw error;
        this.#parts.context.reject(row, error);
      }
    }
  }

  async #create(path: string): Promise<OpenFile<T>> {
    const { format, fileSystem, root, staging, codec, context } = this.#parts;
    const staged = String(this.#staged++);
    const file = await unlessOvertaken(
      root,
      createStaged(fileSystem, joinPath(staging.path, staged), codec, context.wrote),
    );
    try {
      const writer = format.open(file, { path: joinPath(root, path), step: context.step, reject: context.reject });
      const opened = { entry: { staged, path }, staged: file, writer };
      this.#open.set(path, opened);
      return opened;
    } catch (error) {
      await file.abandon();
      throw error;
    }
  }

  async #finish(path: string, file: OpenFile<T>): Promise<void> {
    const wait = file.writer.close();
    if (wait !== undefined) await wait;
    this.#finished.push({ ...file.entry, ...(await file.staged.finish()) });
    this.#open.delete(path);
  }

  /** Finishes what is open, together, as each waits for the disk; then what was set aside meanwhile, bucket by bucket. */
  async #finishAll(): Promise<void> {
    await inGroups([...this.#open], ([path, file]) => this.#finish(path, file));
    const aside = this.#aside;
    if (aside === undefined) return;
    for (const bucket of aside.buckets()) {
      this.#aside = undefined;
      this.#level = aside.level + 1;
      // Only elements of this type were set aside.
      for (const { name, rows } of bucket) {
        this.#refuseCancelled();
        await this.#writeTo(name, rows as readonly T[]);
      }
      await this.#finishAll();
    }
    this.#aside = undefined;
  }

  async prepare(): Promise<Publication> {
    this.#refuseCancelled();
    const { target, root, staging, context, ifExists } = this.#parts;
    await this.#finishAll();
    await this.#finishEmpty();
    this.#scratch?.dispose();
    await unlessOvertaken(root, staging.sync());
    const files = this.#finished.toSorted((a, b) => (a.path < b.path ? -1 : 1));
    return { root, id: target.id, runId: context.runId, staging: staging.name, files, ifExists };
  }

  /** A write without partitions and windows has all its files, empty ones too: who reads them finds what was promised. */
  async #finishEmpty(): Promise<void> {
    const { grouping, target } = this.#parts;
    if (!grouping.isSingle) return;
    const written = new Set(this.#finished.map(({ path }) => path));
    for (let shard = 0; shard < target.shards; shard += 1) {
      const path = pathOf(target, { partition: '', window: undefined, shard });
      if (!written.has(path)) await this.#finish(path, await this.#create(path));
    }
  }

  async abort(): Promise<void> {
    for (const { staged } of this.#open.values()) await staged.abandon();
    this.#open.clear();
    this.#scratch?.dispose();
    const { fileSystem, root, target, context, staging } = this.#parts;
    // A publish that was begun is finished by the next start, from what is staged.
    const journal = await readJournal(fileSystem, root, target.id);
    if (journal?.runId !== context.runId) await staging.remove();
  }

  #refuseCancelled(): void {
    const { signal, step } = this.#parts.context;
    if (signal.aborted) throw new CancelledError(`${step}: writing was cancelled`);
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
