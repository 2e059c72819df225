import { expect, test } from 'vitest';
import { nodeHost } from '../../host/index.ts';
import {
  create,
  fixedWindows,
  interval,
  periodicImpulse,
  periodicSequence,
  type PeriodicSpec,
  Pipeline,
  reifyTimestamps,
  seconds,
} from '../../index.ts';
import { directRunner } from '../../runners/direct/index.ts';
import { assertThat } from '../../testing/index.ts';

const runners = [
  { mode: 'batch', runner: () => directRunner() },
  { mode: 'streaming', runner: () => directRunner({ streaming: true }) },
];

test.each(runners)('each instant is an element at its own time, in $mode', async ({ runner }) => {
  const p = new Pipeline();
  const ticks = p.apply(periodicImpulse({ start: 500, interval: seconds(1), count: 3 }));
  assertThat(ticks.apply(reifyTimestamps())).containsInAnyOrder(
    [500, 1_500, 2_500].map((at) => ({ value: at, timestamp: at })),
  );
  expect(ticks.isBounded).toBe(true);
  await p.run(runner());
});

test.each(runners)('a sequence stops before its end, in $mode', async ({ runner }) => {
  const p = new Pipeline();
  assertThat(p.apply(periodicImpulse({ start: 0, interval: 10, stop: 30 }))).containsInAnyOrder([0, 10, 20]);
  assertThat(p.apply(periodicImpulse({ start: 0, interval: 10, stop: 31 }))).containsInAnyOrder([0, 10, 20, 30]);
  assertThat(p.apply(periodicImpulse({ start: 10, interval: 10, stop: 0 }))).isEmpty();
  await p.run(runner());
});

test.each(runners)('more instants than a batch has are all there, once, in $mode', async ({ runner }) => {
  const p = new Pipeline();
  const ticks = p.apply(periodicImpulse({ start: 0, interval: 1, count: 2_500 }));
  assertThat(ticks).satisfies((all) => all.toSorted((a, b) => a - b).every((tick, i) => tick === i));
  assertThat(ticks).hasCount(2_500);
  await p.run(runner());
});

test('an instant comes when the clock is there, not before, and is on time for its window', async () => {
  // A clock that goes as fast as it is waited for.
  let now = 10_000;
  const real = nodeHost();
  const waits: number[] = [];
  const clock = {
    now: () => now,
    monotonic: () => now,
    setTimer(delay: number, fire: () => void, options?: { readonly isBackground: boolean }) {
      if (options?.isBackground) return () => undefined;
      waits.push(delay);
      now += delay;
      return real.clock.setTimer(0, fire);
    },
  };
  const p = new Pipeline();
  const seen: number[] = [];
  const ticks = p.apply(periodicImpulse({ start: 10_000, interval: seconds(10), count: 3 })).map((tick) => {
    seen.push(now - tick);
    return tick;
  });
  const groups = ticks
    .windowInto(fixedWindows({ size: seconds(10) }))
    .keyBy(() => 'k')
    .groupByKey();
  for (const from of [10, 20, 30]) {
    assertThat(groups)
      .inOnTimePane(interval(seconds(from), seconds(from + 10)))
      .hasCount(1);
  }
  await p.run(directRunner({ host: { ...real, clock } }));
  expect(seen.every((delay) => delay >= 0 && delay < seconds(10))).toBe(true);
  expect(waits.some((wait) => wait >= seconds(9))).toBe(true);
});

test.each(runners)('each element of a collection may describe a sequence of its own, in $mode', async ({ runner }) => {
  const p = new Pipeline();
  const specs: readonly PeriodicSpec[] = [
    { start: 0, interval: 5, count: 2 },
    { start: 100, interval: 1, stop: 102 },
  ];
  const ticks = p.apply(create(specs)).apply(periodicSequence({ isBounded: true }));
  assertThat(ticks).containsInAnyOrder([0, 5, 100, 101]);
  await p.run(runner());
});

test('without an end it is unbounded, and a drained job ends all the same', async () => {
  const p = new Pipeline();
  const ticks = p.apply(periodicImpulse({ start: 0, interval: seconds(1_000_000) }));
  expect(ticks.isBounded).toBe(false);
  expect(p.apply(create([{ interval: 1 }])).apply(periodicSequence()).isBounded).toBe(false);

  const q = new Pipeline();
  const drain = new AbortController();
  const some = q.apply(periodicImpulse({ start: 0, interval: seconds(1_000_000) })).map((tick) => {
    drain.abort();
    return tick;
  });
  assertThat(some).satisfies((all) => all.includes(0));
  await q.run(directRunner(), { drain: drain.signal });
});

test.each([
  [{ interval: 0 }, /interval is 0 ms but must be above 0/],
  [{ interval: Number.NaN }, /interval is NaN ms/],
  [{ interval: 1, count: -1 }, /count is -1 but must be a whole number of 0 or more/],
  [{ interval: 1, count: 1, stop: 5 }, /it has both count and stop/],
  [{ interval: 1, start: Number.POSITIVE_INFINITY }, /start is Infinity\. It is an instant/],
])('%o is refused', (spec, message) => {
  expect(() => periodicImpulse(spec)).toThrow(message);
  expect(() => periodicImpulse(spec)).toThrow(/^periodicImpulse: /);
});

test('a sequence that can not be fails the run, and tells the step', async () => {
  const p = new Pipeline();
  p.apply(create([{ interval: -1 }])).apply(periodicSequence({ isBounded: true }));
  await expect(p.run(directRunner())).rejects.toThrow(/PeriodicSequence.*interval is -1 ms but must be above 0/);
});
