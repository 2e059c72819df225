import { brotliCompressSync, constants, createGzip, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { codecOf, type Codec } from '../../../io/compression/compression.ts';
import { inflate } from '../../../io/compression/inflate.ts';
import { ConnectorError } from '../../../model/index.ts';

const codec = (name: string): Codec => codecOf(`file${name}`, undefined) as Codec;
const withChecksum = { params: { [constants.ZSTD_c_checksumFlag]: 1 } };

const CODECS = [
  ['gzip', codec('.gz'), (bytes: Uint8Array) => gzipSync(bytes)],
  ['zstd', codec('.zst'), (bytes: Uint8Array) => zstdCompressSync(bytes, withChecksum)],
  ['brotli', codec('.br'), (bytes: Uint8Array) => brotliCompressSync(bytes)],
] as const;

// Repeats, so that it packs, and does not, so that damage shows.
const even = Buffer.from('hello world '.repeat(50));
const uneven = Buffer.from(Array.from({ length: 600 }, (_, index) => (index * index * 7919) % 251));

/** Unpacks bytes that come in pieces of a size, in one buffer that is used again and again. */
async function unpack(codecUsed: Codec, packed: Uint8Array, size: number, maxExpansion?: number): Promise<Buffer> {
  const pieceSize = size > 1000 ? size : 64;
  async function* pieces() {
    const buffer = Buffer.alloc(size);
    for (let at = 0; at < packed.length; at += size) {
      buffer.fill(0xaa);
      buffer.set(packed.subarray(at, at + size));
      yield buffer.subarray(0, Math.min(size, packed.length - at));
    }
  }
  const found: Buffer[] = [];
  const limits = maxExpansion === undefined ? {} : { maxExpansion };
  for await (const piece of inflate({ path: 'file', codec: codecUsed, pieceSize, packed: pieces() }, limits)) {
    found.push(Buffer.from(piece));
  }
  return Buffer.concat(found);
}

describe.each(CODECS)('%s', (name, codecUsed, pack) => {
  const one = pack(even);
  const two = pack(uneven);

  test.each([1, 7, 64, 100_000])('comes back whole from pieces of %i bytes', async (size) => {
    expect(await unpack(codecUsed, one, size)).toEqual(even);
    expect(await unpack(codecUsed, two, size)).toEqual(uneven);
    expect(await unpack(codecUsed, pack(Buffer.alloc(0)), size)).toEqual(Buffer.alloc(0));
  });

  test.each([1, 7, 100_000])('that is cut off anywhere is an error, in pieces of %i bytes', async (size) => {
    // Every place from pieces of any size but one byte, which takes long.
    for (let length = 0; length < two.length; length += size === 1 ? 13 : 1) {
      const cut = unpack(codecUsed, two.subarray(0, length), size);
      await expect(cut, `cut at ${length}`).rejects.toThrow(ConnectorError);
      await expect(cut).rejects.toThrow(
        /^file byte \d+: the (gzip|zstd|brotli) data end too early: .* Copy the file again/,
      );
    }
  });

  test.each([1, 7, 100_000])('followed by other bytes is an error, in pieces of %i bytes', async (size) => {
    const more = unpack(codecUsed, Buffer.concat([one, Buffer.from('garbage!')]), size);
    await expect(more).rejects.toThrow(/^file byte \d+: (bytes follow the end|the \w+ data are damaged)/);
  });

  test('that it is not says so and what to pass', async () => {
    await expect(unpack(codecUsed, Buffer.from('plain text, not packed'), 100)).rejects.toThrow(
      new RegExp(`^file byte \\d+: this is not ${name} \\(.*\\)\\. .* A program passes compression: 'none'`),
    );
  });

  test('stops its source when its consumer stops', async () => {
    let isClosed = false;
    async function* endless() {
      try {
        const packed = pack(Buffer.alloc(200_000, 'x'));
        for (;;) yield packed;
      } finally {
        isClosed = true;
      }
    }
    for await (const piece of inflate({ path: 'file', codec: codecUsed, pieceSize: 64, packed: endless() })) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
    expect(isClosed).toBe(true);
  });

  test('whose source fails gives the source’s error', async () => {
    async function* failing() {
      yield one.subarray(0, 10);
      throw new ConnectorError('disk', 'gone');
    }
    const all = Array.fromAsync(inflate({ path: 'file', codec: codecUsed, pieceSize: 64, packed: failing() }));
    await expect(all).rejects.toThrow('disk: gone');
  });

  test('that grows beyond the limit is refused before it is unpacked, others are not', async () => {
    const bomb = pack(Buffer.alloc(80 * 1024 * 1024));
    await expect(unpack(codecUsed, bomb, 65_536)).rejects.toThrow(
      /^file: \d+ packed bytes gave \d+ bytes, more than 500 times as many\. .* passes a greater maxExpansion/,
    );
    expect((await unpack(codecUsed, bomb, 65_536, 1e9)).length).toBe(80 * 1024 * 1024);
  });
});

test.each([1, 7, 100_000])(
  'gzip and zstd pieces one after another are all read, from pieces of %i bytes',
  async (size) => {
    for (const [, codecUsed, pack] of CODECS.slice(0, 2)) {
      const packed = Buffer.concat([pack(even), pack(uneven), pack(Buffer.alloc(0)), pack(even)]);
      expect(await unpack(codecUsed, packed, size)).toEqual(Buffer.concat([even, uneven, even]));
      await expect(unpack(codecUsed, packed.subarray(0, -3), size)).rejects.toThrow(/end too early/);
    }
  },
);

test('zeros behind gzip, as tapes and blocks leave them, are no damage; anything behind them is', async () => {
  const padded = Buffer.concat([gzipSync(even), Buffer.alloc(500)]);
  for (const size of [1, 7, 100_000]) {
    expect(await unpack(codec('.gz'), padded, size)).toEqual(even);
    await expect(unpack(codec('.gz'), Buffer.concat([padded, Buffer.from('x')]), size)).rejects.toThrow(
      new RegExp(`^file byte ${padded.length}: bytes follow the end`),
    );
  }
});

test('a flipped bit in gzip or zstd is an error', async () => {
  for (const [, codecUsed, pack] of CODECS.slice(0, 2)) {
    const packed = pack(uneven);
    // Not in the header, whose fields may hold anything.
    for (let at = 12; at < packed.length; at += 5) {
      const damaged = Buffer.from(packed);
      damaged[at]! ^= 0x10;
      await expect(unpack(codecUsed, damaged, 64), `byte ${at}`).rejects.toThrow(ConnectorError);
    }
  }
});

test('a gzip file with a name and a comment in its header is read', async () => {
  const flushed = await new Promise<Buffer>((resolve) => {
    const stream = createGzip();
    const pieces: Buffer[] = [];
    stream.on('data', (piece: Buffer) => pieces.push(piece)).on('end', () => resolve(Buffer.concat(pieces)));
    stream.write(even.subarray(0, 100));
    stream.flush(() => stream.end(even.subarray(100)));
  });
  expect(await unpack(codec('.gz'), flushed, 3)).toEqual(even);
});
