import { liveFacts } from './live-view.ts';
import type { RunView, StepView } from './meter.ts';
import type { Paint } from './paint.ts';
import { formatBytes, formatCount, formatDuration, formatRate, plural } from '../../ui/index.ts';
import { visible } from './safe-text.ts';
import { type Cell, type Column, tableLines } from './table.ts';
import { fit } from './width.ts';

/** Where lines are shown. */
export interface Screen {
  readonly width: number;
  /** How many lines fit. */
  readonly height: number;
  readonly paint: Paint;
}

/** What is said of the run itself. */
export interface RunTitle {
  readonly pipeline: string;
  readonly runner: string;
}

const BAR_WIDTH = 24;
/** A block that fills the screen hides what was there before. */
const MOST_STEPS = 24;
/** The rate of so few elements is none. */
const FEW = 10;

const COLUMNS: readonly Column[] = [
  { align: 'left', shrinks: 'start' },
  { align: 'right', dropped: 2 },
  { align: 'right', dropped: 3 },
  { align: 'right', dropped: 4 },
  { align: 'right', dropped: 1 },
];

/**
 * The block that is redrawn while a run goes on: a title, a line per step, and a bar where the size of the input is
 * known; in a streaming run how far time is.
 *
 * Composites are folded to one line where the steps do not fit; where even those do not, those that move are shown.
 */
export function progressBlock({ pipeline, runner }: RunTitle, view: RunView, screen: Screen): string[] {
  const { paint, width } = screen;
  const title = fit(`${visible(pipeline)} · ${runner} runner · ${formatDuration(view.elapsedMs)}`, width);
  const bar = liveLine(view, screen) ?? barLine(view, screen);
  const room = Math.max(1, Math.min(MOST_STEPS, screen.height - 3 - (bar === undefined ? 0 : 1)));
  const { shown, hidden } = stepsThatFit(view, room);
  const header = ['', 'in', 'out', 'rate', 'errors'].map((text) => ({ text, paint: paint.dim }));
  const rows = [header, ...shown.map((step) => stepCells(step, paint))];
  const more = hidden > 0 ? [paint.dim(fit(`  … and ${hidden} more`, width))] : [];
  return [paint.bold(title), ...tableLines(COLUMNS, rows, width), ...more, ...(bar === undefined ? [] : [bar])];
}

function stepsThatFit(view: RunView, room: number): { shown: readonly StepView[]; hidden: number } {
  if (view.steps.length <= room) return { shown: view.steps, hidden: 0 };
  if (view.scopes.length <= room) return { shown: view.scopes, hidden: 0 };
  // Those that move first, in their order: lines that change places can't be read.
  const byMotion = [...view.scopes].sort((a, b) => Number(b.perSecond > 0) - Number(a.perSecond > 0));
  const kept = new Set(byMotion.slice(0, Math.max(1, room - 1)));
  return { shown: view.scopes.filter((scope) => kept.has(scope)), hidden: view.scopes.length - kept.size };
}

function stepCells(
  { step, isSource, isSink, elementsIn, elementsOut, perSecond, failed }: StepView,
  paint: Paint,
): Cell[] {
  return [
    { text: visible(step) },
    { text: isSource ? '' : formatCount(elementsIn) },
    { text: isSink ? '' : formatCount(elementsOut) },
    { text: perSecond > 0 && Math.max(elementsIn, elementsOut) >= FEW ? formatRate(perSecond) : '', paint: paint.cyan },
    failed > 0 ? { text: formatCount(failed), paint: paint.red } : { text: '0', paint: paint.dim },
  ];
}

function liveLine({ live }: RunView, { width }: Screen): string | undefined {
  return live && fit(`  ${liveFacts(live).join(' · ')}`, width);
}

function barLine(view: RunView, { width, paint }: Screen): string | undefined {
  const { fraction } = view;
  if (fraction === undefined) return undefined;
  // What is left to do has no size: a full bar would look like the end.
  if (fraction >= 1) return paint.dim(fit(`  all ${formatBytes(view.bytesRead)} of the input read`, width));
  const text = inputText(view);
  const barWidth = Math.min(BAR_WIDTH, width - text.length - 4);
  if (barWidth < 8) return `  ${fit(text, width - 2)}`;
  const done = Math.round(fraction * barWidth);
  return `  ${paint.green('█'.repeat(done))}${paint.dim('░'.repeat(barWidth - done))}  ${text}`;
}

/** `48 %  210 MB of 437 MB  35 MB/s  7.0 s left`. */
function inputText({ fraction, bytesRead, bytesTotal, bytesPerSecond, remainingMs }: RunView): string {
  if (fraction === undefined || bytesTotal === undefined) return '';
  const parts = [`${Math.floor(fraction * 100)} %`, `${formatBytes(bytesRead)} of ${formatBytes(bytesTotal)}`];
  if (bytesPerSecond > 0) parts.push(`${formatBytes(bytesPerSecond)}/s`);
  if (remainingMs !== undefined) parts.push(`${formatDuration(Math.max(1000, remainingMs))} left`);
  return parts.join('  ');
}

/** One line for logs and pipes. */
export function progressLine({ pipeline }: RunTitle, view: RunView): string {
  const parts = [`${plural(view.rowsRead, 'row')} read`, formatRate(view.rowsPerSecond)];
  if (view.live !== undefined) parts.push(...liveFacts(view.live));
  const input = view.live === undefined ? inputText(view) : '';
  if (input !== '') parts.push(input.replaceAll('  ', ', '));
  if (view.failed > 0) parts.push(plural(view.failed, 'error'));
  return `${visible(pipeline)}: ${formatDuration(view.elapsedMs)}, ${parts.join(', ')}`;
}
