/** Each sampled value stands for this many. */
export const SAMPLED_FOR = 64;
/** How deep and how wide a value is looked into. */
const MOST = 32;

/** About how many bytes of the heap values take, from one in 64 of them. */
export class SizeSample {
  /** Of all values that were added and are kept. */
  total = 0;
  /** Of what a group holds, where it is one thing that changes: the mean of what was seen, newer ones counting more. */
  perGroup = 0;

  /** A value that is kept besides the others. */
  add(value: unknown): void {
    this.total += (8 + heapBytes(value, MOST)) * SAMPLED_FOR;
  }

  /** What a group holds now. */
  see(held: unknown): void {
    this.perGroup += (heapBytes(held, MOST) - this.perGroup) / 16;
  }

  clear(): void {
    this.total = 0;
    this.perGroup = 0;
  }
}

/** About how many bytes a value takes on V8's heap; containers of many parts are judged by their first ones. */
export function heapBytes(value: unknown, most: number): number {
  switch (typeof value) {
    case 'string':
      return 16 + value.length;
    case 'number':
      return (value | 0) === value ? 0 : 16;
    case 'bigint':
      return 24;
    case 'object':
      return value === null ? 0 : objectBytes(value, most);
    default:
      return 0;
  }
}

function objectBytes(value: object, most: number): number {
  if (ArrayBuffer.isView(value)) return 96 + value.byteLength;
  if (most <= 0) return 32;
  if (Array.isArray(value)) return 16 + partsBytes(value, value.length, most);
  if (value instanceof Map) return 64 + partsBytes([...first(value, most)].flat(), value.size * 2, most) * 2;
  if (value instanceof Set) return 64 + partsBytes([...first(value, most)], value.size, most) * 2;
  const parts = Object.values(value);
  return 24 + partsBytes(parts, parts.length, most);
}

/** The first parts of a container, which may have very many. */
function* first<T>(parts: Iterable<T>, most: number): Iterable<T> {
  let left = most;
  for (const part of parts) {
    if (left-- <= 0) return;
    yield part;
  }
}

function partsBytes(parts: readonly unknown[], count: number, most: number): number {
  const looked = Math.min(count, most);
  if (looked === 0) return 0;
  let bytes = 0;
  for (let i = 0; i < looked; i++) bytes += 8 + heapBytes(parts[i], Math.floor(most / looked) - 1);
  return (bytes / looked) * count;
}
