import fc from 'fast-check';
import { expect, test } from 'vitest';
import { place, type Point } from '../../ui/layout.ts';

const rowsOf = (nodes: number, edges: [number, number][]) => place({ nodes, edges }).at.map(({ y }) => y);

test('a step stands below all that it takes something of', () => {
  expect(
    rowsOf(4, [
      [0, 1],
      [1, 2],
      [0, 3],
      [2, 3],
    ]),
  ).toEqual([0, 1, 2, 3]);
});

test('what leads to one place only stands right above it', () => {
  expect(
    rowsOf(
      5,
      [
        [0, 1],
        [1, 2],
        [3, 4],
        [4, 2],
        [2, 2],
      ].slice(0, 4) as [number, number][],
    ),
  ).toEqual([0, 1, 2, 0, 1]);
  expect(
    rowsOf(4, [
      [0, 1],
      [1, 2],
      [3, 2],
    ]),
  ).toEqual([0, 1, 2, 1]);
});

test('a circle, as folding can make one, has a place for each of its nodes', () => {
  expect(
    rowsOf(3, [
      [0, 1],
      [1, 2],
      [2, 0],
    ]),
  ).toEqual([0, 1, 2]);
});

test('no two nodes stand in one place, and each line runs from its start to its end, whatever the graph', () => {
  const graph = fc.integer({ min: 2, max: 30 }).chain((nodes) =>
    fc.record({
      nodes: fc.constant(nodes),
      edges: fc.array(
        fc.tuple(fc.nat(nodes - 1), fc.nat(nodes - 1)).filter(([from, to]) => from !== to),
        { maxLength: 60 },
      ),
    }),
  );
  fc.assert(
    fc.property(graph, (sketch) => {
      const { at, via, rows, columns } = place(sketch);
      const isInside = ({ x, y }: Point): boolean => x > 0.499 && x < columns - 0.499 && y >= 0 && y < rows;
      const isApart = (one: Point, other: Point): boolean => one.y !== other.y || Math.abs(one.x - other.x) > 0.999;
      const isSame = (one?: Point, other?: Point): boolean => one?.x === other?.x && one?.y === other?.y;
      const outside = at.filter((one) => !isInside(one));
      const together = at.filter((one, n) => at.slice(n + 1).some((other) => !isApart(one, other)));
      const astray = sketch.edges.filter(
        ([from, to], n) => !isSame(via[n]?.[0], at[from]) || !isSame(via[n]?.at(-1), at[to]),
      );
      expect({ outside, together, astray: astray.length }).toEqual({ outside: [], together: [], astray: 0 });
    }),
  );
});

test('a chain of ten thousand steps is placed', () => {
  const edges = Array.from({ length: 9_999 }, (_, n): [number, number] => [n, n + 1]);
  expect(rowsOf(10_000, edges).at(-1)).toBe(9_999);
});
