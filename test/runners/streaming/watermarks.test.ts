import { expect, test } from 'vitest';
import {
  create,
  fixedWindows,
  flatten,
  MIN_TIMESTAMP,
  type PaneInfo,
  Pipeline,
  read,
  seconds,
  type Source,
} from '../../../index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { at, testStream } from '../../../testing/index.ts';
import { virtualHost } from '../../helpers/virtual-host.ts';
import { listSource } from './list-source.ts';

const byTen = fixedWindows({ size: seconds(10) });

/** Reads a source to its end, and tells the values of each pane of ten seconds when it fires. */
async function run<R, P>(
  source: Source<number, R, P>,
  onPane: (values: string, pane: PaneInfo) => void,
  startsAt?: number,
): Promise<void> {
  const p = new Pipeline();
  p.apply(read(source, { isBounded: false }))
    .windowInto(byTen)
    .keyBy(() => 'all')
    .groupByKey()
    .map(({ value }, { pane }) => onPane([...value].join(), pane));
  await p.run(directRunner({ host: virtualHost(startsAt) }));
}

test('a window fires when the source says that it is over, while the source goes on', async () => {
  const log: string[] = [];
  const source = listSource<number>(
    [{ give: [[1, 1_000]] }, { watermark: 10_000 }, { rest: 500 }, { give: [[2, 11_000]] }],
    { onRead: (at) => log.push(`read ${at}`) },
  );
  await run(source, (values) => log.push(`fired ${values}`));
  expect(log).toEqual(['read 0', 'read 1', 'read 2', 'fired 1', 'read 3', 'fired 2']);
});

test('a bounded input beside an endless one holds nothing once it is read', async () => {
  const fired: string[] = [];
  const p = new Pipeline();
  const endless = p.apply(
    read(listSource<number>([{ give: [[1, 1_000]] }, { watermark: 20_000 }, { rest: 10 }]), { isBounded: false }),
  );
  const bounded = p.apply(create([7, 8], { timestamps: [2_000, 12_000] }));
  flatten([endless, bounded])
    .windowInto(byTen)
    .keyBy(() => 'all')
    .groupByKey()
    .map(({ value }) => fired.push([...value].sort().join()));
  await p.run(directRunner({ host: virtualHost() }));
  expect(fired.sort()).toEqual(['1,7', '8']);
});

test('an idle live source lets the clock carry the watermark, and only then', async () => {
  const log: string[] = [];
  const source = listSource<number>(
    [
      { give: [[1, 1_000]] },
      { watermark: 5_000 },
      { rest: 60_000 },
      { idle: true },
      { rest: 60_000 },
      { watermark: 6_000 },
    ],
    { isLive: true, onRead: (at) => log.push(`read ${at}`) },
  );
  await run(source, (values) => log.push(`fired ${values}`));
  expect(log).toEqual(['read 0', 'read 1', 'read 2', 'read 3', 'read 4', 'fired 1', 'read 5']);
});

test('a live source that was idle is not when it gives something: the clock carries nothing then', async () => {
  const fired: string[] = [];
  const source = listSource<number>(
    [
      { give: [[1, 1_000]] },
      { watermark: 1_000 },
      { idle: true },
      { rest: 1_000 },
      { give: [[2, 3_000]] },
      { watermark: 3_000 },
      { rest: 60_000 },
      { give: [[3, 4_000]] },
    ],
    { isLive: true },
  );
  await run(source, (values) => fired.push(values));
  expect(fired).toEqual(['1,2,3']);
});

test('a live source that has given nothing yet stays before its first record, however long it is idle', async () => {
  const fired: string[] = [];
  const source = listSource<number>([{ idle: true }, { rest: 60_000 }, { give: [[1, 1_000]] }], { isLive: true });
  await run(source, (values, { timing }) => fired.push(`${values} ${timing}`), 120_000);
  expect(fired).toEqual(['1 ON_TIME']);
});

test('a timestamp that is far ahead of the clock makes nothing of what comes after it late', async () => {
  const fired: string[] = [];
  const source = {
    ...listSource<number>([{ give: [[1, 1_000] as const, [2, 1e12] as const] }, { rest: 10 }, { give: [[3, 2_000]] }], {
      isLive: true,
    }),
    watermark: { kind: 'observed', maxOutOfOrder: 0 } as const,
  };
  await run(source, (values) => fired.push(values));
  expect(fired).toEqual(['1,3', '2']);
});

test('elements that come after their window has expired are counted at the step that drops them, and told', async () => {
  const warnings: string[] = [];
  const p = new Pipeline();
  p.apply(
    testStream()
      .addElements(at(1_000, 'early'))
      .advanceWatermarkTo(10_000)
      .addElements(at(2_000, 'late'), at(3_000, 'later'))
      .advanceWatermarkToInfinity(),
  )
    .windowInto(byTen)
    .keyBy(() => 'all')
    .groupByKey({ name: 'Group' });
  const { steps } = await p.run(directRunner(), { onWarning: (warning) => warnings.push(warning) });
  const dropping = steps.filter(({ droppedLate }) => droppedLate > 0);
  expect(dropping.map(({ step, droppedLate }) => [step, droppedLate])).toEqual([['Group', 2]]);
  expect(warnings).toEqual([expect.stringMatching(/^Group: .*late/)]);
});

test('elements without an event time are told as such when they are dropped: no lateness would help', async () => {
  const warnings: string[] = [];
  const p = new Pipeline();
  p.apply(
    testStream<string>()
      .addElements(at(1_000, 'early'))
      .advanceWatermarkTo(2_000)
      .addElements(at(MIN_TIMESTAMP, 'unreadable'))
      .advanceWatermarkToInfinity(),
  )
    .windowInto(byTen)
    .keyBy(() => 'all')
    .groupByKey({ name: 'Group' });
  await p.run(directRunner(), { onWarning: (warning) => warnings.push(warning) });
  expect(warnings).toEqual([expect.stringMatching(/^Group: .*"unreadable".*no event time.*globalWindows\(\)/)]);
});

test('a step that reads what it groups itself sees no watermark pass before its elements', async () => {
  const late: number[] = [];
  const source = listSource<number>(
    Array.from({ length: 50 }, (_, i) => [{ give: [[i, i * 1_000] as const] }, { watermark: i * 1_000 }]).flat(),
  );
  const p = new Pipeline();
  p.apply(read(source, { isBounded: false }))
    .map(async (value) => value)
    .windowInto(byTen)
    .keyBy(() => 'all')
    .groupByKey()
    .map(({ value }) => late.push([...value].length));
  await p.run(directRunner({ host: virtualHost() }));
  expect(late).toEqual([10, 10, 10, 10, 10]);
});

test('time stands while the elements of a bundle wait for promises: none of them is late for the others', async () => {
  const sums: string[] = [];
  const source = {
    ...listSource<number>([{ give: [[1, 1_000] as const, [2, 9_000] as const, [3, 30_000] as const] }]),
    watermark: { kind: 'observed', maxOutOfOrder: 0 } as const,
  };
  const p = new Pipeline();
  p.apply(read(source, { isBounded: false }))
    .map(async (value) => {
      // Longer than the loop waits for it: it looks around meanwhile.
      for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
      return value;
    })
    .windowInto(byTen)
    .keyBy(() => 'all')
    .groupByKey()
    .map(({ value }, { pane }) => sums.push(`${[...value].join()} ${pane.timing}`));
  await p.run(directRunner({ host: virtualHost() }));
  expect(sums).toEqual(['1,2 ON_TIME', '3 ON_TIME']);
});
