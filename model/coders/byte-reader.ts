import { CoderError } from '../errors.ts';
import { asNodeBuffer, isNodeBuffer, type NodeBuffer } from './node-buffer.ts';
import { shortText } from './short-text.ts';

/** Up to this many characters building a string by hand beats a native call. */
const SHORT = 16;

/**
 * Reads what a `ByteWriter` wrote, front to back; `position` is the next byte.
 *
 * @throws CoderError from every method when the bytes end before the value does.
 */
export class ByteReader {
  bytes: Uint8Array;
  position: number;
  end: number;
  private view: DataView;

  constructor(bytes: Uint8Array, start = 0, end: number = bytes.length) {
    this.bytes = asNodeBuffer(bytes);
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.position = start;
    this.end = end;
  }

  /** Goes on with other bytes. */
  reset(bytes: Uint8Array, start = 0, end: number = bytes.length): void {
    this.bytes = asNodeBuffer(bytes);
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.position = start;
    this.end = end;
  }

  /** Whether nothing is left to read. */
  isAtEnd(): boolean {
    return this.position >= this.end;
  }

  private claim(count: number): void {
    if (count > this.end - this.position) this.fail(count);
  }

  private fail(count: number): never {
    throw new CoderError(
      undefined,
      `the bytes end after ${this.end}, but the value at byte ${this.position} needs ${count} of them. They were cut short, damaged, or written by another coder. Read them with the coder that wrote them.`,
    );
  }

  readByte(): number {
    if (this.position >= this.end) this.fail(1);
    return this.bytes[this.position++] as number; // within the end
  }

  /** The next byte, left where it is. */
  peekByte(): number {
    if (this.position >= this.end) this.fail(1);
    return this.bytes[this.position] as number; // within the end
  }

  readVarint(): number {
    const first = this.readByte();
    return first < 128 ? first : this.readLongVarint(first);
  }

  private readLongVarint(first: number): number {
    let value = first & 127;
    for (let shift = 7; shift < 28; shift += 7) {
      const byte = this.readByte();
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
    for (let scale = 2 ** 28; scale < 2 ** 56; scale *= 128) {
      const byte = this.readByte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    throw new CoderError(
      undefined,
      `the integer before byte ${this.position} has more than eight bytes. The bytes are damaged or were written by another coder. Read them with the coder that wrote them.`,
    );
  }

  readInt(): number {
    const first = this.readByte();
    const low = (first & 127) >>> 1;
    const magnitude = first < 128 ? low : low + this.readVarint() * 64;
    return (first & 1) === 1 ? -magnitude - 1 : magnitude;
  }

  readNumber(): number {
    const header = this.readVarint();
    if ((header & 1) === 1) return this.readFloat64();
    const zigZag = header / 2;
    return (zigZag >>> 1) ^ -(zigZag & 1);
  }

  readFloat64(): number {
    this.claim(8);
    const value = this.view.getFloat64(this.position, true);
    this.position += 8;
    return value;
  }

  readBigint(): bigint {
    const header = this.readVarint();
    if (header === 0) {
      this.claim(8);
      const value = this.view.getBigInt64(this.position, true);
      this.position += 8;
      return value;
    }
    const length = Math.floor(header / 2);
    this.claim(length);
    let hex = '0x0';
    for (let i = 0; i < length; i++) hex += this.readByte().toString(16).padStart(2, '0');
    return header % 2 === 1 ? -BigInt(hex) : BigInt(hex);
  }

  readString(): string {
    const header = this.readVarint();
    if (header > SHORT * 2 || (header & 1) === 1) return this.readLongString(header);
    const length = header >>> 1;
    this.claim(length);
    const start = this.position;
    this.position = start + length;
    return shortText(this.bytes, start, length);
  }

  private readLongString(header: number): string {
    const isWide = header % 2 === 1;
    const size = isWide ? header - 1 : header / 2;
    this.claim(size);
    const start = this.position;
    this.position = start + size;
    const bytes: Uint8Array | NodeBuffer = this.bytes;
    if (isNodeBuffer(bytes)) return bytes.toString(isWide ? 'utf16le' : 'latin1', start, start + size);
    let text = '';
    for (let at = start; at < this.position; at += isWide ? 2 : 1) {
      text += String.fromCharCode(isWide ? this.view.getUint16(at, true) : this.view.getUint8(at));
    }
    return text;
  }

  /** The bytes that `writeBytes` wrote, as a copy. */
  readBytes(): Uint8Array<ArrayBuffer> {
    return this.readRaw(this.readVarint());
  }

  /** The next `length` bytes, as a copy. */
  readRaw(length: number): Uint8Array<ArrayBuffer> {
    this.claim(length);
    const start = this.position;
    this.position = start + length;
    return new Uint8Array(this.bytes.subarray(start, this.position));
  }
}
