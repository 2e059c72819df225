import {
  type Duration,
  type OffsetRange,
  OffsetTracker,
  type RestrictionTracker,
  type Source,
  type SourceBatch,
  type SourceContext,
  type SourceOutput,
} from 'viga';
import { secondOf, type SimulatorSettings, textsOfTick } from './simulator.ts';

/** So many ticks are handed over together. */
const TICKS_PER_BATCH = 50;

/**
 * What the simulated devices send, as a source. Its position is the tick, and what a tick brings depends on the seed alone: a
 * run that was killed reads the same again.
 *
 * Timestamps are those of the ticks, which stand for the clock of who receives the messages.
 */
export function simulatorSource(settings: SimulatorSettings): Source<string, OffsetRange, number> {
  const { seed, start, ticks, disorder, isRealtime } = settings;
  return {
    kind: 'source',
    name: 'Simulate',
    location: `simulator seed ${seed}, start ${start}, ticks ${ticks}, disorder ${disorder}`,
    initialRestriction: () => ({ from: 0, to: ticks }),
    createTracker: (range) => new OffsetTracker(range),
    read: (_nothing, tracker, output, context) => sendTicks(settings, tracker, output, context),
    // A run that drains does not wait an hour for what was not sent yet.
    ...(isRealtime && { truncate: () => undefined }),
  };
}

async function sendTicks(
  settings: SimulatorSettings,
  tracker: RestrictionTracker<OffsetRange, number>,
  output: SourceOutput<string>,
  { host, signal }: SourceContext,
): Promise<{ readonly resumeAfter: Duration } | undefined> {
  const { isRealtime } = settings;
  let { from } = tracker.currentRestriction();
  for (;;) {
    // Read anew for each batch: the end moves when the rest is split off.
    const to = Math.min(tracker.currentRestriction().to, from + (isRealtime ? 1 : TICKS_PER_BATCH));
    if (signal.aborted || from >= to || !tracker.tryClaim(to - 1)) return undefined;
    const room = output.emit(textsOf(settings, { from, to }));
    if (room !== undefined) await room;
    from = to;
    // At the next full second of the clock, so that ticks do not fall behind it.
    if (isRealtime) return { resumeAfter: 1_000 - (host.clock.now() % 1_000) };
  }
}

function textsOf(settings: SimulatorSettings, { from, to }: OffsetRange): SourceBatch<string> {
  const values: string[] = [];
  const ticks: number[] = [];
  for (let tick = from; tick < to; tick++) {
    for (const text of textsOfTick(settings, tick)) {
      values.push(text);
      ticks.push(tick);
    }
  }
  return {
    values,
    timestamps: Float64Array.from(ticks, (tick) => secondOf(settings, tick) * 1_000),
    coordinate: (index) => `tick ${ticks[index]} device ${1 + index - ticks.indexOf(ticks[index] ?? 0)}`,
  };
}
