import type { EpochStats, Progress, Timestamp } from '../../model/index.ts';
import { formatCount, formatDuration, formatWatermark, isLive, isWithin } from '../../ui/index.ts';
import { dropFacts } from './drop-facts.ts';
import { visible } from './safe-text.ts';

/** How far time is in a streaming run. */
export interface LiveView {
  /**
   * The least of those that reach sinks, or, where there is none, of all. One that waits for the end of the job, and so has
   * no time as long as it runs, tells nothing while others have.
   */
  readonly watermark: Timestamp;
  readonly heldBy: string | undefined;
  readonly waiting: number;
  readonly droppedLate: number;
  readonly droppedClosed: number;
  readonly epoch: EpochStats | undefined;
}

/** Undefined for a run whose stages come one after another. */
export function liveView({ steps, epoch }: Pick<Progress, 'steps' | 'epoch'>): LiveView | undefined {
  const all = steps.flatMap(({ live }) => live ?? []);
  const ends = steps.flatMap(({ kind, live }) => (kind === 'Write' ? (live ?? []) : []));
  const reached = ends.length > 0 ? ends : all;
  const timed = reached.filter(({ outputWatermark }) => isWithin(outputWatermark));
  const [first, ...others] = timed.length > 0 ? timed : reached;
  if (first === undefined) return undefined;
  const slowest = others.reduce((least, one) => (one.outputWatermark < least.outputWatermark ? one : least), first);
  return {
    watermark: slowest.outputWatermark,
    heldBy: slowest.heldBy,
    waiting: all.reduce((sum, { waiting }) => sum + waiting, 0),
    droppedLate: steps.reduce((sum, { droppedLate }) => sum + droppedLate, 0),
    droppedClosed: steps.reduce((sum, { droppedClosed }) => sum + droppedClosed, 0),
    epoch,
  };
}

/** `watermark 2026-01-01 12:00:00, 4.1 s behind`, `2 late drops`, `epoch 12 in 8 ms`, `held by the source Read`. */
export function liveFacts(view: LiveView): string[] {
  const { watermark, heldBy, waiting, epoch } = view;
  const behind =
    epoch !== undefined && isWithin(watermark) && isLive(watermark, epoch.at)
      ? `, ${formatDuration(Math.max(0, epoch.at - watermark))} behind`
      : '';
  return [
    `watermark ${formatWatermark(watermark)}${behind}`,
    ...(waiting > 0 ? [`${formatCount(waiting)} waiting`] : []),
    ...dropFacts(view),
    ...(epoch === undefined ? [] : [`epoch ${formatCount(epoch.number)} in ${formatDuration(epoch.durationMs)}`]),
    ...(heldBy === undefined ? [] : [`held by ${visible(heldBy)}`]),
  ];
}
