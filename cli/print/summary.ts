import type { EpochStats, Graph, MetricKind, MetricValues, PipelineResult, StepMetric } from '../../model/index.ts';
import type { Paint } from './paint.ts';
import { dropFacts } from './drop-facts.ts';
import { outputsOf, placesText } from './places.ts';
import { formatBytes, formatCount, formatDuration, formatRate, plural } from '../../ui/index.ts';
import { visible } from './safe-text.ts';
import { everyStep, outermostScopes, type ScopeStats } from './scopes.ts';
import { type Cell, type Column, tableLines } from './table.ts';
import { fit } from './width.ts';

/** What a summary tells of the data as a whole. */
export interface Totals {
  readonly rowsRead: number;
  readonly rowsWritten: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
  readonly deadLetters: number;
  /** Elements that came after their window had expired. */
  readonly droppedLate: number;
  /** Elements that came after the trigger of their window had finished. */
  readonly droppedClosed: number;
}

/** Adds up what sources read and sinks wrote. */
export function totalsOf(result: PipelineResult): Totals {
  const steps = everyStep(result.steps);
  const sum = (of: (step: ScopeStats) => number): number => steps.reduce((total, step) => total + of(step), 0);
  return {
    rowsRead: sum((step) => (step.isSource || step.kind === 'SplittableParDo' ? step.elementsOut : 0)),
    rowsWritten: sum((step) => (step.isSink ? step.elementsIn : 0)),
    bytesRead: sum((step) => (step.isSink ? 0 : step.bytes)),
    bytesWritten: sum((step) => (step.isSink ? step.bytes : 0)),
    deadLetters: sum((step) => step.failed),
    droppedLate: sum((step) => step.droppedLate),
    droppedClosed: sum((step) => step.droppedClosed),
  };
}

const COLUMNS: readonly Column[] = [
  { align: 'left', shrinks: 'start' },
  { align: 'right', dropped: 2 },
  { align: 'right', dropped: 3 },
  { align: 'right', dropped: 1 },
];

/** Names beyond this many are counted, not listed: a summary is read, not searched. */
const MOST_LINES = 40;

/** How a run ended. */
export const ENDS: Readonly<Record<PipelineResult['state'], string>> = {
  DONE: 'finished',
  STOPPED: 'stopped with its state saved',
  DRAINED: 'drained and finished',
};

/** What a finished run tells: a line per step or composite, the counters, and what it took. */
export function summaryLines(
  pipeline: string,
  result: PipelineResult,
  graph: Graph,
  { paint, width }: { readonly paint: Paint; readonly width: number },
): string[] {
  const totals = totalsOf(result);
  return [
    `${paint.green('✔')} ${paint.bold(fit(`${visible(pipeline)} ${ENDS[result.state]} in ${formatDuration(result.elapsedMs)}`, width - 2))}`,
    ...stepLines(result, graph, paint, width),
    ...metricLines(result.metrics, paint, width),
    '',
    ...factLines(totals, result, outputsOf(graph), width),
  ];
}

function stepLines(result: PipelineResult, graph: Graph, paint: Paint, width: number): string[] {
  const scopes = outermostScopes(graph, result.steps);
  const hasFailed = scopes.some(({ failed }) => failed > 0);
  const header = ['', 'in', 'out', hasFailed ? 'errors' : ''].map((text) => ({ text, paint: paint.dim }));
  const rows = scopes
    .slice(0, MOST_LINES)
    .map(({ step, isSource, isSink, elementsIn, elementsOut, failed }): Cell[] => [
      { text: visible(step) },
      { text: isSource ? '' : formatCount(elementsIn) },
      { text: isSink ? '' : formatCount(elementsOut) },
      { text: failed > 0 ? formatCount(failed) : '', paint: paint.red },
    ]);
  if (rows.length === 0) return [];
  return [...tableLines(COLUMNS, [header, ...rows], width), ...moreLine(scopes.length, paint)];
}

const moreLine = (count: number, paint: Paint): string[] =>
  count > MOST_LINES ? [paint.dim(`  … and ${count - MOST_LINES} more`)] : [];

function metricLines(metrics: readonly StepMetric[], paint: Paint, width: number): string[] {
  const rows = metrics
    .slice(0, MOST_LINES)
    .map(({ metric, step, committed }): Cell[] => [
      { text: visible(`${metric.namespace}/${metric.name}`) },
      { text: metricText(metric.kind, committed) },
      { text: visible(step), paint: paint.dim },
    ]);
  if (rows.length === 0) return [];
  const columns: readonly Column[] = [
    { align: 'left' },
    { align: 'right' },
    { align: 'left', shrinks: 'start', dropped: 1 },
  ];
  return ['', paint.dim('  counters'), ...tableLines(columns, rows, width), ...moreLine(metrics.length, paint)];
}

function metricText(kind: MetricKind, value: MetricValues[MetricKind]): string {
  if (value === undefined) return '–';
  if (typeof value === 'number') return formatCount(value);
  // The kind tells sets and distributions apart, which the union of values does not.
  if (kind === 'stringSet') return fit(visible([...(value as MetricValues['stringSet'])].join(', ')), 40);
  const { count, sum, min, max } = value as MetricValues['distribution'];
  return count === 0 ? '–' : `${formatCount(min)} to ${formatCount(max)}, mean ${formatCount(sum / count)}`;
}

function factLines(totals: Totals, result: PipelineResult, outputs: readonly string[], width: number): string[] {
  const seconds = result.elapsedMs / 1000;
  const rows: string[][] = [
    ['rows', `${formatCount(totals.rowsRead)} read`, `${formatCount(totals.rowsWritten)} written`],
    ['bytes', `${formatBytes(totals.bytesRead)} read`, `${formatBytes(totals.bytesWritten)} written`],
    ['memory', `${formatBytes(result.peakRssBytes)} at most`, `${formatBytes(result.spilledBytes)} spilled`],
    ['time', `${formatDuration(result.elapsedMs)}`, `${formatDuration(result.cpuMs)} of CPU`],
  ];
  if (outputs.length > 0) rows.push(['output', visible(placesText(outputs))]);
  if (seconds >= 1 && totals.rowsRead > 0) rows[0]?.push(formatRate(totals.rowsRead / seconds));
  if (totals.deadLetters > 0) rows[0]?.push(plural(totals.deadLetters, 'dead letter'));
  rows[0]?.push(...dropFacts(totals));
  if (result.epoch !== undefined) rows.push(['epochs', epochText(result.epoch)]);
  if (result.state === 'STOPPED') rows.push(['next', 'the same command goes on']);
  const labels = 'memory'.length;
  return rows.map(([label = '', ...facts]) => fit(`  ${label.padEnd(labels)}  ${facts.join(' · ')}`, width));
}

/** What sinks do not have yet they get when the job goes on. */
function epochText({ number, durationMs, outboxBytes }: EpochStats): string {
  const waiting = outboxBytes > 0 ? ` · ${formatBytes(outboxBytes)} wait for sinks` : '';
  return `the last is number ${formatCount(number)} · took ${formatDuration(durationMs)}${waiting}`;
}
