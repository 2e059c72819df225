import type { LeafDecoder } from './leaf-values.ts';
import { loadPackage } from './load-package.ts';
import type { Values } from './plain.ts';
import { asBuffer, converted } from './plain.ts';

/** The encodings that store differences (parquet-format, Encodings.md, "Delta"); their bit arithmetic is hyparquet's. */
export interface DeltaDecoders {
  readonly binaryPacked: (bytes: Uint8Array, count: number, decoder: LeafDecoder) => Values;
  readonly lengthByteArray: (bytes: Uint8Array, count: number, decoder: LeafDecoder) => Values;
  /** Values that share prefixes: a few bytes can stand for many, so their sum is limited. */
  readonly byteArray: (bytes: Uint8Array, count: number, limits: { decoder: LeafDecoder; maxBytes: number }) => Values;
}

const ENCODINGS: ReadonlySet<number> = new Set([5, 6, 7]);

/** The decoders, if one of these encodings needs them. */
export async function deltaDecodersFor(encodings: readonly number[]): Promise<DeltaDecoders> {
  return encodings.some((encoding) => ENCODINGS.has(encoding)) ? loadDeltaDecoders() : NONE;
}

const refuse = (): never => {
  throw new RangeError('a page uses an encoding that its column does not list');
};
const NONE: DeltaDecoders = { binaryPacked: refuse, lengthByteArray: refuse, byteArray: refuse };

interface Reader {
  readonly view: DataView;
  offset: number;
}
type Unpack = (reader: Reader, count: number, output: Int32Array | BigInt64Array) => void;

async function loadDeltaDecoders(): Promise<DeltaDecoders> {
  const { deltaBinaryUnpack } = await loadPackage('hyparquet', () => import('hyparquet/src/delta.js'));
  return {
    binaryPacked: (bytes, count, decoder) => {
      const stored = decoder.physical === 'INT32' ? new Int32Array(count) : new BigInt64Array(count);
      if (count > 0) deltaBinaryUnpack(readerOf(bytes), count, stored);
      return converted(stored, decoder);
    },
    lengthByteArray: (bytes, count, decoder) => lengthByteArray(bytes, { count, decoder, unpack: deltaBinaryUnpack }),
    byteArray: (bytes, count, { decoder, maxBytes }) =>
      byteArray(bytes, { count, decoder, unpack: deltaBinaryUnpack, maxBytes }),
  };
}

const readerOf = (bytes: Uint8Array): Reader => ({
  view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  offset: 0,
});

interface Task {
  readonly count: number;
  readonly decoder: LeafDecoder;
  readonly unpack: Unpack;
}

function sizesOf(reader: Reader, { count, unpack }: Task): Int32Array {
  const sizes = new Int32Array(count);
  if (count > 0) unpack(reader, count, sizes);
  return sizes;
}

function lengthByteArray(bytes: Uint8Array, task: Task): Values {
  const reader = readerOf(bytes);
  const sizes = sizesOf(reader, task);
  const page = asBuffer(bytes);
  const values = new Array<unknown>(task.count);
  let at = reader.offset;
  for (let index = 0; index < task.count; index++) {
    const end = pieceEnd(at, sizes[index] ?? 0, page.length);
    values[index] = task.decoder.fromBytes(page, at, end);
    at = end;
  }
  return values;
}

function byteArray(bytes: Uint8Array, task: Task & { readonly maxBytes: number }): Values {
  const reader = readerOf(bytes);
  const prefixes = sizesOf(reader, task);
  const suffixes = sizesOf(reader, task);
  const values = new Array<unknown>(task.count);
  let at = reader.offset;
  let previous = Buffer.alloc(0);
  let total = 0;
  for (let index = 0; index < task.count; index++) {
    const prefix = prefixes[index] ?? 0;
    const end = pieceEnd(at, suffixes[index] ?? 0, bytes.length);
    if (prefix < 0 || prefix > previous.length)
      throw new RangeError(`a value shares ${prefix} bytes with one of ${previous.length}`);
    total += prefix + end - at;
    if (total > task.maxBytes)
      throw new RangeError(`values with shared prefixes become more than ${task.maxBytes} bytes`);
    previous = Buffer.concat([previous.subarray(0, prefix), bytes.subarray(at, end)]);
    values[index] = task.decoder.fromBytes(previous, 0, previous.length);
    at = end;
  }
  return values;
}

function pieceEnd(at: number, size: number, length: number): number {
  if (size < 0 || at + size > length) throw new RangeError(`a value of ${size} bytes goes past the end`);
  return at + size;
}
