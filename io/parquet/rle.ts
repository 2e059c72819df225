/**
 * Decodes Parquet's hybrid of runs and bit-packed groups of eight (parquet-format, Encodings.md, "RLE") into `output`.
 *
 * A run longer than what is still missing is an error and never written: it would let a few bytes fill the memory.
 *
 * @throws RangeError where the bytes end too soon or a run is too long.
 */
export function decodeRle(bytes: Uint8Array, width: number, output: Uint8Array | Uint32Array): void {
  if (width > 32) throw new RangeError(`a value has ${width} bits`);
  const wanted = output.length;
  let at = 0;
  let done = 0;
  while (done < wanted) {
    const header = varint(bytes, at);
    at = header.next;
    const count = Math.floor(header.value / 2);
    if (header.value % 2 === 0) {
      if (count === 0 || count > wanted - done)
        throw new RangeError(`a run of ${count} values where ${wanted - done} are missing`);
      output.fill(runValue(bytes, at, width), done, done + count);
      at += Math.ceil(width / 8);
      done += count;
      continue;
    }
    // The last group is filled up to eight values; some writers leave out its unused bytes.
    const values = Math.min(count * 8, wanted - done);
    if (values === 0) throw new RangeError('an empty group of values');
    if (at + Math.ceil((values * width) / 8) > bytes.length) throw new RangeError('packed values go past the end');
    unpack(bytes, { at, width, values, done }, output);
    at += count * width;
    done += values;
  }
}

function varint(bytes: Uint8Array, start: number): { readonly value: number; readonly next: number } {
  let value = 0;
  let factor = 1;
  for (let at = start; at < start + 5; at++) {
    const byte = bytes[at];
    if (byte === undefined) throw new RangeError('the values end too soon');
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return { value, next: at + 1 };
    factor *= 128;
  }
  throw new RangeError('a run length has more than 5 bytes');
}

function runValue(bytes: Uint8Array, at: number, width: number): number {
  let value = 0;
  for (let byte = 0; byte < Math.ceil(width / 8); byte++) {
    const next = bytes[at + byte];
    if (next === undefined) throw new RangeError('the values end within a run');
    value += next * 2 ** (8 * byte);
  }
  return value;
}

interface Packed {
  readonly at: number;
  readonly width: number;
  readonly values: number;
  readonly done: number;
}

function unpack(bytes: Uint8Array, { at: start, width, values, done }: Packed, output: Uint8Array | Uint32Array): void {
  if (width > 24) {
    unpackWide(bytes, { at: start, width, values, done }, output);
    return;
  }
  const mask = (1 << width) - 1;
  let at = start;
  let bits = 0;
  let held = 0;
  for (let index = done; index < done + values; index++) {
    while (held < width) {
      bits |= (bytes[at++] ?? 0) << held;
      held += 8;
    }
    output[index] = bits & mask;
    bits >>>= width;
    held -= width;
  }
}

/** Beyond 24 bits a value and the rest of the one before do not fit in 32 bits together. */
function unpackWide(bytes: Uint8Array, { at, width, values, done }: Packed, output: Uint8Array | Uint32Array): void {
  for (let index = 0; index < values; index++) {
    let value = 0;
    for (let bit = 0; bit < width; bit++) {
      const place = index * width + bit;
      const byte = bytes[at + (place >> 3)] ?? 0;
      if ((byte >> (place & 7)) & 1) value += 2 ** bit;
    }
    output[done + index] = value;
  }
}
