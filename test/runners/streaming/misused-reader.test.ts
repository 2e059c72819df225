import { expect, test } from 'vitest';
import { OffsetTracker, type OffsetRange, Pipeline, read, type Source } from '../../../model/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';

// What a reader may not do is told with its step, in both schedules: a window that never closes says nothing.

type Five = Source<number, OffsetRange, number>;

const five: Five = {
  kind: 'source',
  name: 'Five',
  initialRestriction: () => ({ from: 0, to: 5 }),
  createTracker: (range) => new OffsetTracker(range),
  async read(_, tracker, output) {
    if (tracker.tryClaim(4)) await output.emit({ values: [0, 1, 2, 3, 4] });
    return undefined;
  },
};

const reading =
  (act: (output: Parameters<Five['read']>[2]) => unknown): Five['read'] =>
  async (_, tracker, output) => {
    tracker.tryClaim(4);
    return (await act(output)) as undefined;
  };

const run = async (source: Partial<Five>, streaming: boolean): Promise<void> => {
  const p = new Pipeline();
  p.apply(read({ ...five, ...source }));
  await p.run(directRunner({ streaming }));
};

test.each<[string, Partial<Five>, RegExp]>([
  [
    'fewer timestamps than values',
    { read: reading((output) => output.emit({ values: [1, 2], timestamps: Float64Array.of(1) })) },
    /^Five\/Read: its reader gave 2 values with the timestamps/,
  ],
  [
    'timestamps in a plain array',
    { read: reading((output) => output.emit({ values: [1, 2], timestamps: [1, 2] as never })) },
    /^Five\/Read: .* a Float64Array of as many/,
  ],
])('in both schedules: %s', async (_, source, message) => {
  for (const streaming of [false, true]) await expect(run(source, streaming)).rejects.toThrow(message);
});

test.each<[string, Partial<Five>, RegExp]>([
  [
    'a watermark that is no time',
    { read: reading((output) => output.advanceWatermark(Number.NaN)) },
    /^Five\/Read: its reader advanced the watermark to NaN/,
  ],
  [
    'a rest of no time',
    { read: reading(() => ({ resumeAfter: Number.NaN })) },
    /^Five\/Read: read\(\) .* gave .*NaN|null/,
  ],
  ['a rest below zero', { read: reading(() => ({ resumeAfter: -1 })) }, /^Five\/Read: read\(\) .*"resumeAfter":-1/],
  ['something else than a rest', { read: reading(() => 'done') }, /^Five\/Read: read\(\) of its reader gave "done"/],
  ['no parts', { split: () => undefined as never }, /^Five\/Read: split\(\) of its reader gave undefined/],
])('%s', async (_, source, message) => {
  await expect(run(source, true)).rejects.toThrow(message);
  // A bounded run has no watermarks, and one thread divides nothing.
  const isOfStreaming = source.split !== undefined || message.source.includes('watermark');
  if (!isOfStreaming) await expect(run(source, false)).rejects.toThrow(message);
});

test.each([
  { kind: 'often' },
  { kind: 'observed' },
  { kind: 'observed', maxOutOfOrder: -1 },
  { kind: 'wall-time', delay: Number.NaN },
])('a watermark that would never move is refused where the read is made: %o', (watermark) => {
  const make = (): unknown => new Pipeline().apply(read({ ...five, watermark: watermark as never }));
  expect(make).toThrow(/^Five\/Read: the watermark of its reader is .*maxOutOfOrder: seconds\(10\)/);
});
