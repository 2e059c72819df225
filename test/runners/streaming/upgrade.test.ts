import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { count, create, fixedWindows, minutes, Pipeline, type PCollection, read, sum } from '../../../index.ts';
import { listState, nodeHost } from '../../../host/index.ts';
import { fileSource } from '../../../io/files/index.ts';
import { logSource } from '../../../io/log/index.ts';
import { parquetFormat } from '../../../io/parquet/read-format.ts';
import { sqliteSource } from '../../../io/sqlite/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { virtualHost } from '../../helpers/virtual-host.ts';
import { listSource } from './list-source.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'viga-upgrade-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Runs a program on the state in the directory until its first epoch is durable. */
function run(
  steps: (numbers: PCollection<number>) => unknown,
  dropState: readonly string[] = [],
  onWarning: (message: string) => void = () => undefined,
) {
  const stop = new AbortController();
  const p = new Pipeline();
  let reads = 0;
  const source = listSource<number>([{ give: [[1, 0]] }, ...Array.from({ length: 30 }, () => ({ rest: 1_500 }))], {
    onRead: () => ++reads === 3 && stop.abort(),
  });
  steps(p.apply(read(source, { isBounded: false, name: 'Numbers' })).windowInto(fixedWindows({ size: minutes(1) })));
  const runner = directRunner({ host: virtualHost(), stateDirectory: directory, dropState });
  return p.run(runner, { stop: stop.signal, onWarning });
}

const counted = (numbers: PCollection<number>) =>
  numbers.keyBy(() => 'all', { name: 'Key' }).combinePerKey(count, { name: 'Count' });
const summed = (numbers: PCollection<number>) =>
  numbers.keyBy(() => 'all', { name: 'KeyAll' }).combinePerKey(sum, { name: 'Sum' });

test('state of a step that is gone is not dropped without being asked for, and stays when refused', async () => {
  await run(counted);
  for (let attempt = 0; attempt < 2; attempt++) {
    await expect(run(summed)).rejects.toThrow(
      /the program is not the one that made this state: Count: the program has no such step\. .*dropState: \['Count'\]/,
    );
  }
  await run(counted);
  await run(summed, ['Count']);
  // Now it is the other one's.
  await expect(run(counted)).rejects.toThrow('Sum: the program has no such step');
});

test('steps that are added elsewhere do not touch what others keep', async () => {
  await run(counted);
  const { warnings } = await told((numbers) => {
    summed(numbers.map((n) => n, { name: 'Same' }));
    counted(numbers);
  });
  expect(warnings).toEqual([
    expect.stringMatching(/here last\. Sum: it is new and starts empty\. All else goes on as it was\.$/),
  ]);
});

/** Runs a program, and gives what it was warned of and what came to the sinks of `sink`. */
async function told(
  steps: (numbers: PCollection<number>, sink: (what: string) => void) => unknown,
  dropState: readonly string[] = [],
) {
  const warnings: string[] = [];
  const seen: string[] = [];
  await run(
    (numbers) => steps(numbers, (what) => seen.push(what)),
    dropState,
    (warning) => warnings.push(warning),
  );
  return { warnings, seen: seen.sort() };
}

/** A second source of two numbers, with a location. */
const more = (location: string, numbers: readonly number[]) => ({
  ...listSource<number>([...numbers.map((n) => ({ give: [[n, 0] as const] })), { rest: 1_000_000 }], { ends: false }),
  name: 'More',
  location,
});

test('a source that is added is read from its start, once', async () => {
  const withMore = (numbers: PCollection<number>, sink: (what: string) => void) => {
    counted(numbers);
    const { pipeline } = numbers;
    pipeline.apply(create([7]), { name: 'Made' }).map((n) => sink(`made ${n}`));
    pipeline.apply(read(more('a', [1, 2]), { isBounded: false })).map((n) => sink(`read ${n}`));
  };
  await run(counted);
  expect(await told(withMore)).toEqual({
    warnings: [
      `${directory}: the program has changed since it ran here last. More/Read: it is new and starts empty. All else goes on as it was.`,
    ],
    seen: ['made 7', 'read 1', 'read 2'],
  });
  expect(await told(withMore)).toEqual({ warnings: [], seen: [] });
});

test('a source that reads another place is read from its start when what was kept of the other is dropped', async () => {
  const from =
    (location: string, values: readonly number[]) => (numbers: PCollection<number>, sink: (what: string) => void) => {
      counted(numbers);
      const source = more(location, values);
      numbers.pipeline.apply(read(source, { isBounded: false })).map((n) => sink(`read ${n}`));
    };
  expect((await told(from('a', [1, 2]))).seen).toEqual(['read 1', 'read 2']);
  await expect(told(from('b', [3]))).rejects.toThrow('More/Read: location was a and is b now.');
  expect(await told(from('b', [3]), ['More/Read'])).toEqual({
    warnings: [expect.stringContaining('location was a and is b now; what it has kept is dropped.')],
    seen: ['read 3'],
  });
});

test('a source that reads other elements of its place is refused, and what told them apart is not shown', async () => {
  const of = (filter: unknown) => (numbers: PCollection<number>) => {
    counted(numbers);
    numbers.pipeline.apply(read({ ...more('a', [1]), filter }, { isBounded: false }));
  };
  await told(of(['WHERE token = ?', 'hush']));
  expect((await told(of(['WHERE token = ?', 'hush']))).warnings).toEqual([]);
  const refused = await told(of(['WHERE token = ?', 'hush-hush'])).catch((error: Error) => error.message);
  expect(refused).toMatch(/More\/Read: filter was the one with check sum [0-9a-f]+ and is the one with check sum /);
  expect(refused).not.toContain('hush');
});

test.each([
  ['partitions of a log', logSource({ file: 'l', topic: 't', partitions: [2, 0] }), [0, 2]],
  [
    'the query and its parameters',
    sqliteSource({ database: 'd', query: 'SELECT ?', parameters: [7] }),
    ['SELECT ?', 7n],
  ],
  [
    'conditions on rows',
    fileSource(parquetFormat({ filter: [{ column: 'n', op: '>', value: 1 }] }), 'f'),
    [{ column: 'n', op: '>', value: 1 }],
  ],
])('what a source reads of its place is told by it: %s', (_, source, filter) => {
  expect(source.filter).toEqual(filter);
});

test('a new job has nothing to drop, and says so', async () => {
  expect((await told(counted, ['Count'])).warnings).toEqual([
    expect.stringMatching(/^--drop-state Count: nothing was dropped\./),
  ]);
});

test('what a program can still use is never dropped: an option that is left in a script does no harm', async () => {
  const kept = async () => (await listState({ directory, disk: nodeHost().disk })).spaces.map(({ name }) => name);
  await run(counted);
  const before = await kept();
  expect(before.some((name) => name.startsWith('Count#'))).toBe(true);
  const { warnings } = await told(counted, ['Count', 'Cuont']);
  expect(await kept()).toEqual(before);
  expect(warnings).toEqual([
    expect.stringMatching(/^--drop-state Count: nothing was dropped\. .*Leave it out, or correct the name\.$/),
    expect.stringMatching(/^--drop-state Cuont: nothing was dropped\./),
  ]);
});

test('a refusal names all that would be lost, in the words of the option', async () => {
  await run((numbers) => [counted(numbers), summed(numbers)]);
  await expect(run((numbers) => numbers)).rejects.toThrow(
    /Count: the program has no such step, and 1 more\. What they have kept would be lost\. .*--drop-state \(dropState: \['Count', 'Sum'\]\)/,
  );
});
