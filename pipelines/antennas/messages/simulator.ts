import type { Duration, Timestamp } from 'viga';
import { type Random, randomOfTick } from './random.ts';

/** In seconds. */
const HOUR = 3_600;
const DEVICES = 20;
const ANTENNAS = 5;
const APPS = ['SKYPE', 'FACEBOOK', 'FACETIME', 'TELEGRAM'];

/**
 * What goes wrong on the way: nothing; messages that are out of order within `maxOutOfOrder`, and malformed ones; or besides
 * some that are later than is allowed, and some from a future that no clock has reached.
 */
export type Disorder = 'none' | 'within' | 'beyond';

/** What is simulated: each device sends one message a tick, which is a second of event time. */
export interface SimulatorSettings {
  readonly seed: number;
  /** When the first tick is; a whole second. */
  readonly start: Timestamp;
  readonly ticks: number;
  readonly disorder: Disorder;
  readonly maxOutOfOrder: Duration;
  readonly allowedLateness: Duration;
  /** Whether a tick takes a second of real time. */
  readonly isRealtime: boolean;
}

/** When a tick is, in seconds since 1970. */
export const secondOf = ({ start }: SimulatorSettings, tick: number): number => start / 1_000 + tick;

/**
 * How many seconds a message may be ahead of its tick, or behind it, and still be in time: two of them may then be
 * `maxOutOfOrder` apart.
 */
export const slackOf = ({ maxOutOfOrder }: SimulatorSettings): number => Math.floor(maxOutOfOrder / 2_000);

/** The texts that the devices send at a tick; the same whenever they are asked for. */
export function textsOfTick(settings: SimulatorSettings, tick: number): readonly string[] {
  const random = randomOfTick(settings.seed, tick);
  return Array.from({ length: DEVICES }, (_, device) => {
    const message = {
      bytes: random.below(10_000),
      timestamp: Math.max(0, secondOf(settings, tick) + shiftOf(settings, random)),
      app: APPS[random.below(APPS.length)],
      id: `00000000-0000-0000-0000-${String(device + 1).padStart(12, '0')}`,
      antenna_id: '00000000-0000-0000-0000-000000000000'.replaceAll('0', String(random.below(ANTENNAS))),
    };
    if (settings.disorder !== 'none' && random.happens(0.002)) return malformed(message, random);
    return JSON.stringify(message);
  });
}

/** By how many seconds the event time of a message differs from its tick. */
function shiftOf(settings: SimulatorSettings, random: Random): number {
  const { disorder, maxOutOfOrder, allowedLateness } = settings;
  if (disorder === 'none') return 0;
  const slack = slackOf(settings);
  if (disorder === 'beyond' && random.happens(0.01)) {
    const tooLate = (maxOutOfOrder + 2 * allowedLateness) / 1_000 + HOUR;
    return random.happens(0.2) ? HOUR + random.below(24 * HOUR) : -random.below(tooLate);
  }
  return random.happens(0.2) ? random.below(2 * slack + 1) - slack : 0;
}

/** A message that is none: cut off, with a field missing, or with a value of the wrong kind. */
function malformed(message: object, random: Random): string {
  const kinds: readonly (() => string)[] = [
    () => JSON.stringify(message).slice(0, -random.below(60) - 1),
    () => JSON.stringify({ ...message, antenna_id: undefined }),
    () => JSON.stringify({ ...message, bytes: 'many' }),
    () => JSON.stringify({ ...message, bytes: -1 }),
    () => JSON.stringify({ ...message, timestamp: null }),
  ];
  return kinds[random.below(kinds.length)]?.() ?? '';
}
