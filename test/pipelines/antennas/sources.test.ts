import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { create, OffsetTracker, type Source, splittableParDo } from 'viga';
import { assertSourceLaws, assertThat, testPipeline } from 'viga/testing';
import { expect, test } from 'vitest';
import { parsed } from '../../../pipelines/antennas/messages/parsed.ts';
import { simulatorSource } from '../../../pipelines/antennas/messages/simulator-source.ts';
import { readWhole } from '../../../pipelines/antennas/users/read-whole.ts';
import { scratch } from './run.ts';

const simulator = simulatorSource({
  seed: 1,
  start: 0,
  ticks: 120,
  disorder: 'within',
  maxOutOfOrder: 60_000,
  allowedLateness: 0,
  isRealtime: false,
});

test('the simulator may be split and cut off at any tick', async () => {
  await assertSourceLaws(simulator);
});

/** The lines of a file that a test changes. */
function linesOf(file: string): Source<string> {
  return {
    kind: 'source',
    name: 'Lines',
    initialRestriction: () => ({ from: 0, to: 1 }),
    // Restrictions are those that it made.
    createTracker: (range) => new OffsetTracker(range as { from: number; to: number }),
    async read(_nothing, tracker, output) {
      tracker.tryClaim(0);
      for (const line of readFileSync(file, 'utf8').split('\n')) await output.emit({ values: [line] });
      return undefined;
    },
  };
}

test('a table is read as one element, anew for each number', async () => {
  const file = path.join(scratch(), 'lines');
  writeFileSync(file, 'a\nb');
  await testPipeline((p) => {
    const read = readWhole(linesOf(file), (lines) => lines.join('+'));
    assertThat(p.apply(create([0, 1])).apply(splittableParDo(read))).containsInAnyOrder(['a+b', 'a+b']);
  });
});

test('the reading of a table keeps the laws of sources, and gives nothing when it was read', async () => {
  const file = path.join(scratch(), 'lines');
  writeFileSync(file, 'a\nb');
  const read = readWhole(linesOf(file), (lines) => lines.join('+'));
  await assertSourceLaws(read, { element: 0 });
  const rest = read.createTracker({ from: 1, to: 1 });
  const given: string[] = [];
  const output = { emit: ({ values }: { values: readonly string[] }) => void given.push(...values) };
  // The other parts of output and context are never asked for.
  await read.read(0, rest, output as never, {} as never);
  expect(given).toEqual([]);
});

test('places and timestamps of messages stay right where others among them are rejected', async () => {
  const texts = ['{', '{"bytes":1,"timestamp":2,"app":"a","id":"b","antenna_id":"c"}', '[]'];
  const source: Source<string> = {
    kind: 'source',
    name: 'Texts',
    initialRestriction: () => ({ from: 0, to: 1 }),
    // Restrictions are those that it made.
    createTracker: (range) => new OffsetTracker(range as { from: number; to: number }),
    async read(_nothing, tracker, output) {
      tracker.tryClaim(0);
      const timestamps = Float64Array.of(10, 20, 30);
      await output.emit({ values: texts, timestamps, coordinate: (index) => `line ${index + 1}` });
      return undefined;
    },
  };
  const seen: unknown[] = [];
  const rejected: unknown[] = [];
  const reader = parsed(source, (text) => text);
  const tracker = reader.createTracker({ from: 0, to: 1 });
  await reader.read(
    undefined,
    tracker,
    {
      emit: ({ values, timestamps, coordinate }) =>
        void seen.push([values.length, [...(timestamps as Float64Array)], coordinate?.(0)]),
      reject: (text, _error, place) => void rejected.push([text, place]),
      advanceWatermark: () => undefined,
      setIdle: () => undefined,
    },
    // Nothing of the context is asked for.
    {} as never,
  );
  expect(seen).toEqual([[1, [20], 'line 2']]);
  expect(rejected).toEqual([
    ['{', 'line 1'],
    ['[]', 'line 3'],
  ]);
});
