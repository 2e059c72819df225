import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  days,
  END_OF_GLOBAL_WINDOW,
  formatTimestamp,
  hours,
  MAX_TIMESTAMP,
  millis,
  MIN_TIMESTAMP,
  minutes,
  parseDuration,
  seconds,
} from '../../model/index.ts';

test('durations are milliseconds', () => {
  expect([millis(1), seconds(1), minutes(1), hours(1), days(1)]).toEqual([1, 1_000, 60_000, 3_600_000, 86_400_000]);
});

describe('a duration is read', () => {
  test.each([
    ['90s', seconds(90)],
    ['5m', minutes(5)],
    ['250ms', 250],
    ['1.5h', minutes(90)],
    ['1h30m', minutes(90)],
    ['1d2h3m4s5ms', days(1) + hours(2) + minutes(3) + seconds(4) + 5],
    ['0s', 0],
    ['  10m ', minutes(10)],
  ])('%s', (text, duration) => {
    expect(parseDuration(text)).toBe(duration);
  });

  test('just as it was written', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.nat(59), fc.nat(999), (h, m, ms) => {
        expect(parseDuration(`${h}h${m}m${ms}ms`)).toBe(hours(h) + minutes(m) + ms);
      }),
    );
  });
});

test.each(['', '5', 'm', '5 m', '-5m', '5x', '5m!', '1,5h', '5m 3', '1e3s', '.5s', 'five minutes'])(
  "'%s' is refused as a duration, with an example",
  (text) => {
    expect(() => parseDuration(text)).toThrow(RangeError);
    expect(() => parseDuration(text)).toThrow(`'${text}' is not a duration`);
    expect(() => parseDuration(text)).toThrow("Write e.g. '90s', '5m' or '1h30m'");
  },
);

test('timestamps are shown in ISO form, the three special ones by name', () => {
  expect(formatTimestamp(0)).toBe('1970-01-01T00:00:00.000Z');
  expect(formatTimestamp(MIN_TIMESTAMP)).toBe('MIN');
  expect(formatTimestamp(MAX_TIMESTAMP)).toBe('MAX');
  expect(formatTimestamp(END_OF_GLOBAL_WINDOW)).toBe('end of the global window');
});

test('any number can be shown as a timestamp, as messages do', () => {
  for (const odd of [0.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, MAX_TIMESTAMP - 0.5]) {
    expect(typeof formatTimestamp(odd)).toBe('string');
  }
});
