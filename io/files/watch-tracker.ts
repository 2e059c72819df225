import type { RestrictionTracker } from '../../model/index.ts';
import type { FoundFile } from '../file-systems/index.ts';
import { type FilePart, type FilePosition, FilesTracker } from './restriction.ts';
import { type SeenFile, withFound } from './seen-files.ts';

/** What is read of a folder that is watched. Plain data: it goes into saved state. */
export interface WatchRestriction {
  /** Whether new files are looked for; a part that was split off only reads what was found. */
  readonly watches: boolean;
  readonly seen: readonly SeenFile[];
  /** What was found and is not read yet. */
  readonly parts: readonly FilePart[];
}

/** Tells which files were seen, and which part of them is being read. A split gives away the watching. */
export class WatchTracker implements RestrictionTracker<WatchRestriction, FilePosition> {
  #files: FilesTracker;
  #seen: readonly SeenFile[];
  #watches: boolean;

  constructor({ watches, seen, parts }: WatchRestriction) {
    this.#files = new FilesTracker({ parts });
    this.#seen = seen;
    this.#watches = watches;
  }

  /** The parts that were found last. */
  get files(): FilesTracker {
    return this.#files;
  }

  get seen(): readonly SeenFile[] {
    return this.#seen;
  }

  get watches(): boolean {
    return this.#watches;
  }

  /** Goes on to files that were found; false if somebody else watches now. What was found before must have been read. */
  add(found: readonly FoundFile[], parts: readonly FilePart[]): boolean {
    if (!this.#watches) return false;
    this.#files.checkDone();
    this.#seen = withFound(this.#seen, found);
    this.#files = new FilesTracker({ parts });
    return true;
  }

  currentRestriction(): WatchRestriction {
    const { parts } = this.#files.currentRestriction();
    return { watches: this.#watches, seen: this.#watches ? this.#seen : [], parts };
  }

  tryClaim(position: FilePosition): boolean {
    return this.#files.tryClaim(position);
  }

  trySplit(fraction: number): { readonly primary: WatchRestriction; readonly residual: WatchRestriction } | undefined {
    const watches = this.#watches;
    const parts = this.#files.trySplit(fraction)?.residual.parts ?? [];
    if (!watches && parts.length === 0) return undefined;
    this.#watches = false;
    return { primary: this.currentRestriction(), residual: { watches, seen: watches ? this.#seen : [], parts } };
  }

  progress(): { readonly completed: number; readonly remaining: number } {
    return this.#files.progress();
  }

  checkDone(): void {
    this.#files.checkDone();
    if (!this.#watches) return;
    throw new RangeError(
      'reading ended, and new files are still to be looked for. They would be missed. Ask to be resumed after the interval.',
    );
  }
}
