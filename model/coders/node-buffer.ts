/**
 * Node's Buffer, where there is one: its native copies of characters beat a loop for all but short strings. Nothing
 * depends on it; without it the same bytes come out of plain loops.
 */
interface BufferConstructor {
  from(buffer: ArrayBufferLike, offset: number, length: number): NodeBuffer;
  readonly prototype: object;
}

/** The two methods that are used, on top of Uint8Array. */
export interface NodeBuffer extends Uint8Array {
  write(text: string, offset: number, length: number, encoding: 'latin1' | 'utf16le'): number;
  toString(encoding?: 'latin1' | 'utf16le', start?: number, end?: number): string;
}

// This module belongs to the model, which knows no Node types; the shape above is what Node documents.
const constructor = (globalThis as { readonly Buffer?: BufferConstructor }).Buffer;

/** Whether the bytes are a Node Buffer. */
export function isNodeBuffer(bytes: Uint8Array): bytes is NodeBuffer {
  return constructor !== undefined && Object.getPrototypeOf(bytes) === constructor.prototype;
}

/** The same memory as a Node Buffer, or as it is where there is none. */
export function asNodeBuffer(bytes: Uint8Array): Uint8Array {
  if (constructor === undefined || isNodeBuffer(bytes)) return bytes;
  return constructor.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
