import { OffsetTracker, type OffsetRange, type RestrictionTracker } from '../../model/index.ts';
import type { MatchedFile } from '../file-systems/index.ts';

/** A file, or the part of it that begins in `range`. Plain data: it goes to workers and into saved state. */
export interface FilePart extends MatchedFile {
  /** Bytes from the start; without it the file is read as a whole and never split. */
  readonly range?: OffsetRange;
}

/** A pattern that names no file that can be read, for who asked for dead letters. */
export interface PatternFault {
  readonly pattern: string;
  readonly message: string;
}

/** Parts of files that are read one after another. */
export interface FilesRestriction {
  readonly parts: readonly FilePart[];
  readonly faults?: readonly PatternFault[];
}

/** A byte of one of the parts of a restriction. */
export interface FilePosition {
  readonly part: number;
  readonly offset: number;
}

/** Where positions of files that are read as a whole stay below: the length of what is packed is not known. */
const END_OF_WHOLE = Number.MAX_SAFE_INTEGER;

/** How many bytes of the system a part is. */
export const partSize = ({ range, size }: FilePart): number => (range === undefined ? size : range.to - range.from);

/** Positions in a file that is read from front to back by one reader. */
class WholeFileTracker extends OffsetTracker {
  constructor() {
    super({ from: 0, to: END_OF_WHOLE });
  }

  override trySplit(): undefined {
    return undefined;
  }
}

/**
 * What a format sees of one part: claims go through the tracker of all files, so that whoever watches that one sees them.
 */
class PartTracker extends OffsetTracker {
  readonly #own: OffsetTracker;
  readonly #claim: (offset: number) => boolean;

  constructor(own: OffsetTracker, claim: (offset: number) => boolean) {
    super(own.currentRestriction());
    this.#own = own;
    this.#claim = claim;
  }

  override currentRestriction(): OffsetRange {
    return this.#own.currentRestriction();
  }

  override tryClaim(offset: number): boolean {
    return this.#claim(offset);
  }

  override trySplit(fraction: number): { readonly primary: OffsetRange; readonly residual: OffsetRange } | undefined {
    return this.#own.trySplit(fraction);
  }

  override progress(): { readonly completed: number; readonly remaining: number } {
    return this.#own.progress();
  }

  override checkDone(): void {
    this.#own.checkDone();
  }
}

/**
 * Tells which part of the files is being read. A split gives away later files first, then, where the format allows it,
 * what lies behind a byte of the current one.
 */
export class FilesTracker implements RestrictionTracker<FilesRestriction, FilePosition> {
  /** Stay with the first part of a split. */
  readonly faults: readonly PatternFault[];
  #parts: readonly FilePart[];
  #index = -1;
  #current: OffsetTracker | undefined;
  #isCurrentDone = true;

  constructor({ parts, faults = [] }: FilesRestriction) {
    this.#parts = parts;
    this.faults = faults;
  }

  currentRestriction(): FilesRestriction {
    return this.faults.length === 0 ? { parts: this.#parts } : { parts: this.#parts, faults: this.faults };
  }

  /** Goes on to the next part; undefined when there is none. Its claims are passed to `claim`, which ends in {@link tryClaim}. */
  next(
    claim: (position: FilePosition) => boolean,
  ): { readonly part: FilePart; readonly tracker: OffsetTracker } | undefined {
    const part = this.#begin();
    if (part === undefined || this.#current === undefined) return undefined;
    const index = this.#index;
    return { part, tracker: new PartTracker(this.#current, (offset) => claim({ part: index, offset })) };
  }

  #begin(): FilePart | undefined {
    const part = this.#parts[this.#index + 1];
    if (part === undefined) return undefined;
    this.#index += 1;
    this.#current = part.range === undefined ? new WholeFileTracker() : new OffsetTracker(part.range);
    this.#isCurrentDone = false;
    return part;
  }

  /** The current part needs no further reading: it was read, or can't be. */
  finishPart(): void {
    this.#isCurrentDone = true;
  }

  tryClaim({ part, offset }: FilePosition): boolean {
    if (part < this.#index) {
      throw new RangeError(
        `part ${part} was claimed after part ${this.#index}. Files are read one after another. Claim positions in order.`,
      );
    }
    while (this.#index < part) if (this.#begin() === undefined) return false;
    return this.#current?.tryClaim(offset) ?? false;
  }

  trySplit(fraction: number): { readonly primary: FilesRestriction; readonly residual: FilesRestriction } | undefined {
    const later = this.#parts.slice(this.#index + 1);
    const current = this.#remainingOfCurrent();
    let kept = fraction * later.reduce((sum, part) => sum + partSize(part), current);
    if (this.#current !== undefined && kept < current) {
      const divided = this.#splitCurrent(kept / current);
      if (divided !== undefined) return divided;
    }
    kept -= current;
    let keptParts = 0;
    for (const part of later) {
      if (partSize(part) > kept) break;
      kept -= partSize(part);
      keptParts += 1;
    }
    if (keptParts === later.length) return undefined;
    return this.#cut(this.#index + 1 + keptParts, []);
  }

  #splitCurrent(
    fraction: number,
  ): { readonly primary: FilesRestriction; readonly residual: FilesRestriction } | undefined {
    const divided = this.#isCurrentDone ? undefined : this.#current?.trySplit(fraction);
    const part = this.#parts[this.#index];
    if (divided === undefined || part === undefined) return undefined;
    this.#parts = this.#parts.with(this.#index, { ...part, range: divided.primary });
    return this.#cut(this.#index + 1, [{ ...part, range: divided.residual }]);
  }

  #cut(
    at: number,
    first: readonly FilePart[],
  ): { readonly primary: FilesRestriction; readonly residual: FilesRestriction } {
    const residual = { parts: [...first, ...this.#parts.slice(at)] };
    this.#parts = this.#parts.slice(0, at);
    return { primary: this.currentRestriction(), residual };
  }

  progress(): { readonly completed: number; readonly remaining: number } {
    const size = this.#parts.reduce((sum, part) => sum + partSize(part), 0);
    const later = this.#parts.slice(this.#index + 1).reduce((sum, part) => sum + partSize(part), 0);
    const remaining = this.#remainingOfCurrent() + later;
    return { completed: size - remaining, remaining };
  }

  #remainingOfCurrent(): number {
    const part = this.#parts[this.#index];
    if (this.#isCurrentDone || part === undefined || this.#current === undefined) return 0;
    // How far a packed file is read is not known in bytes of the system.
    return part.range === undefined ? part.size : this.#current.progress().remaining;
  }

  checkDone(): void {
    const unread = this.#parts.length - this.#index - 1;
    if (unread === 0 && this.#isCurrentDone) return;
    if (unread === 0) {
      this.#current?.checkDone();
      return;
    }
    throw new RangeError(
      `reading ended with ${unread} of ${this.#parts.length} files not begun, from ${this.#parts[this.#index + 1]?.path} on. Their records would be lost. Read until next() gives none.`,
    );
  }
}
