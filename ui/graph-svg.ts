import type { Cells } from './cells.ts';
import type { FoldedGraph, FoldNode } from './fold.ts';
import { place, type Point } from './layout.ts';
import { html, type Markup } from './markup.ts';

const WIDTH = 184;
const HEIGHT = 48;
const ACROSS = WIDTH + 20;
const DOWN = HEIGHT + 38;
const MARGIN = 12;
/** Letters that fit into a node; what is longer is cut at its start, since ends tell names apart. */
const LETTERS = 20;

/** What a picture takes from the page that it stands in. */
export interface PictureContext {
  readonly nameOf: (node: FoldNode) => string;
  /** The address of the page with this composite open. */
  readonly toggle: (node: FoldNode) => string;
}

/** The graph as a picture: steps are links to their rows of the table, composites to what is in them. */
export function graphSvg({ nodes, edges }: FoldedGraph, cells: Cells, context: PictureContext): Markup {
  const numberOf = new Map(nodes.map((node, n) => [node, n]));
  const number = (node: FoldNode): number => numberOf.get(node) ?? 0;
  const placed = place({
    nodes: nodes.length,
    edges: edges.map(({ from, to }) => [number(from), number(to)] as const),
  });
  const width = Math.round(placed.columns * ACROSS) + 2 * MARGIN;
  const height = placed.rows * DOWN + 2 * MARGIN - (DOWN - HEIGHT);
  const lines = edges.map((_, n) => line(`e${n}`, placed.via[n] ?? [], cells));
  const boxes = nodes.map((node, n) => box(node, placed.at[n], cells, context));
  return html`<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="group" aria-label="Graph of the steps">${lines}${boxes}</svg>`;
}

const xOf = ({ x }: Point): number => Math.round(MARGIN + x * ACROSS);
const yOf = ({ y }: Point): number => MARGIN + y * DOWN;

function line(id: string, points: readonly Point[], { classes }: Cells): Markup {
  const [first, ...others] = points;
  if (first === undefined) return html``;
  let before = { x: xOf(first), y: yOf(first) + HEIGHT };
  let path = `M${before.x} ${before.y}`;
  for (const [n, point] of others.entries()) {
    const isLast = n === others.length - 1;
    const to = { x: xOf(point), y: yOf(point) };
    const bend = Math.round((to.y - before.y) / 2);
    path += `C${before.x} ${before.y + bend} ${to.x} ${to.y - bend} ${to.x} ${to.y}`;
    // Behind the nodes of the rows that it only passes.
    if (!isLast) path += `V${to.y + HEIGHT}`;
    before = { x: to.x, y: to.y + HEIGHT };
  }
  return html`<path id="${id}" class="${classes.get(id) ?? 'edge'}" d="${path}"/>`;
}

function box(node: FoldNode, at: Point | undefined, { texts, classes }: Cells, context: PictureContext): Markup {
  if (at === undefined) return html``;
  const { id, path, kind } = node;
  const name = context.nameOf(node);
  const letters = Array.from(name);
  const label = letters.length <= LETTERS ? name : `…${letters.slice(1 - LETTERS).join('')}`;
  const corner = { x: xOf(at) - WIDTH / 2, y: yOf(at) };
  // An inner svg cuts off what would stick out of it.
  const link =
    kind === undefined ? html`href="${context.toggle(node)}" data-fold="${id}-fold"` : html`href="#${id}-row"`;
  return html`<a ${link} id="${id}-node" class="${classes.get(`${id}-node`) ?? 'node'}"><title>${path}${kind === undefined ? ', several steps: open' : `, ${kind}`}</title><svg x="${corner.x}" y="${corner.y}" width="${WIDTH}" height="${HEIGHT}"><rect x="1" y="1" width="${WIDTH - 2}" height="${HEIGHT - 2}" rx="6"${kind === undefined ? html` class="several"` : undefined}/><text x="10" y="20" class="name">${label}</text><text x="10" y="38" class="flow" id="${id}-flow">${texts.get(`${id}-flow`) ?? ''}</text></svg></a>`;
}
