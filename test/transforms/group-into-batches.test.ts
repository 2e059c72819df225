import { expect, test } from 'vitest';
import {
  create,
  fixedWindows,
  groupIntoBatches,
  interval,
  kv,
  type KV,
  minutes,
  Pipeline,
  reifyTimestamps,
  seconds,
  sessions,
} from '../../index.ts';
import { directRunner } from '../../runners/direct/index.ts';
import { assertThat, at, testPipeline, testStream } from '../../testing/index.ts';

const runners = [
  { mode: 'batch', runner: () => directRunner() },
  { mode: 'streaming', runner: () => directRunner({ streaming: true }) },
];

const values = ({ key, value }: KV<string, readonly number[]>) =>
  kv(
    key,
    value.toSorted((a, b) => a - b),
  );

/** Elements one after another in event time: key k, value and second the same. */
const stream = () => testStream<KV<string, number>>();
const k = (second: number) => at(seconds(second), kv('k', second));
const tens = fixedWindows({ size: seconds(10) });

test.each(runners)('each key and window has its own batches, and loses nothing, in $mode', async ({ runner }) => {
  const p = new Pipeline();
  const input = p.apply(create([1, 2, 3, 11, 12, 13, 14], { timestamps: [1, 2, 3, 11, 12, 13, 14].map(seconds) }));
  const batches = input
    .windowInto(tens)
    .keyBy((n) => (n % 2 === 0 ? 'even' : 'odd'))
    .apply(groupIntoBatches({ size: 2 }))
    .map(values);
  assertThat(batches)
    .inWindow(interval(0, seconds(10)))
    .containsInAnyOrder([kv('odd', [1, 3]), kv('even', [2])]);
  assertThat(batches)
    .inWindow(interval(seconds(10), seconds(20)))
    .containsInAnyOrder([kv('odd', [11, 13]), kv('even', [12, 14])]);
  await p.run(runner());
});

test('a strict run finds every element in some batch of the right size', async () => {
  await testPipeline((p) => {
    const input = p.apply(create(Array.from({ length: 100 }, (_, i) => i))).keyBy((n) => n % 3);
    const batches = input.apply(groupIntoBatches({ size: 7 })).map(({ value }) => value);
    assertThat(batches.flatMap((batch) => batch)).hasCount(100);
    assertThat(batches).satisfies((all) => all.filter(({ length }) => length !== 7).length <= 3);
  });
});

test('a batch is full by its bytes, of its values as they are encoded or as it is told', async () => {
  await testPipeline((p) => {
    const input = p.apply(create(['aaaa', 'bbbb', 'cccc', 'dddd'])).keyBy(() => 'k');
    const sizes = (limits: Parameters<typeof groupIntoBatches<string, string>>[0]) =>
      input.apply(groupIntoBatches(limits)).map(({ value }) => value.length);
    assertThat(sizes({ bytes: 8, sizeOf: (text) => text.length })).containsInAnyOrder([2, 2]);
    assertThat(sizes({ bytes: 9, sizeOf: (text) => text.length })).containsInAnyOrder([3, 1]);
    assertThat(sizes({ bytes: 1 })).containsInAnyOrder([1, 1, 1, 1]);
    assertThat(sizes({ bytes: 8, size: 1, sizeOf: (text) => text.length })).containsInAnyOrder([1, 1, 1, 1]);
  });
});

test('a batch that is not full comes out at the end of its window, and is not late then', (t) => {
  const p = testPipeline(t);
  const batches = p
    .apply(
      stream()
        .addElements(k(3))
        .addElements(k(1))
        .advanceWatermarkTo(seconds(10))
        .addElements(k(11))
        .advanceWatermarkToInfinity(),
    )
    .windowInto(tens)
    .apply(groupIntoBatches({ size: 100 }));
  // Behind it a grouping in the same windows takes it on time: it held the watermark at its earliest value.
  const behind = batches.groupByKey().map(({ value }) => [...value].map((batch) => batch.toSorted()));
  assertThat(behind)
    .inOnTimePane(interval(0, seconds(10)))
    .containsInAnyOrder([[[1, 3]]]);
  const earliest = batches.apply(reifyTimestamps()).map(({ timestamp }) => timestamp);
  assertThat(earliest).containsInAnyOrder([seconds(1), seconds(11)]);
  return p.run();
});

test('late values wait for the end of the allowed lateness, or for a full batch', (t) => {
  const p = testPipeline(t);
  const batches = p
    .apply(
      stream()
        .addElements(k(1))
        .advanceWatermarkTo(seconds(10))
        .addElements(k(2))
        .addElements(k(3))
        .addElements(k(4))
        .advanceWatermarkToInfinity(),
    )
    .windowInto(tens, { allowedLateness: minutes(1) })
    .apply(groupIntoBatches({ size: 2 }))
    .map(values);
  assertThat(batches).containsInAnyOrder([kv('k', [1]), kv('k', [2, 3]), kv('k', [4])]);
  return p.run();
});

test('lateness that is allowed does not keep what is on time from those behind', (t) => {
  const p = testPipeline(t);
  const batches = p
    .apply(stream().addElements(k(1)).advanceWatermarkTo(seconds(10)).addElements(k(2)).advanceWatermarkToInfinity())
    .windowInto(tens, { allowedLateness: minutes(1) })
    .apply(groupIntoBatches({ size: 100 }));
  const behind = batches.groupByKey().map(({ value }) => [...value]);
  assertThat(behind).hasPanes([
    { timing: 'ON_TIME', elements: [[[1]]] },
    { timing: 'LATE', elements: [[[2]]] },
  ]);
  return p.run();
});

test('no value waits longer than the longest time for buffering', (t) => {
  const p = testPipeline(t);
  const batches = p
    .apply(
      stream()
        .addElements(k(1))
        .advanceProcessingTime(seconds(4))
        .addElements(k(2))
        .advanceProcessingTime(seconds(1))
        .addElements(k(3))
        .advanceProcessingTime(seconds(4))
        .addElements(k(4))
        .advanceWatermarkToInfinity(),
    )
    .apply(groupIntoBatches({ size: 100, maxBufferingDuration: seconds(5) }))
    .map(values);
  assertThat(batches).containsInAnyOrder([kv('k', [1, 2]), kv('k', [3, 4])]);
  return p.run();
});

test.each([
  [{}, /neither size nor bytes is given/],
  [{ size: 0 }, /size is 0 but must be a whole number of 1 or more/],
  [{ bytes: 1.5 }, /bytes is 1\.5 but/],
  [{ size: 1, maxBufferingDuration: -1 }, /maxBufferingDuration is -1 ms but must be 0 or more/],
])('%o is refused', (limits, message) => {
  expect(() => groupIntoBatches(limits)).toThrow(message);
  expect(() => groupIntoBatches(limits)).toThrow(/^groupIntoBatches: /);
});

test('windows that merge are refused', () => {
  const input = new Pipeline().apply(create([kv('k', 1)])).windowInto(sessions({ gap: 1 }));
  expect(() => input.apply(groupIntoBatches({ size: 2 }))).toThrow(/GroupIntoBatches\/Batch: .*merging windows/);
});

test.each([Number.NaN, -1, undefined])('a size of %s bytes is told, as no batch would ever be full', async (held) => {
  const p = new Pipeline();
  p.apply(create([kv('k', 1)])).apply(groupIntoBatches({ bytes: 5, sizeOf: () => held as number }));
  await expect(p.run(directRunner())).rejects.toThrow(/^GroupIntoBatches\/Batch: sizeOf gave/);
});
