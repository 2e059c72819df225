import type { Progress, Timestamp } from '../model/index.ts';
import type { Figures, Recent } from './figures.ts';
import type { FoldedGraph, FoldEdge, FoldNode } from './fold.ts';
import { shown } from './markup.ts';
import { formatBytes, formatCount, formatDuration, formatRate } from './quantities.ts';
import { formatWatermark, isLive, isWithin } from './watermarks.ts';

/** The columns of the table, in their order: a name, and how the heading says it. */
export const COLUMNS = [
  ['in', 'in', 'Elements that came in'],
  ['out', 'out', 'Elements that went out'],
  ['rate', 'rate', 'Elements a second of late that came in; where elements begin, those that went out'],
  ['mark', 'watermark', 'What comes after the step has no earlier timestamp, unless it is late'],
  ['lag', 'lag', 'How far the watermark is behind the clock; in a replay of old events, behind the newest watermark'],
  ['wait', 'waiting', 'Elements on their way in, or waiting for side inputs'],
  ['state', 'state', 'About how much the step keeps in memory'],
  ['err', 'errors', 'Elements that became dead letters'],
  ['late', 'late drops', 'Elements that came after their window had expired'],
  ['closed', 'closed drops', 'Elements that came after the trigger of their window had finished'],
  ['held', 'held by', 'What keeps the watermark where it is'],
] as const;

/** What a viewer sees at places of the page: texts, and classes that say how something looks; by ids of the page. */
export interface Cells {
  readonly texts: Map<string, string>;
  readonly classes: Map<string, string>;
}

const THICKEST = 5;

/** All that changes while a run goes on, as it is now. */
export function cellsOf(graph: FoldedGraph, recent: Recent, now: Timestamp): Cells {
  const cells: Cells = { texts: new Map(), classes: new Map() };
  const { last, newest } = recent;
  const reference = newest !== undefined && isLive(newest, now) ? now : newest;
  const figures = new Map(graph.nodes.map((node) => [node, recent.of(node)]));
  for (const [node, of] of figures) addNode(cells, node, of, reference);
  for (const [n, edge] of graph.edges.entries()) cells.classes.set(`e${n}`, edgeClass(edge, figures));
  if (last !== undefined) addRun(cells, last, now);
  return cells;
}

function addNode(
  { texts, classes }: Cells,
  { id }: FoldNode,
  figures: Figures,
  reference: Timestamp | undefined,
): void {
  const { elementsIn, elementsOut, inPerSecond, outPerSecond, failed, droppedLate, droppedClosed, live } = figures;
  const count = (value: number | undefined): string => (value === undefined ? '' : formatCount(value));
  // A nought says as little as nothing, and hides what is more.
  const some = (value: number): string => (value === 0 ? '' : formatCount(value));
  const perSecond = elementsIn === undefined ? outPerSecond : inPerSecond;
  const rate = perSecond > 0 ? formatRate(perSecond) : '';
  const put = (column: string, text: string): void => void texts.set(`${id}-${column}`, text);
  put('in', count(elementsIn));
  put('out', count(elementsOut));
  put('rate', rate);
  put('err', some(failed));
  put('mark', live === undefined ? '' : formatWatermark(live.watermark));
  put('lag', live === undefined ? '' : lagText(live.watermark, reference));
  put('held', shown(live?.heldBy ?? ''));
  put('wait', some(live?.waiting ?? 0));
  put('state', live === undefined || live.stateBytes === 0 ? '' : formatBytes(live.stateBytes));
  put('late', some(droppedLate));
  put('closed', some(droppedClosed));
  // In the graph: what goes through, and how fast.
  const through = [count(elementsIn), count(elementsOut)].filter((text) => text !== '').join(' → ');
  put('flow', [through, rate].filter((text) => text !== '').join(' · '));
  classes.set(`${id}-node`, failed + droppedLate + droppedClosed > 0 ? 'node bad' : 'node');
}

function lagText(watermark: Timestamp, reference: Timestamp | undefined): string {
  if (reference === undefined || !isWithin(watermark)) return '';
  return formatDuration(Math.max(0, reference - watermark));
}

function edgeClass({ from, to, isSide }: FoldEdge, figures: ReadonlyMap<FoldNode, Figures>): string {
  const left = figures.get(from)?.outPerSecond ?? 0;
  const came = figures.get(to)?.inPerSecond ?? 0;
  // Outputs and inputs are counted together: no more goes along an edge than leaves one end or reaches the other.
  const perSecond = isSide ? left : Math.min(left, came);
  const thickness = perSecond <= 0 ? 0 : Math.min(THICKEST, 1 + Math.floor(Math.log10(Math.max(1, perSecond))));
  return `edge r${thickness}${isSide ? ' side' : ''}`;
}

function addRun({ texts }: Cells, { elapsedMs, epoch }: Progress, now: Timestamp): void {
  texts.set('elapsed', formatDuration(elapsedMs));
  if (epoch === undefined) return;
  const { number, at, durationMs, outboxBytes } = epoch;
  texts.set('epoch', `number ${formatCount(number)}, ${formatDuration(Math.max(0, now - at))} ago`);
  texts.set('took', `took ${formatDuration(durationMs)}`);
  texts.set('outbox', `${formatBytes(outboxBytes)} wait for sinks`);
}

/** What of `now` is not as it was. */
export function changed(before: Cells, now: Cells): { texts: [string, string][]; classes: [string, string][] } {
  const difference = (was: ReadonlyMap<string, string>, is: ReadonlyMap<string, string>): [string, string][] =>
    [...is].filter(([id, text]) => was.get(id) !== text);
  return { texts: difference(before.texts, now.texts), classes: difference(before.classes, now.classes) };
}
