import { appendFileSync, mkdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { matchFiles, readFiles } from '../../../io/files/index.ts';
import { watchSource } from '../../../io/files/watch-files.ts';
import { readAllText, readText } from '../../../io/text/index.ts';
import { readCsv } from '../../../io/csv/index.ts';
import { writeText } from '../../../io/text/index.ts';
import { fixedWindows, type OffsetRange, Pipeline, type SourceBatch } from '../../../model/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { assertThat, testPipeline } from '../../../testing/index.ts';
import { byteFormat, wholeFormat } from './formats.ts';
import { contentOf, directoryWith, sourceContext } from './support.ts';

type Watched<T> = ReturnType<typeof watchSource<T>>;
type Restriction<T> = Awaited<ReturnType<Watched<T>['initialRestriction']>>;

/** Reads what there is now, as a runner does; the position that it ends with is what a job stores. */
async function readNow<T>(source: Watched<T>, from?: Restriction<T>) {
  const tracker = source.createTracker(from ?? (await source.initialRestriction(undefined, sourceContext())));
  const values: T[] = [];
  let isIdle = false;
  const output = {
    emit: (batch: SourceBatch<T>) => void values.push(...batch.values),
    reject(_record: unknown, error: Error) {
      throw error;
    },
    advanceWatermark: () => undefined,
    setIdle(idle: boolean) {
      isIdle = idle;
    },
  };
  const result = await source.read(undefined, tracker, output, sourceContext());
  const rest = tracker.trySplit(0)?.residual;
  tracker.checkDone();
  return { values, result, isIdle, rest: structuredClone(rest) };
}

/** Writes a file that was changed at a second, so that files have an order. */
function put(root: string, name: string, text: string, second: number): void {
  writeFileSync(`${root}/${name}`, text);
  utimesSync(`${root}/${name}`, second, second);
}

const watch = { interval: 50 };
const watchIn = (root: string, options = {}) => watchSource(wholeFormat, `${root}/*.txt`, { ...watch, ...options }, {});

test('files are read as they come, each once, in the order of their changes', async () => {
  const root = directoryWith();
  const source = watchIn(root);
  put(root, 'b.txt', 'first', 1);
  put(root, 'a.txt', 'second', 2);
  put(root, '.hidden.txt', 'no', 3);
  const before = await readNow(source);
  expect(before).toMatchObject({ values: ['first', 'second'], isIdle: true, result: { resumeAfter: 50 } });
  put(root, 'c.txt', 'third', 4);
  const after = await readNow(source, before.rest);
  expect(after.values).toEqual(['third']);
  expect((await readNow(source, after.rest)).values).toEqual([]);
  expect(after.rest?.seen.map(({ path }) => path.slice(root.length + 1)).sort()).toEqual(['a.txt', 'b.txt', 'c.txt']);
});

test('a folder may be empty, or not be there yet', async () => {
  const root = directoryWith();
  const source = watchSource(wholeFormat, [`${root}/new/*.txt`], watch, {});
  const nothing = await readNow(source);
  expect(nothing).toMatchObject({ values: [], isIdle: true });
  mkdirSync(`${root}/new`);
  put(root, 'new/a.txt', 'x', 1);
  expect((await readNow(source, nothing.rest)).values).toEqual(['x']);
});

test('a file that changed is an error, or is read again where that is asked for', async () => {
  const root = directoryWith();
  put(root, 'a.txt', 'one', 1);
  const { rest } = await readNow(watchIn(root));
  appendFileSync(`${root}/a.txt`, ' two');
  utimesSync(`${root}/a.txt`, 9, 9);
  await expect(readNow(watchIn(root), rest)).rejects.toThrow(
    `${root}/a.txt: this file was found with 3 bytes, changed 1970-01-01T00:00:01.000Z, and has 7 now, changed 1970-01-01T00:00:09.000Z.`,
  );
  const again = await readNow(watchIn(root, { changed: 'read-again' }), rest);
  expect(again.values).toEqual(['one two']);
  expect((await readNow(watchIn(root), again.rest)).values).toEqual([]);
  // A file that was moved away is no change.
  renameSync(`${root}/a.txt`, `${root}/a.done`);
  expect((await readNow(watchIn(root), again.rest)).values).toEqual([]);
});

test('a cut in the middle of a file goes on there, and the watching with it', async () => {
  const root = directoryWith();
  const source = watchSource(byteFormat, `${root}/*`, watch, {});
  put(root, 'a', 'abc', 1);
  put(root, 'b', 'de', 2);
  const tracker = source.createTracker(await source.initialRestriction(undefined, sourceContext()));
  const text: string[] = [];
  let rest: Restriction<number> | undefined;
  const output = {
    emit(batch: SourceBatch<number>) {
      text.push(...batch.values.map((byte) => String.fromCharCode(byte)));
      if (text.length === 2) rest = structuredClone(tracker.trySplit(0)?.residual);
    },
    reject: () => undefined,
    advanceWatermark: () => undefined,
    setIdle: () => undefined,
  };
  expect(await source.read(undefined, tracker, output, sourceContext())).toBeUndefined();
  tracker.checkDone();
  expect(source.isBounded?.(tracker.currentRestriction())).toBe(true);
  expect(rest?.parts.map(({ range }) => range as OffsetRange)).toEqual([
    { from: 2, to: 3 },
    { from: 0, to: 2 },
  ]);
  put(root, 'c', 'f', 3);
  const { values } = await readNow(source, rest);
  expect(text.join('') + String.fromCharCode(...values)).toBe('abcdef');
  // When the job drains, what was found is still read, and nothing more looked for.
  expect(source.truncate?.(rest as Restriction<number>)).toMatchObject({ watches: false, parts: [{}, {}] });
  expect(source.truncate?.({ watches: true, seen: [], parts: [] })).toBeUndefined();
});

test('the paths of files can be read apart from finding them', async () => {
  const root = directoryWith({ 'a.txt': 'one\n', 'b.txt': 'two\n' });
  await testPipeline((p) => {
    const paths = p.apply(matchFiles({ files: `${root}/*.txt` }));
    expect(paths.isBounded).toBe(true);
    assertThat(paths).containsInAnyOrder([`${root}/a.txt`, `${root}/b.txt`]);
    assertThat(paths.apply(readAllText())).containsInAnyOrder(['one', 'two']);
  });
  const p = new Pipeline();
  p.apply(matchFiles({ files: `${root}/*.csv` }));
  await expect(p.run(directRunner())).rejects.toThrow('no file matches this pattern');
});

test('a job that watches a folder goes on with the files that came while it was stopped', async () => {
  const root = directoryWith();
  mkdirSync(`${root}/in`);
  const run = async (until: number) => {
    const stop = new AbortController();
    let seen = 0;
    const p = new Pipeline();
    p.apply(readText({ files: `${root}/in/*.txt`, watch: { interval: 5 }, timestamp: (line) => Number(line) }))
      .map((line) => {
        if ((seen += 1) === until) stop.abort();
        return line;
      })
      .windowInto(fixedWindows({ size: 10 }))
      .apply(writeText({ files: `${root}/out/`, perPane: true }));
    const { state } = await p.run(directRunner({ stateDirectory: `${root}/state`, epochInterval: 20 }), {
      stop: stop.signal,
    });
    expect(state).toBe('STOPPED');
    return seen;
  };
  put(root, 'in/a.txt', '1\n2\n11\n', 1);
  expect(await run(3)).toBe(3);
  put(root, 'in/b.txt', '12\n25\n', 2);
  put(root, 'in/c.txt', '31\n', 3);
  expect(await run(3)).toBe(3);
  // A window that is due when the job is stopped may fire when it goes on.
  put(root, 'in/d.txt', '32\n', 4);
  expect(await run(1)).toBe(1);
  const files = Object.entries(contentOf(`${root}/out`)).filter(([name]) => !name.includes('.viga'));
  // The last window is still open.
  expect(files.map(([, text]) => text.split('\n').slice(0, -1).sort()).sort()).toEqual([
    ['1', '2'],
    ['11', '12'],
    ['25'],
  ]);
});

test('event time can be read from the records of any format', async () => {
  const root = directoryWith({ 'a.csv': 'at,what\n5,x\n15,y\n' });
  await testPipeline((p) => {
    const stamped = p
      .apply(readCsv({ files: `${root}/*.csv`, timestamp: ({ at }) => Number(at), maxOutOfOrder: 1 }))
      .map(({ what }, { timestamp }) => [what, timestamp]);
    assertThat(stamped).containsInAnyOrder([
      ['x', 5],
      ['y', 15],
    ]);
  });
});

test.each([
  [{ interval: 0 }, 'watch.interval is 0 ms but must be more than 0'],
  [{ interval: 1, changed: 'ignore' as 'error' }, `watch.changed is "ignore". Pass 'error' or 'read-again'`],
])('watching with %j is refused', (options, message) => {
  expect(() => readFiles(wholeFormat, { files: 'in/*', watch: options })).toThrow(message);
  expect(() => matchFiles({ files: 'in/*', watch: options })).toThrow(message);
});
