import { asNodeBuffer, isNodeBuffer, type NodeBuffer } from './node-buffer.ts';

/** Up to this many characters a loop beats a native call. */
const SHORT = 16;
const WIDE = /[\u0100-\uffff]/;
const INT64_BYTES = 8;

/**
 * Bytes that grow: what coders write to.
 *
 * `bytes` up to `position` is what has been written; `bytes` is replaced when it has to grow, so read it each time. Every
 * method writes a form that `ByteReader`'s method of the same name reads back exactly, and the same value always has the
 * same bytes.
 */
export class ByteWriter {
  bytes: Uint8Array;
  position = 0;
  private view: DataView;

  constructor(capacity = 1024) {
    this.bytes = asNodeBuffer(new Uint8Array(Math.max(capacity, 64)));
    this.view = new DataView(this.bytes.buffer);
  }

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    if (this.position + count > this.bytes.length) this.grow(count);
  }

  private grow(count: number): void {
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.position + count));
    larger.set(this.bytes.subarray(0, this.position));
    this.bytes = asNodeBuffer(larger);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Writes the lowest eight bits. */
  writeByte(value: number): void {
    if (this.position === this.bytes.length) this.grow(1);
    this.bytes[this.position++] = value;
  }

  /** Writes an integer from 0 to 2^53-1, seven bits a byte, lowest first (LEB128). */
  writeVarint(value: number): void {
    this.reserve(INT64_BYTES);
    let rest = value;
    while (rest > 0x7fffffff) {
      this.bytes[this.position++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    while (rest > 127) {
      this.bytes[this.position++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.bytes[this.position++] = rest;
  }

  /** Writes a safe integer, small magnitudes in few bytes (zig-zag, then as {@link writeVarint}). */
  writeInt(value: number): void {
    if ((value | 0) === value) {
      this.writeVarint(((value << 1) ^ (value >> 31)) >>> 0);
      return;
    }
    // Zig-zag would leave the safe integers, so its lowest seven bits are split off before doubling.
    const magnitude = value < 0 ? -(value + 1) : value;
    this.writeByte(128 | ((magnitude % 64) * 2) | (value < 0 ? 1 : 0));
    this.writeVarint(Math.floor(magnitude / 64));
  }

  /** Writes any number: an integer of 32 bits in one to five bytes, every other number, -0 too, in nine. */
  writeNumber(value: number): void {
    if ((value | 0) === value && (value !== 0 || 1 / value > 0)) {
      this.writeVarint((((value << 1) ^ (value >> 31)) >>> 0) * 2);
      return;
    }
    this.writeByte(1);
    this.writeFloat64(value);
  }

  /** Writes any number in eight bytes, lowest first; every NaN has the same bytes. */
  writeFloat64(value: number): void {
    this.reserve(8);
    this.view.setFloat64(this.position, Number.isNaN(value) ? Number.NaN : value, true);
    this.position += 8;
  }

  /** Writes a bigint of any size: a zero byte and eight more if it fits 64 bits, else sign, length and magnitude. */
  writeBigint(value: bigint): void {
    if (BigInt.asIntN(64, value) === value) {
      this.reserve(1 + INT64_BYTES);
      this.bytes[this.position] = 0;
      this.view.setBigInt64(this.position + 1, value, true);
      this.position += 1 + INT64_BYTES;
      return;
    }
    const digits = (value < 0n ? -value : value).toString(16);
    const length = Math.ceil(digits.length / 2);
    this.writeVarint(length * 2 + (value < 0n ? 1 : 0));
    this.reserve(length);
    const hex = digits.padStart(length * 2, '0');
    for (let i = 0; i < length; i++) this.bytes[this.position++] = Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16);
  }

  /**
   * Writes a string code unit by code unit, so lone surrogates survive: its length with a bit for the width, then one byte
   * a unit if all are below 256, else two.
   */
  writeString(value: string): void {
    const length = value.length;
    if (length > SHORT) {
      this.writeLongString(value);
      return;
    }
    this.reserve(SHORT + 1);
    const bytes = this.bytes;
    const start = this.position + 1;
    let seen = 0;
    for (let i = 0; i < length; i++) {
      const unit = value.charCodeAt(i);
      seen |= unit;
      bytes[start + i] = unit;
    }
    if (seen > 255) {
      this.writeWide(value);
      return;
    }
    bytes[start - 1] = length << 1;
    this.position = start + length;
  }

  private writeLongString(value: string): void {
    if (WIDE.test(value)) {
      this.writeWide(value);
      return;
    }
    const length = value.length;
    this.writeVarint(length * 2);
    this.reserve(length);
    const bytes: Uint8Array | NodeBuffer = this.bytes;
    if (isNodeBuffer(bytes)) bytes.write(value, this.position, length, 'latin1');
    else for (let i = 0; i < length; i++) bytes[this.position + i] = value.charCodeAt(i);
    this.position += length;
  }

  private writeWide(value: string): void {
    const length = value.length;
    this.writeVarint(length * 2 + 1);
    this.reserve(length * 2);
    const { bytes, view, position } = this;
    if (length > SHORT && isNodeBuffer(bytes)) bytes.write(value, position, length * 2, 'utf16le');
    else for (let i = 0; i < length; i++) view.setUint16(position + i * 2, value.charCodeAt(i), true);
    this.position += length * 2;
  }

  /** Writes the number of bytes, then the bytes. */
  writeBytes(value: Uint8Array): void {
    this.writeVarint(value.length);
    this.writeRaw(value);
  }

  /** Writes the bytes alone; the reader must know how many there are. */
  writeRaw(value: Uint8Array): void {
    this.reserve(value.length);
    this.bytes.set(value, this.position);
    this.position += value.length;
  }

  /** Starts over in the same memory. */
  reset(): void {
    this.position = 0;
  }

  /** A copy of what has been written. */
  toBytes(): Uint8Array {
    return new Uint8Array(this.bytes.subarray(0, this.position));
  }
}
