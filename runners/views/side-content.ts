import { type BoundedWindow, CoderError, type PCollectionView } from '../../model/index.ts';
import type { BlockFile, Spill } from '../shuffle/index.ts';
import { DiskValues } from './disk-values.ts';
import { diskViewOf } from './disk-views.ts';
import { viewOf } from './memory-views.ts';

/** What contents take from their collection. */
export interface SideContentSpec {
  /** Whose output they are. */
  readonly step: string;
  readonly spill: Spill;
  readonly codegen: boolean;
}

/** The elements of a side input in one window: in memory, or on disk. */
export class SideContent {
  readonly window: BoundedWindow;
  /** About how much memory it takes, as its owner has it. */
  bytes = 0;
  /** Why it can't go to disk, once that was tried. */
  staysSince: string | undefined;
  readonly #spec: SideContentSpec;
  #held: unknown[] = [];
  #disk: DiskValues | undefined;
  readonly #files: BlockFile[] = [];
  /** What functions got of it, by view: several may see one collection in different ways. */
  readonly #made = new Map<PCollectionView<unknown>, unknown>();

  constructor(window: BoundedWindow, spec: SideContentSpec) {
    this.window = window;
    this.#spec = spec;
  }

  get length(): number {
    return this.#disk?.length ?? this.#held.length;
  }

  get isOnDisk(): boolean {
    return this.#disk !== undefined;
  }

  add(value: unknown): void {
    if (this.#made.size > 0) this.#made.clear();
    if (this.#disk === undefined) {
      this.#held.push(value);
      return;
    }
    try {
      this.#disk.add(value);
    } catch (error) {
      this.#stay(error);
      this.#held = [...this.#disk, value];
      this.#disk = undefined;
      this.remove();
    }
  }

  /** The elements from a place on. */
  from(index: number): Iterable<unknown> {
    return this.#disk?.from(index) ?? this.#held.slice(index);
  }

  has(view: PCollectionView<unknown>): boolean {
    return this.#made.has(view);
  }

  /** What a function sees of it through a view. Whoever has one may keep it: nothing changes it. */
  view(what: string, view: PCollectionView<unknown>): unknown {
    if (!this.#made.has(view)) this.#made.set(view, this.#make(what, view));
    return this.#made.get(view);
  }

  /** Goes to disk, unless some element has no bytes. A single one is read as a whole, so it would be of no use there. */
  leave(): void {
    if (this.#disk !== undefined || this.staysSince !== undefined) return;
    if (this.#held.length === 1) {
      this.staysSince = 'it is a single element';
      return;
    }
    const { step, codegen } = this.#spec;
    const values = new DiskValues({ step, file: this.#newFile(), codegen });
    try {
      for (const value of this.#held) values.add(value);
    } catch (error) {
      this.#stay(error);
      return this.remove();
    }
    this.#disk = values;
    this.#held = [];
    this.#made.clear();
  }

  /** Removes what it has on disk. */
  remove(): void {
    for (const file of this.#files.splice(0)) file.remove();
  }

  #make(what: string, view: PCollectionView<unknown>): unknown {
    if (this.#disk === undefined) return viewOf(what, view, this.#held);
    const { codegen } = this.#spec;
    return diskViewOf(what, view, this.#disk, { file: () => this.#newFile(), codegen });
  }

  #newFile(): BlockFile {
    const file = this.#spec.spill.file();
    this.#files.push(file);
    return file;
  }

  #stay(error: unknown): void {
    if (!(error instanceof CoderError)) throw error;
    this.staysSince = `some of its elements have no bytes (${error.message.replace(/\.$/, '')})`;
  }
}
