import { describe, expect, test } from 'vitest';
import { nodeHost } from '../../host/index.ts';
import {
  type EventTimeOptions,
  MIN_TIMESTAMP,
  minutes,
  type OffsetRange,
  OffsetTracker,
  Pipeline,
  read,
  reifyTimestamps,
  type RestrictionReader,
  type Source,
  type SourceBatch,
} from '../../index.ts';
import { withEventTime } from '../../model/event-time.ts';
import { directRunner } from '../../runners/direct/index.ts';
import { assertThat } from '../../testing/index.ts';

const NOW = Date.UTC(2026, 0, 1);

type Row = { readonly at: number | undefined };

/** Gives these batches, one position each; like a class of a connector, with private fields. */
class Batches implements Source<Row, OffsetRange, number> {
  readonly kind = 'source';
  readonly name = 'Batches';
  readonly watermark = { kind: 'observed', maxOutOfOrder: 3 } as const;
  readonly #batches: readonly SourceBatch<Row>[];

  constructor(...batches: readonly SourceBatch<Row>[]) {
    this.#batches = batches;
  }

  initialRestriction(): OffsetRange {
    return { from: 0, to: this.#batches.length };
  }

  createTracker(range: OffsetRange): OffsetTracker {
    return new OffsetTracker(range);
  }

  async read(...[, tracker, output]: Parameters<RestrictionReader<undefined, Row, OffsetRange, number>['read']>) {
    output.advanceWatermark(12_345);
    for (let i = 0; tracker.tryClaim(i); i++) await output.emit(this.#batches[i] as SourceBatch<Row>);
    return undefined;
  }
}

const rows = (...stamps: readonly (number | undefined)[]): readonly Row[] => stamps.map((at) => ({ at }));

/** What a runner sees of a read: watermarks as numbers, timestamps of batches as lists, rejected records. */
async function seenOf(source: Source<Row, OffsetRange, number>, options: EventTimeOptions<Row>) {
  const seen: unknown[] = [];
  const reader = withEventTime<undefined, Row, OffsetRange, number, Record<never, never>>(source, options);
  const host = { ...nodeHost(), clock: { ...nodeHost().clock, now: () => NOW } };
  const context = { host, signal: new AbortController().signal, step: 'Read' };
  await reader.read(
    undefined,
    reader.createTracker(await reader.initialRestriction(undefined, context)),
    {
      async emit({ timestamps }) {
        seen.push(timestamps instanceof Float64Array ? [...timestamps] : timestamps);
      },
      reject: (record, { message }, coordinate) => void seen.push({ record, message, coordinate }),
      advanceWatermark: (timestamp) => void seen.push(timestamp),
      setIdle: (idle) => void seen.push(idle),
    },
    context,
  );
  return { seen, reader };
}

const timestamp = (row: Row): number | undefined => row.at;

test('records have the timestamps that are found in them, and the watermark follows the highest', async () => {
  const source = new Batches({ values: rows(10, 30, 20) }, { values: rows(25) }, { values: rows(50) });
  const { seen } = await seenOf(source, { timestamp, maxOutOfOrder: 5 });
  expect(seen).toEqual([[10, 30, 20], 25, [25], 25, [50], 45]);
});

test('the reader says nothing of its watermark any more, and is the same otherwise', async () => {
  const source = new Batches({ values: rows(1) });
  const { reader } = await seenOf(source, { timestamp });
  expect({ watermark: reader.watermark, name: reader.name, split: reader.split }).toEqual({
    watermark: { kind: 'manual' },
    name: 'Batches',
    split: undefined,
  });
  expect(withEventTime(source, {})).toBe(source);
});

test('a record without a readable stamp has the lowest timestamp and does not move the watermark', async () => {
  const source = new Batches({ values: rows(undefined, Number.NaN, 1e300) }, { values: rows(7, undefined) });
  const { seen } = await seenOf(source, { timestamp });
  expect(seen).toEqual([[MIN_TIMESTAMP, MIN_TIMESTAMP, MIN_TIMESTAMP], [7, MIN_TIMESTAMP], 7]);
});

describe('a stamp too far ahead does not move the watermark:', () => {
  test('of the wall clock, where the source gives records no time of its own', async () => {
    const source = new Batches({ values: rows(NOW - 5, NOW + minutes(5) + 1) }, { values: rows(NOW + minutes(5)) });
    const { seen } = await seenOf(source, { timestamp });
    expect(seen).toEqual([[NOW - 5, NOW + 300_001], NOW - 5, [NOW + 300_000], NOW + 300_000]);
  });

  test('of the time that the source gives the record, where it does', async () => {
    const source = new Batches(
      { values: rows(100, 2_000), timestamps: Float64Array.of(90, 1_000) },
      { values: rows(300), timestamps: 300 },
    );
    const { seen } = await seenOf(source, { timestamp, maxAhead: 500 });
    expect(seen).toEqual([[100, 2_000], 100, [300], 300]);
  });
});

describe('a function that throws', () => {
  const throwing = (row: Row): number => {
    if (row.at === 2) throw new Error('no date');
    return row.at ?? 0;
  };

  test('rejects its record, and the others keep their place', async () => {
    const values = rows(1, 2, 3);
    const source = new Batches({ values, coordinate: (i) => `line ${i}` });
    const { seen } = await seenOf(source, { timestamp: throwing });
    expect(seen).toEqual([{ record: { at: 2 }, message: 'no date', coordinate: 'line 1' }, [1, 3], 3]);
  });

  test('makes a dead letter, or ends the run', async () => {
    const source = new Batches({ values: rows(1, 2, 3), coordinate: (i) => `line ${i}` });
    const p = new Pipeline();
    const good = p.apply(
      read(source, {
        timestamp: throwing,
        deadLetters: (failed) =>
          assertThat(failed.map(({ error, coordinate }) => `${coordinate}: ${error.message}`)).containsInAnyOrder([
            'line 1: no date',
          ]),
      }),
    );
    assertThat(good.apply(reifyTimestamps()).map((row) => row.timestamp)).containsInAnyOrder([1, 3]);
    await p.run(directRunner());

    const strict = new Pipeline();
    strict.apply(read(source, { timestamp: throwing }));
    await expect(strict.run(directRunner())).rejects.toThrow(/Batches\/Read: no date/);
  });
});

test('a time that is not known at once is refused', async () => {
  const later = { timestamp: async () => 5 } as unknown as EventTimeOptions<Row>; // as a program without types may
  await expect(seenOf(new Batches({ values: rows(1) }), later)).rejects.toThrow(
    /Read: timestamp gave \[promise\] for a record\. Event time is a number of milliseconds/,
  );
});

test.each([
  [{ timestamp, maxOutOfOrder: -1 }, /maxOutOfOrder is -1 ms but must be 0 or more.*Pass e\.g\. minutes\(1\)/],
  [{ timestamp, maxAhead: Number.NaN }, /maxAhead is NaN ms but must be 0 or more/],
  [{ maxOutOfOrder: 5 }, /maxOutOfOrder is given without timestamp.*Pass timestamp: \(record\) => record\.time/],
])('%o is refused when the step is made', (options, message) => {
  expect(() => new Pipeline().apply(read(new Batches(), options))).toThrow(message);
});
