import { describe, expect, test } from 'vitest';
import {
  create,
  type EventTimeOptions,
  fixedWindows,
  minutes,
  type OffsetRange,
  OffsetTracker,
  type PCollection,
  Pipeline,
  read,
  reifyWindows,
  type RestrictionReader,
  type Source,
  splittableParDo,
} from '../../index.ts';
import { directRunner } from '../../runners/direct/index.ts';
import { assertThat } from '../../testing/index.ts';

type Row = { readonly at: number; readonly name: string };

/** Rows one by one, each handed over alone. */
const rows = <E>(all: readonly Row[]): RestrictionReader<E, Row, OffsetRange, number> => ({
  name: 'Rows',
  initialRestriction: () => ({ from: 0, to: all.length }),
  createTracker: (range) => new OffsetTracker(range),
  async read(_, tracker, output) {
    for (let i = tracker.currentRestriction().from; tracker.tryClaim(i); i++) {
      await output.emit({ values: all.slice(i, i + 1) });
    }
    return undefined;
  },
});

const source = (all: readonly Row[]): Source<Row, OffsetRange, number> => ({ ...rows<undefined>(all), kind: 'source' });

const row = (at: number, name: string): Row => ({ at, name });

/** What comes out of windows of ten milliseconds: `names timing`. */
const windowed = (input: PCollection<Row>): PCollection<string> =>
  input
    .windowInto(fixedWindows({ size: 10 }), { allowedLateness: minutes(1) })
    .keyBy(() => 'k')
    .groupByKey()
    .apply(reifyWindows())
    .map(
      ({ value, pane }) =>
        `${[...value.value]
          .map(({ name }) => name)
          .toSorted()
          .join('')} ${pane.timing}`,
    );

const disordered = [row(5, 'a'), row(12, 'b'), row(6, 'c'), row(23, 'd'), row(7, 'e')];

const expectPanes = async (options: EventTimeOptions<Row>, ...panes: readonly string[]): Promise<void> => {
  const p = new Pipeline();
  const input = p.apply(read(source(disordered), { timestamp: ({ at }) => at, ...options }));
  assertThat(windowed(input)).containsInAnyOrder([...panes]);
  await p.run(directRunner({ streaming: true }));
};

describe('in streaming, windows close behind the highest timestamp, less what may come out of order:', () => {
  test('nothing', () => expectPanes({}, 'a ON_TIME', 'c LATE', 'b ON_TIME', 'e LATE', 'd ON_TIME'));
  test('as much as one of them needs', () =>
    expectPanes({ maxOutOfOrder: 6 }, 'ac ON_TIME', 'e LATE', 'b ON_TIME', 'd ON_TIME'));
  test('as much as all of them need', () =>
    expectPanes({ maxOutOfOrder: 16 }, 'ace ON_TIME', 'b ON_TIME', 'd ON_TIME'));
});

test('in batch nothing is late', async () => {
  const p = new Pipeline();
  const input = p.apply(read(source(disordered), { timestamp: ({ at }) => at }));
  assertThat(windowed(input)).containsInAnyOrder(['ace ON_TIME', 'b ON_TIME', 'd ON_TIME']);
  await p.run(directRunner());
});

test('a row whose clock is wrong keeps its time, and makes nobody late', async () => {
  const p = new Pipeline();
  const future = Date.now() + minutes(60);
  const input = p.apply(
    read(source([row(5, 'a'), row(future, 'wrong'), row(6, 'b')]), { timestamp: ({ at }) => at, maxOutOfOrder: 5 }),
  );
  assertThat(windowed(input)).containsInAnyOrder(['ab ON_TIME', 'wrong ON_TIME']);
  await p.run(directRunner({ streaming: true }));
});

test.each([false, true])('a splittable DoFn sets event time as well (streaming: %s)', async (streaming) => {
  const p = new Pipeline();
  const input = p
    .apply(create(['x'], { timestamps: [0] }))
    .apply(splittableParDo(rows<string>([row(5, 'a'), row(15, 'b')]), { timestamp: ({ at }) => at }));
  assertThat(windowed(input)).containsInAnyOrder(['a ON_TIME', 'b ON_TIME']);
  await p.run(directRunner({ streaming }));
  expect(input.isBounded).toBe(true);
});
