import { expect, test } from 'vitest';
import {
  counter,
  create,
  type LogEntry,
  type OffsetRange,
  OffsetTracker,
  Pipeline,
  type RestrictionReader,
  splittableParDo,
} from '../../../index.ts';
import { bothPaths } from '../../helpers/runners.ts';

const pages = counter('test', 'pages');

const counting: RestrictionReader<number, number, OffsetRange, number> = {
  name: 'Counting',
  initialRestriction: (to) => ({ from: 0, to }),
  createTracker: (range) => new OffsetTracker(range),
  async read(_, tracker, output) {
    pages.inc();
    for (let i = tracker.currentRestriction().from; tracker.tryClaim(i); i++) {
      await output.emit({ values: [i] });
      pages.inc();
      console.info('page', i);
    }
    return undefined;
  },
};

const modes = bothPaths.flatMap(({ path, runner }) => [
  { mode: `batch, ${path}`, runner: () => runner() },
  { mode: `streaming, ${path}`, runner: () => runner({ streaming: true }) },
]);

test.each(modes)(
  'what a reader counts and writes is of its step, not of those that it feeds, in $mode',
  async ({ runner }) => {
    const p = new Pipeline();
    const logs: LogEntry[] = [];
    p.apply(create([3]))
      .apply(splittableParDo(counting, { name: 'Read' }))
      .map(
        async (n) => {
          pages.inc(100);
          await null;
          pages.inc(1_000);
          return n;
        },
        { name: 'Map' },
      );
    const result = await p.run(runner(), { onLog: (entry) => logs.push(entry) });
    const committed = (step: string) => result.metric(pages, step).committed;
    expect({ read: committed('Counting/Read'), map: committed('Map') }).toEqual({ read: 4, map: 3_300 });
    expect(new Set(logs.map(({ step, message }) => `${step}: ${message}`))).toEqual(
      new Set([0, 1, 2].map((i) => `Counting/Read: page ${i}`)),
    );
  },
);
