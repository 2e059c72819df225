import { type Duration, hours, OptionsError, parseDuration, type Timestamp } from 'viga';

/** @throws OptionsError if the text is no duration, or less than `least`. */
export function durationOption(option: string, text: string, least: Duration, use: string): Duration {
  let duration: Duration;
  try {
    duration = parseDuration(text);
  } catch {
    throw new OptionsError(option, `'${text}' is no duration. ${use} Give e.g. 90s, 5m or 1h30m.`);
  }
  if (duration >= least && duration % 1_000 === 0) return duration;
  throw new OptionsError(
    option,
    `'${text}' is no number of whole seconds from ${least / 1_000}. ${use} Event times are in seconds. Give e.g. 90s, 5m or 1h30m.`,
  );
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)$/;

/** @throws OptionsError if the text is no instant, with its offset, from 1970 on. */
export function instantOption(option: string, text: string, use: string): Timestamp {
  const timestamp = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  // Date.parse takes 30 February for a day in March.
  if (timestamp >= 0 && isDay(text.slice(0, 10))) return timestamp;
  throw new OptionsError(
    option,
    `'${text}' is no instant from 1970 on. ${use} Give date, time and offset, e.g. 2020-09-19T19:00:00Z.`,
  );
}

function isDay(text: string): boolean {
  const midnight = Date.parse(text);
  return !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(text);
}

/** @throws OptionsError if the text is not the start of an hour in UTC. */
export function hourOption(text: string): Timestamp {
  const timestamp = instantOption('hour', text, 'It says which messages count.');
  if (timestamp % hours(1) === 0) return timestamp;
  const start = new Date(timestamp - (timestamp % hours(1))).toISOString().replace('.000Z', 'Z');
  throw new OptionsError(
    'hour',
    `'${text}' is not the start of an hour in UTC. Sums are of full hours. Give e.g. ${start}.`,
  );
}
