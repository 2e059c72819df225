import { whyNoText } from '../compression/index.ts';
import { damagedAt, DamagedFileError, type InputFile } from '../files/index.ts';
import { markLength } from '../text/index.ts';

// A document may be larger than memory if it is an array: its elements are found by their brackets and quotes, and each is
// parsed by itself. JSON.parse judges each of them, so what is found here only has to be cut right where the document is
// right; where it is not, one of the pieces is not JSON.

/** A value of a document: an element of its array, or all of it. */
export interface JsonPiece {
  readonly bytes: Buffer;
  /** Where it begins in the file, white space before it included. */
  readonly start: number;
}

const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const BACKSLASH = 92;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

const isBlank = (byte: number | undefined): boolean => byte === SPACE || byte === 10 || byte === 13 || byte === 9;

type Place = 'before' | 'in-array' | 'in-value' | 'behind';

/**
 * The elements of a document that is an array, or the document as it is, chunk by chunk.
 *
 * @throws DamagedFileError for a document that is empty, ends too early, is followed by more, or has a value of more than
 * `maxValueBytes`.
 */
export async function* jsonValues(
  file: InputFile,
  maxValueBytes: number,
): AsyncGenerator<readonly JsonPiece[], void, undefined> {
  const cutter = new JsonCutter(file.path, maxValueBytes);
  for await (const chunk of file.chunks()) {
    yield cutter.take(chunk);
    // Thrown after what was right before it.
    if (cutter.fault !== undefined) throw cutter.fault;
  }
  yield cutter.end();
}

class JsonCutter {
  readonly #path: string;
  readonly #maxValueBytes: number;
  /** What is wrong with the document, once that is known. */
  fault: DamagedFileError | undefined;
  #place: Place = 'before';
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  /** Where the chunk begins in the file. */
  #base = 0;
  /** What was found of the value that is being read, copied, and where that begins. */
  #kept: Buffer[] = [];
  #keptLength = 0;
  #start = 0;
  #elements = 0;

  constructor(path: string, maxValueBytes: number) {
    this.#path = path;
    this.#maxValueBytes = maxValueBytes;
  }

  take(bytes: Uint8Array): readonly JsonPiece[] {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const pieces: JsonPiece[] = [];
    try {
      this.#cut(chunk, pieces);
    } catch (error) {
      if (!(error instanceof DamagedFileError)) throw error;
      this.fault = error;
    }
    this.#base += chunk.length;
    return pieces;
  }

  #cut(chunk: Buffer, pieces: JsonPiece[]): void {
    let at = this.#place === 'before' ? this.#begin(chunk) : 0;
    while (this.#place === 'in-array') {
      const end = this.#endOfElement(chunk, at);
      if (end === -1) break;
      const piece = this.#element(chunk.subarray(at, end), chunk[end] === CLOSE_BRACKET);
      if (piece !== undefined) pieces.push(piece);
      at = end + 1;
      this.#start = this.#base + at;
    }
    if (this.#place === 'behind') this.#refuseMore(chunk, at);
    else if (this.#place !== 'before') this.#keep(chunk.subarray(at));
  }

  end(): readonly JsonPiece[] {
    if (this.#place === 'before') {
      throw this.#fault('the file has no JSON document in it. There is nothing to read. Write at least null or []');
    }
    if (this.#place === 'in-array') {
      throw this.#fault(
        'the document ends inside its array. Its last elements are missing. Copy the file again, or have it written again',
      );
    }
    return this.#place === 'in-value' ? [{ bytes: Buffer.concat(this.#kept), start: this.#start }] : [];
  }

  /** Passes over the mark and white space, and sees whether the document is an array. Returns where its content goes on. */
  #begin(chunk: Buffer): number {
    const why = this.#base === 0 ? whyNoText(chunk) : undefined;
    if (why !== undefined) throw new DamagedFileError(this.#path, why.message, why);
    let at = this.#base === 0 ? markLength(chunk) : 0;
    while (isBlank(chunk[at])) at += 1;
    if (at === chunk.length) return at;
    const isArray = chunk[at] === OPEN_BRACKET;
    this.#place = isArray ? 'in-array' : 'in-value';
    if (isArray) at += 1;
    this.#start = this.#base + at;
    return at;
  }

  /** Where the comma or bracket after the element is, or -1. Guarded by the figure of bytes a second in the test. */
  #endOfElement(chunk: Buffer, from: number): number {
    let depth = this.#depth;
    let isInString = this.#isInString;
    let isEscaped = this.#isEscaped;
    let at = from;
    for (; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (isInString) {
        if (isEscaped) isEscaped = false;
        else if (byte === BACKSLASH) isEscaped = true;
        else if (byte === QUOTE) isInString = false;
      } else if (byte === QUOTE) isInString = true;
      else if (depth === 0 && (byte === COMMA || byte === CLOSE_BRACKET)) break;
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1;
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth -= 1;
    }
    this.#depth = depth;
    this.#isInString = isInString;
    this.#isEscaped = isEscaped;
    return at === chunk.length ? -1 : at;
  }

  #element(rest: Buffer, isLast: boolean): JsonPiece | undefined {
    const bytes = this.#keptLength === 0 ? rest : Buffer.concat([...this.#kept, rest]);
    this.#refuseTooLong(bytes.length);
    this.#kept = [];
    this.#keptLength = 0;
    if (isLast) this.#place = 'behind';
    this.#elements += 1;
    if (!bytes.every(isBlank)) return { bytes, start: this.#start };
    if (isLast && this.#elements === 1) return undefined;
    throw this.#fault(
      'a value is missing between two commas, or between a comma and the bracket. What was meant is not known. Correct the document',
      this.#start,
    );
  }

  #keep(rest: Buffer): void {
    if (rest.length === 0) return;
    this.#kept.push(Buffer.from(rest));
    this.#keptLength += rest.length;
    this.#refuseTooLong(this.#keptLength);
  }

  #refuseTooLong(length: number): void {
    if (length <= this.#maxValueBytes) return;
    throw this.#fault(
      `this value has more than ${this.#maxValueBytes} bytes. A value is held in memory as a whole. Check that it is meant, or have it written in parts`,
      this.#start,
      'A program raises maxValueBytes, or reads JSON lines.',
    );
  }

  #refuseMore(chunk: Buffer, from: number): void {
    const more = chunk.subarray(from).findIndex((byte) => !isBlank(byte));
    if (more === -1) return;
    throw this.#fault(
      'something follows the end of the document. It would be left out. Correct the file',
      this.#base + from + more,
      'A program reads a file with a document per line with readJsonLines.',
    );
  }

  #fault(message: string, byte: number = this.#base, hint?: string): DamagedFileError {
    return damagedAt(this.#path, byte, `${message}.`, { hint });
  }
}
