import fc from 'fast-check';
import { snappyUncompress } from 'hyparquet';
import { snappyCompress } from 'hyparquet-writer/src/snappy.js';
import { expect, test } from 'vitest';
import { checkSnappy } from '../../../io/parquet/check-snappy.ts';

const pages = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  // Texts that repeat, so that there are copies, of lengths that need each form of a literal.
  fc
    .record({ part: fc.uint8Array({ minLength: 1, maxLength: 90 }), times: fc.integer({ min: 1, max: 900 }) })
    .map(({ part, times }) => new Uint8Array(Buffer.concat(Array.from({ length: times }, () => part)))),
  fc
    .integer({ min: 60, max: 70_000 })
    .map((size) => Uint8Array.from({ length: size }, (_, at) => (at * at * 7919) >>> 3)),
);

test('every block that was written passes', () => {
  fc.assert(
    fc.property(pages, (page) => checkSnappy(snappyCompress(page), page.length)),
    { numRuns: 300 },
  );
});

test('a block that passes is decompressed without an error, whatever was changed', () => {
  const changes = fc.array(fc.record({ at: fc.nat(), to: fc.nat(255) }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(pages, changes, (page, changed) => {
      const block = snappyCompress(page).slice();
      for (const { at, to } of changed) block[at % block.length] = to;
      try {
        checkSnappy(block, page.length);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
        return;
      }
      const page2 = new Uint8Array(page.length);
      // It refuses a block that ends with a tag, which no writer makes.
      try {
        snappyUncompress(block, page2);
      } catch (error) {
        expect(String(error)).toMatch(/missing eof marker|pos \+ 3|end of input|length header/);
      }
    }),
    { numRuns: 2000 },
  );
});

test('a length with its highest bit set is an error, not an endless loop', () => {
  // A literal of 4 bytes of length: 0xfffffff0.
  const block = Uint8Array.from([20, 63 << 2, 0xf0, 0xff, 0xff, 0xff, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  expect(() => checkSnappy(block, 20)).toThrow(/leads outside of it/);
});
