import { CancelledError, type KV, type SinkBatch, type SinkContext, type SinkWriter } from '../../model/index.ts';
import type { Codec } from '../compression/index.ts';
import { type FileSystem, joinPath } from '../file-systems/index.ts';
import type { WriteFormat } from './format.ts';
import { windowsAt } from './grouping.ts';
import { type StagedEntry, type PanePublication, isBegun, type Staging } from '../publishing/index.ts';
import { createStaged, type StagedFile } from './output-file.ts';
import { pathOf, type Target } from './target.ts';

/** Elements of one pane that go to one file; the key is {@link fileKey}. */
export type PaneGroup<T> = KV<string, Iterable<T>>;

/** Which of the files of a pane: shard and partition as text, so that groups are told apart by a primitive key. */
export const fileKey = (shard: number, partition: string): string => `${shard}:${partition}`;

function readFileKey(key: string): { readonly shard: number; readonly partition: string } {
  const colon = key.indexOf(':');
  return { shard: Number(key.slice(0, colon)), partition: key.slice(colon + 1) };
}

/** What a writer of panes works with. */
export interface PaneWriterParts<T> {
  readonly format: WriteFormat<T>;
  readonly target: Target;
  readonly codec: Codec | undefined;
  /** What of an element is written. */
  readonly written: (element: T) => T;
  readonly fileSystem: FileSystem;
  readonly context: SinkContext;
  readonly staging: Staging;
  /** What is published in the end, but for its files. */
  readonly publication: Omit<PanePublication, 'files'>;
}

/** How many elements are passed to a format at a time. */
const BATCH = 1_000;

/** Writes each group it is given as one staged file; one is open at a time. */
export class PaneWriter<T> implements SinkWriter<PaneGroup<T>, PanePublication> {
  readonly #parts: PaneWriterParts<T>;
  readonly #finished: StagedEntry[] = [];
  #open: StagedFile | undefined;

  constructor(parts: PaneWriterParts<T>) {
    this.#parts = parts;
  }

  async write(batch: SinkBatch<PaneGroup<T>>): Promise<void> {
    const { panes } = batch;
    for (const [index, group] of batch.values.entries()) {
      this.#refuseCancelled();
      const pane = Array.isArray(panes) ? panes[index] : panes;
      const [window] = windowsAt(batch, index);
      await this.#writeGroup(
        pathOf(this.#parts.target, { ...readFileKey(group.key), window, pane: pane.index }),
        group,
      );
    }
  }

  /** A pane in which nothing came gets no file. */
  async #writeGroup(path: string, { value: elements }: PaneGroup<T>): Promise<void> {
    const { format, codec, written, fileSystem, context, staging, publication } = this.#parts;
    let writer: ReturnType<WriteFormat<T>['open']> | undefined;
    for (const batch of batchesOf(elements)) {
      if (writer === undefined) {
        const staged = joinPath(staging.path, String(this.#finished.length));
        this.#open = await createStaged(fileSystem, staged, codec, context.wrote);
        const { step, reject } = context;
        writer = format.open(this.#open, { path: joinPath(publication.root, path), step, reject });
      }
      const wait = writer.write(batch.map(written));
      if (wait !== undefined) await wait;
    }
    const file = this.#open;
    if (writer === undefined || file === undefined) return;
    const wait = writer.close();
    if (wait !== undefined) await wait;
    this.#finished.push({ staged: String(this.#finished.length), path, ...(await file.finish()) });
    this.#open = undefined;
  }

  async prepare(): Promise<PanePublication> {
    this.#refuseCancelled();
    const { staging, publication } = this.#parts;
    await staging.sync();
    return { ...publication, files: this.#finished };
  }

  async abort(): Promise<void> {
    await this.#open?.abandon();
    this.#open = undefined;
    const { fileSystem, staging, publication } = this.#parts;
    // A publish that was begun is finished by the next start, from what is staged.
    if (!(await isBegun(fileSystem, publication))) await staging.remove();
  }

  #refuseCancelled(): void {
    const { signal, step } = this.#parts.context;
    if (signal.aborted) throw new CancelledError(`${step}: writing was cancelled`);
  }
}

function* batchesOf<T>(elements: Iterable<T>): Generator<readonly T[], void, undefined> {
  let batch: T[] = [];
  for (const element of elements) {
    batch.push(element);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
