import { LF, type ResolvedDialect } from './dialect.ts';
import { firstNewline } from './line-ends.ts';

/**
 * Collects the pieces of a file until they hold whole lines.
 *
 * A window ends behind a line end, so that in most files no record and no character is ever cut. What its reader does
 * not use, the beginning of a record with a line end inside of quotes, is put in front of the next window.
 */
export class WindowBuffer {
  readonly #dialect: ResolvedDialect;
  #bytes = Buffer.alloc(0);
  #length = 0;
  /** No window is opened before there are so many bytes: a long record is not scanned again for every piece. */
  #needed = 1;
  #newline: number | undefined;
  /** The byte of the file where the next window starts. */
  position = 0;

  constructor(dialect: ResolvedDialect) {
    this.#dialect = dialect;
    this.#newline = dialect.newline;
  }

  /** LF or CR; known once a window was opened. */
  get newline(): number {
    return this.#newline ?? LF;
  }

  push(piece: Uint8Array): void {
    const length = this.#length + piece.length;
    if (length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(length, 2 * this.#length));
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    this.#bytes.set(piece, this.#length);
    this.#length = length;
  }

  /** The next lines, valid until `push`; undefined where more pieces are needed, or at the end where there are none. */
  open(isLast: boolean): Buffer | undefined {
    const bytes = this.#bytes.subarray(0, this.#length);
    if (isLast) {
      this.#newline ??= firstNewline(bytes, true, this.#dialect) ?? LF;
      return this.#length === 0 ? undefined : bytes;
    }
    if (this.#length < this.#needed) return undefined;
    this.#newline ??= firstNewline(bytes, false, this.#dialect);
    const end = this.#newline === undefined ? 0 : bytes.lastIndexOf(this.#newline) + 1;
    if (end > 0) return bytes.subarray(0, end);
    // A line beyond the limit (and a CR) is handed over as it is: the parser says what is wrong with it.
    if (this.#length > this.#dialect.maxRecordLength + 1) {
      this.#newline ??= LF;
      return bytes;
    }
    this.#needed = 2 * this.#length;
    return undefined;
  }

  /** Says how many bytes of the window are done with. */
  consume(count: number): void {
    this.#bytes.copy(this.#bytes, 0, count, this.#length);
    this.#length -= count;
    this.position += count;
    this.#needed = count > 0 ? this.#length + 1 : 2 * this.#length;
  }
}
