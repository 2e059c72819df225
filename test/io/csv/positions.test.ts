import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readText } from './read-text.ts';

test('a row is found by the line where it starts', async () => {
  const { places } = await readText('\n#\na\n"x\n\ny"\n\nz\n', { comment: '#', skipEmptyLines: true });
  expect(places).toEqual(['orders.csv line 4', 'orders.csv line 8']);
});

test('all bytes of the file are counted', async () => {
  const text = `id,name\n${'1,Zoë\n'.repeat(5000)}${'# end\n'.repeat(1000)}`;
  const { rows, bytes } = await readText(text, { comment: '#' }, { pieceSize: 1000 });
  expect(rows).toHaveLength(5000);
  expect(bytes).toBe(Buffer.byteLength(text));
});

test('ranges that cover a file give each of its rows and refusals once', async () => {
  const unit = fc.constantFrom('a', ',', '"', '\n', 'é', 'ab');
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit, minLength: 2, maxLength: 40 }),
      fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 3 }),
      fc.integer({ min: 1, max: 20 }),
      async (text, cuts, pieceSize) => {
        const size = Buffer.byteLength(text);
        const edges = [0, ...new Set(cuts.filter((cut) => cut < size)), size].sort((a, b) => a - b);
        const whole = await readText(text, { header: false });
        const parts = [];
        for (const [i, from] of edges.slice(0, -1).entries()) {
          const range = { from, to: edges[i + 1] as number };
          parts.push(await readText(text, { header: false }, { range, pieceSize }));
        }
        expect(parts.flatMap(({ rows }) => rows)).toEqual(whole.rows);
        expect(parts.flatMap(({ messages }) => messages)).toEqual(whole.messages);
        expect(parts.flatMap(({ places }) => places)).toEqual(whole.places);
      },
    ),
    { numRuns: 1000 },
  );
});
