import { encodeKey } from './key-text.ts';

const number = new Float64Array(1);
const halves = new Uint32Array(number.buffer);

/**
 * Hashes a key to an unsigned 32-bit integer: equal keys have equal hashes in every process and on every path.
 *
 * Takes a key itself, or the form that `tableKey` or (for keys that are no primitives) `encodeKey` gave it: all have the
 * same hash. Each bit depends on the whole key, so any of them may choose a partition, and a partition that is split again
 * takes the next ones. Strings are hashed by FNV-1a over code units, finished like numbers by MurmurHash3's 32-bit mixer.
 *
 * @throws KeyError for a value that cannot be a key.
 */
export function hashKey(value: unknown): number {
  switch (typeof value) {
    case 'string':
      return hashText(value);
    case 'number':
      return hashNumber(value);
    case 'bigint':
      return mix(hashText(value.toString()));
    case 'boolean':
      return value ? 0x6c078965 : 0x3c6ef372;
    default:
      return value === null ? 0x1b873593 : hashText(encodeKey(value));
  }
}

function hashText(text: string): number {
  let hash = 0x811c9dc5;
  let start = 0;
  // NUL in front is how tableKey marks a text that stands for another key; it is left out, so all forms agree.
  while (start < text.length && text.charCodeAt(start) === 0) start += 1;
  for (let i = start; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mix(hash);
}

function hashNumber(value: number): number {
  // True for -0 as well: it hashes as 0, which it equals.
  if ((value | 0) === value) return mix((value | 0) ^ 0x5bd1e995);
  // The constant has one bit pattern; NaN as computed may have any.
  number[0] = Number.isNaN(value) ? Number.NaN : value;
  // Both halves of one float64.
  return mix((halves[0] as number) ^ mix((halves[1] as number) + 0x7f4a7c15));
}

function mix(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
