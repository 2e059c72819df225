import { constants, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ZstdFrames } from '../../../io/compression/zstd-frames.ts';

/** The lengths of all beginnings of some bytes that end between frames. */
function ends(bytes: Uint8Array, size: number): readonly number[] {
  const frames = new ZstdFrames();
  const found: number[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    frames.take(bytes.subarray(at, at + size));
    if (frames.isBetweenFrames) found.push(Math.min(at + size, bytes.length));
  }
  return found;
}

const skippable = Buffer.concat([Buffer.from([0x53, 0x2a, 0x4d, 0x18, 5, 0, 0, 0]), Buffer.from('notes')]);

test('frames end where they end, whatever they hold', () => {
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.string({ maxLength: 300 }).map((text) => Buffer.from(text)),
    // More than a block, and a block of one byte again and again.
    fc.integer({ min: 130_000, max: 300_000 }).map((length) => Buffer.alloc(length, 'x')),
    fc
      .integer({ min: 130_000, max: 140_000 })
      .map((length) => Buffer.from(Array.from({ length }, (_, i) => (i * i) % 251))),
  );
  const frame = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.tuple(content, fc.boolean(), fc.constantFrom(1, 3, 19)).map(([bytes, hasChecksum, level]) =>
        zstdCompressSync(bytes, {
          params: { [constants.ZSTD_c_checksumFlag]: Number(hasChecksum), [constants.ZSTD_c_compressionLevel]: level },
        }),
      ),
    },
    fc.constant(skippable),
  );
  fc.assert(
    fc.property(fc.array(frame, { minLength: 1, maxLength: 4 }), (frames) => {
      const expected = frames.map((_, index) =>
        frames.slice(0, index + 1).reduce((sum, { length }) => sum + length, 0),
      );
      expect(ends(Buffer.concat(frames), 1)).toEqual(expected);
      expect(ends(Buffer.concat(frames), 1_000_000)).toEqual(expected.slice(-1));
    }),
    { numRuns: 40 },
  );
});

test('what is no frame never ends', () => {
  expect(ends(Buffer.from('plain text'), 1)).toEqual([]);
  expect(ends(Buffer.concat([skippable, Buffer.from('plain text')]), 1)).toEqual([skippable.length]);
});
