// Where nodes of a graph stand, and how lines between them run: producers above consumers, in rows (Sugiyama's method, with
// the median heuristic for few crossings). Pure: the same graph always looks the same.

/** What is placed: nodes are numbers from 0, in an order in which they are read. */
export interface Sketch {
  readonly nodes: number;
  /** From, to. */
  readonly edges: readonly (readonly [number, number])[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Places in units of a node and its gap: a whole number down, any number across. */
export interface Placed {
  readonly rows: number;
  readonly columns: number;
  /** Of each node. */
  readonly at: readonly Point[];
  /** Of each edge: where it passes, from the row of its start to that of its end. */
  readonly via: readonly (readonly Point[])[];
}

/** How often rows are ordered by their neighbors; more brings little. */
const SWEEPS = 6;
/** A point on a line needs less room than a node. */
const LINE_ROOM = 0.3;

interface Dot {
  readonly row: number;
  readonly room: number;
  readonly above: Dot[];
  readonly below: Dot[];
  /** Its place in its row. */
  order: number;
  x: number;
}

/** Places the nodes of a graph, which may have circles. */
export function place({ nodes, edges }: Sketch): Placed {
  const rowOf = rowsOf(nodes, edges);
  const dots = rowOf.map((row) => dot(row, 1));
  const chains = edges.map(([from, to]) => chain(dots, from, to));
  const all = [...dots, ...chains.flatMap((one) => one.slice(1, -1))];
  const rows: Dot[][] = [];
  for (const one of all) (rows[one.row] ??= []).push(one);
  const filled = Array.from(rows, (row) => row ?? []);
  order(filled);
  spread(filled);
  const left = all.reduce((least, { x, room }) => Math.min(least, x - room / 2), 0);
  const right = all.reduce((most, { x, room }) => Math.max(most, x + room / 2), 0);
  const point = ({ x, row }: Dot): Point => ({ x: x - left, y: row });
  return {
    rows: filled.length,
    columns: right - left,
    at: dots.map(point),
    via: chains.map((one) => one.map(point)),
  };
}

const dot = (row: number, room: number): Dot => ({ row, room, above: [], below: [], order: 0, x: 0 });

/** The dots that a line passes; a line that leads back up, as folded circles have, passes none. */
function chain(dots: readonly Dot[], from: number, to: number): Dot[] {
  const start = dots[from];
  const end = dots[to];
  if (start === undefined || end === undefined) return [];
  const between = Array.from({ length: Math.max(0, end.row - start.row - 1) }, (_, n) =>
    dot(start.row + n + 1, LINE_ROOM),
  );
  const all = [start, ...between, end];
  if (end.row <= start.row) return all;
  for (const [n, one] of all.entries()) {
    const next = all[n + 1];
    if (next === undefined) break;
    one.below.push(next);
    next.above.push(one);
  }
  return all;
}

/**
 * The row of each node: below all that lead to it. What leads from nowhere to one place only, step by step, stands right
 * above that place.
 */
function rowsOf(nodes: number, edges: readonly (readonly [number, number])[]): number[] {
  const next = Array.from({ length: nodes }, (): number[] => []);
  for (const [from, to] of edges) next[from]?.push(to);
  const sorted = topological(next);
  const rank = new Map(sorted.map((node, n) => [node, n]));
  const below = next.map((all, node) => all.filter((to) => (rank.get(node) ?? 0) < (rank.get(to) ?? 0)));
  const rows = new Array<number>(nodes).fill(0);
  const above = new Array<number>(nodes).fill(0);
  const isLoose = new Array<boolean>(nodes).fill(true);
  for (const node of sorted) {
    for (const to of below[node] ?? []) {
      rows[to] = Math.max(rows[to] ?? 0, (rows[node] ?? 0) + 1);
      above[to] = (above[to] ?? 0) + 1;
      if ((above[to] ?? 0) > 1 || !isLoose[node] || (below[node] ?? []).length > 1) isLoose[to] = false;
    }
  }
  for (const node of sorted.reverse()) {
    const targets = below[node] ?? [];
    if (isLoose[node] && targets.length > 0) rows[node] = Math.min(...targets.map((to) => rows[to] ?? 0)) - 1;
  }
  return rows;
}

/** Each node before those that it leads to, but where there is a circle. Without recursion: chains may be long. */
function topological(next: readonly (readonly number[])[]): number[] {
  const seen = new Set<number>();
  const finished: number[] = [];
  for (let root = 0; root < next.length; root++) {
    const path = [{ node: root, at: 0 }];
    if (seen.has(root)) continue;
    seen.add(root);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const to = next[top.node]?.[top.at++];
      if (to === undefined) {
        finished.push(top.node);
        path.pop();
      } else if (!seen.has(to)) {
        seen.add(to);
        path.push({ node: to, at: 0 });
      }
    }
  }
  return finished.reverse();
}

/** Orders each row by where its neighbors are, down and up in turn. */
function order(rows: readonly Dot[][]): void {
  const number = (row: readonly Dot[]): void => {
    for (const [n, one] of row.entries()) one.order = n;
  };
  rows.forEach(number);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const isDown = sweep % 2 === 0;
    for (const row of isDown ? rows : rows.toReversed()) {
      const wanted = new Map(
        row.map((one) => [one, mean(isDown ? one.above : one.below, ({ order: at }) => at, one.order)]),
      );
      row.sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0) || a.order - b.order);
      number(row);
    }
  }
}

/** Moves dots under and over their neighbors as far as the order and the room in their row allow. */
function spread(rows: readonly Dot[][]): void {
  for (const row of rows) settle(row, (one) => one.order);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const isDown = sweep % 2 === 0;
    for (const row of isDown ? rows : rows.toReversed()) {
      settle(row, (one) => mean(isDown ? one.above : one.below, ({ x }) => x, one.x));
    }
  }
}

/** Puts the dots of a row as near as they may to where they would be: blocks that collide meet in the middle. */
function settle(row: readonly Dot[], wanted: (one: Dot) => number): void {
  interface Block {
    /** Where its first dot would be, summed over its dots. */
    sum: number;
    readonly dots: { readonly one: Dot; readonly offset: number }[];
    end: number;
  }
  const blocks: Block[] = [];
  const start = ({ sum, dots }: Block): number => sum / dots.length;
  for (const one of row) {
    let block: Block = { sum: wanted(one), dots: [{ one, offset: 0 }], end: 0 };
    for (let last = blocks.at(-1); last !== undefined; last = blocks.at(-1)) {
      const first = block.dots[0]?.one.room ?? 0;
      const before = last.dots.at(-1)?.one.room ?? 0;
      const shift = last.end + (first + before) / 2;
      if (start(last) + shift <= start(block)) break;
      blocks.pop();
      block = {
        sum: last.sum + block.sum - shift * block.dots.length,
        dots: [...last.dots, ...block.dots.map(({ one: each, offset }) => ({ one: each, offset: offset + shift }))],
        end: shift + block.end,
      };
    }
    blocks.push(block);
  }
  for (const block of blocks) for (const { one, offset } of block.dots) one.x = start(block) + offset;
}

const mean = (dots: readonly Dot[], of: (one: Dot) => number, otherwise: number): number =>
  dots.length === 0 ? otherwise : dots.reduce((sum, one) => sum + of(one), 0) / dots.length;
