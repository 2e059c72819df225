import { describe, expect, test } from 'vitest';
import { parseMessage } from '../../../pipelines/antennas/messages/message.ts';
import { type SimulatorSettings, textsOfTick } from '../../../pipelines/antennas/messages/simulator.ts';
import { csvFiles, jsonLines, runAntennas, scratch, table } from './run.ts';

const START = Date.parse('2020-09-19T19:00:00Z');

const settings = (changes: Partial<SimulatorSettings> = {}): SimulatorSettings => ({
  seed: 1,
  start: START,
  ticks: 3_600,
  disorder: 'none',
  maxOutOfOrder: 60_000,
  allowedLateness: 3_600_000,
  isRealtime: false,
  ...changes,
});

/** By how many seconds the messages of a thousand ticks differ from their tick, and how many texts are no message. */
function shifts(changes: Partial<SimulatorSettings>): {
  readonly seconds: readonly number[];
  readonly malformed: number;
} {
  const seconds: number[] = [];
  let malformed = 0;
  for (let tick = 0; tick < 1_000; tick++) {
    for (const text of textsOfTick(settings(changes), tick)) {
      try {
        seconds.push(parseMessage(text).timestamp - START / 1_000 - tick);
      } catch {
        malformed++;
      }
    }
  }
  return { seconds, malformed };
}

test('a tick brings a message of each of twenty devices, at its second, through five antennas, for four apps', () => {
  const messages = Array.from({ length: 200 }, (_, tick) => textsOfTick(settings(), tick).map(parseMessage));
  expect(new Set(messages.map((tick) => tick.map(({ id }) => id.slice(-2)).join()))).toEqual(
    new Set([Array.from({ length: 20 }, (_, device) => String(device + 1).padStart(2, '0')).join()]),
  );
  expect(messages.map(([first]) => first?.timestamp)).toEqual(messages.map((_, tick) => START / 1_000 + tick));
  const all = messages.flat();
  expect([...new Set(all.map(({ antenna_id }) => antenna_id))].sort()).toEqual(
    [0, 1, 2, 3, 4].map((digit) => '00000000-0000-0000-0000-000000000000'.replaceAll('0', String(digit))),
  );
  expect([...new Set(all.map(({ app }) => app))].sort()).toEqual(['FACEBOOK', 'FACETIME', 'SKYPE', 'TELEGRAM']);
  const bytes = all.map((message) => message.bytes);
  expect(Math.min(...bytes)).toBeLessThan(50);
  expect(Math.max(...bytes)).toBeGreaterThan(9_950);
  expect(Math.max(...bytes)).toBeLessThan(10_000);
});

test('a tick is the same whenever it is asked for, and another for another seed or tick', () => {
  expect(textsOfTick(settings(), 7)).toEqual(textsOfTick(settings(), 7));
  const texts = [settings(), settings({ seed: 2 }), settings({ seed: 2 ** 32 + 1 })].flatMap((one) =>
    [7, 8, 7 + 2 ** 32].map((tick) =>
      textsOfTick(one, tick)
        .map((text) => parseMessage(text).bytes)
        .join(),
    ),
  );
  expect(new Set(texts).size).toBe(9);
});

describe('disorder', () => {
  test('none: all messages are in order', () => {
    const { seconds, malformed } = shifts({});
    expect(malformed).toBe(0);
    expect(new Set(seconds)).toEqual(new Set([0]));
  });

  test.each([60, 7, 1, 0])('within: no two messages are more than %i s apart that came in the other order', (most) => {
    const { seconds, malformed } = shifts({ disorder: 'within', maxOutOfOrder: most * 1_000 });
    expect(malformed).toBeGreaterThan(10);
    expect(Math.max(...seconds) - Math.min(...seconds)).toBe(2 * Math.floor(most / 2));
  });

  test('beyond: some are later than is allowed, some come from the next day', () => {
    const { seconds } = shifts({ disorder: 'beyond' });
    expect(Math.min(...seconds)).toBeLessThan(-3_660);
    expect(seconds.filter((second) => second < -60 && second > -3_660).length).toBeGreaterThan(10);
    expect(Math.max(...seconds)).toBeGreaterThan(2 * 3_600);
  });
});

test('a run over malformed messages sets them aside by tick and device, and counts the rest', async () => {
  const folder = scratch();
  await runAntennas(folder, { ticks: 300, disorder: 'within', seed: 5, window: '1h' });
  const rejected = jsonLines(`${folder}/rejected`);
  expect(rejected.length).toBeGreaterThan(5);
  for (const { place } of rejected) expect(place).toMatch(/^tick \d+ device \d+$/);
  const good = Array.from({ length: 300 }, (_, tick) => textsOfTick(settings({ seed: 5, disorder: 'within' }), tick))
    .flat()
    .filter((text) => !rejected.some(({ message }) => message === text))
    .map(parseMessage);
  const sum = (rows: readonly string[]): number =>
    rows.slice(1).reduce((all, row) => all + Number(row.split(',')[2]), 0);
  const bytes = good.reduce((all, message) => all + message.bytes, 0);
  for (const name of ['bytes_agg_app', 'bytes_agg_user', 'bytes_agg_antenna_1h']) {
    expect(sum(table(folder, name)), name).toBe(bytes);
  }
});

test('the same seed gives the same files, another other ones', async () => {
  const [first, second, other] = [scratch(), scratch(), scratch()];
  await runAntennas(first, { ticks: 20, seed: 3 });
  await runAntennas(second, { ticks: 20, seed: 3 });
  await runAntennas(other, { ticks: 20, seed: 4 });
  expect(csvFiles(second)).toEqual(csvFiles(first));
  expect(csvFiles(other)).not.toEqual(csvFiles(first));
});
