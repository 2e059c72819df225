/**
 * Goes through the elements of a snappy block (google/snappy, format_description.txt) without copying. hyparquet's own
 * decompression takes a length with its highest bit set for a negative one, and then goes back and round without an end.
 *
 * @throws RangeError if an element lies outside the block or what it grows to, or all of them do not make `size` bytes.
 */
export function checkSnappy(block: Uint8Array, size: number): void {
  let at = 0;
  while ((block[at++] ?? 0) >= 0x80) if (at > 5) throw new RangeError('a snappy block has no length');
  let made = 0;
  while (at < block.length) {
    const tag = block[at++] ?? 0;
    const kind = tag & 3;
    if (kind === 0) {
      const lengthBytes = Math.max(0, (tag >>> 2) - 59);
      const length = (lengthBytes === 0 ? tag >>> 2 : littleEndian(block, at, lengthBytes)) + 1;
      at += lengthBytes + length;
      made += length;
    } else {
      const offsetBytes = kind === 3 ? 4 : kind;
      const high = kind === 1 ? (tag >>> 5) * 256 : 0;
      const offset = littleEndian(block, at, offsetBytes) + high;
      if (offset === 0 || offset > made) throw new RangeError('a snappy block copies from outside of it');
      at += offsetBytes;
      made += kind === 1 ? ((tag >>> 2) & 7) + 4 : (tag >>> 2) + 1;
    }
    if (at > block.length || made > size)
      throw new RangeError('a snappy block has an element that leads outside of it');
  }
  if (made !== size) throw new RangeError(`a snappy block makes ${made} bytes, but its page claims ${size}`);
}

function littleEndian(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let shift = 0; shift < count; shift++) value += (bytes[at + shift] ?? 0) * 2 ** (8 * shift);
  return value;
}
