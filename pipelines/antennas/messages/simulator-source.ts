import {
  type Duration,
  type OffsetRange,
  OffsetTracker,
  type RestrictionTracker,
  type Source,
  type SourceContext,
  type SourceOutput,
} from 'viga';
import { eventTimeOf, type Message, parseMessage } from './message.ts';
import { secondOf, type SimulatorSettings, slackOf, textsOfTick } from './simulator.ts';

/** So many ticks are handed over together. */
const TICKS_PER_BATCH = 50;

/**
 * The simulated devices as a source. Its position is the tick, and what a tick brings depends on the seed alone: a run that
 * was killed reads the same again.
 *
 * The watermark is the highest event time less `maxOutOfOrder`. Event times too far ahead of their tick, which stands for a
 * clock, do not move it.
 */
export function simulatorSource(settings: SimulatorSettings): Source<Message, OffsetRange, number> {
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
  output: SourceOutput<Message>,
  { host, signal }: SourceContext,
): Promise<{ readonly resumeAfter: Duration } | undefined> {
  const { isRealtime, maxOutOfOrder } = settings;
  let { from } = tracker.currentRestriction();
  for (;;) {
    // Read anew for each batch: the end moves when the rest is split off.
    const to = Math.min(tracker.currentRestriction().to, from + (isRealtime ? 1 : TICKS_PER_BATCH));
    if (signal.aborted || from >= to || !tracker.tryClaim(to - 1)) return undefined;
    const batch = received(settings, { from, to }, output);
    const room = output.emit(batch);
    if (room !== undefined) await room;
    output.advanceWatermark(batch.highest - maxOutOfOrder);
    from = to;
    // At the next full second of the clock, so that ticks do not fall behind it.
    if (isRealtime) return { resumeAfter: 1_000 - (host.clock.now() % 1_000) };
  }
}

/** The messages of some ticks; what is none goes to the dead letters. */
function received(settings: SimulatorSettings, { from, to }: OffsetRange, output: SourceOutput<Message>) {
  const values: Message[] = [];
  const places: string[] = [];
  let highest = 0;
  for (let tick = from; tick < to; tick++) {
    const latest = (secondOf(settings, tick) + slackOf(settings)) * 1_000;
    for (const [device, text] of textsOfTick(settings, tick).entries()) {
      const place = `tick ${tick} device ${device + 1}`;
      try {
        const message = parseMessage(text);
        values.push(message);
        places.push(place);
        if (eventTimeOf(message) <= latest) highest = Math.max(highest, eventTimeOf(message));
      } catch (error) {
        // parseMessage throws errors only.
        output.reject(text, error as Error, place);
      }
    }
  }
  return {
    values,
    timestamps: Float64Array.from(values, eventTimeOf),
    coordinate: (index: number) => places[index] ?? '',
    highest,
  };
}
