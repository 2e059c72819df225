import { describe, expect, test } from 'vitest';
import { liveFacts } from '../../../cli/print/live-view.ts';
import { Meter } from '../../../cli/print/meter.ts';
import { colorPaint, plainPaint } from '../../../cli/print/paint.ts';
import { progressBlock, progressLine } from '../../../cli/print/progress.ts';
import { outermostScopes } from '../../../cli/print/scopes.ts';
import { summaryLines, totalsOf } from '../../../cli/print/summary.ts';
import { displayWidth } from '../../../cli/print/width.ts';
import {
  counter,
  distribution,
  type Graph,
  type LiveStats,
  MAX_TIMESTAMP,
  MIN_TIMESTAMP,
  Pipeline,
  type PipelineResult,
  type Progress,
  ptransform,
  type Sink,
  type StepStats,
  stringSet,
  write,
} from '../../../model/index.ts';
import { create } from '../../../transforms/index.ts';

// Only the graph is looked at here; no pipeline runs.
const nowhere: Sink<number> = {
  kind: 'sink',
  name: 'Nowhere',
  guarantee: 'append',
  open: () => Promise.reject(new Error('nothing is written')),
  commit: () => Promise.resolve(),
};

// Create -> Clean/Trim -> Clean/Keep -> Count
function graphOfFour(): Graph {
  const p = new Pipeline();
  p.apply(create(['a']), { name: 'Words' })
    .apply(
      ptransform('Clean', (words) =>
        words.map((word) => word.trim(), { name: 'Trim' }).filter((word) => word !== '', { name: 'Keep' }),
      ),
    )
    .map((word) => word.length, { name: 'Length' })
    .apply(write(nowhere), { name: 'Out' });
  return p.graph;
}

const step = (
  path: string,
  kind: string,
  elementsIn: number,
  elementsOut: number,
  failed = 0,
  bytes = 0,
): StepStats => ({
  step: path,
  kind,
  elementsIn,
  elementsOut,
  failed,
  droppedLate: 0,
  droppedClosed: 0,
  bytes,
});

const stepsAt = (n: number, failed = 0): StepStats[] => [
  step('Words/Create', 'Create', 0, n),
  step('Clean/Trim', 'Map', n, n - failed, failed),
  step('Clean/Keep', 'Filter', n - failed, n / 2),
  step('Length', 'Map', n / 2, n / 2),
];

const at = (elapsedMs: number, n: number, bytes: Partial<Progress> = {}, failed = 0): Progress => ({
  elapsedMs,
  steps: stepsAt(n, failed),
  bytesRead: 0,
  bytesTotal: undefined,
  ...bytes,
});

const screen = { width: 80, height: 24, paint: plainPaint };
const title = { pipeline: 'words', runner: 'direct' };

test('a composite is folded to what enters and what leaves it', () => {
  expect(outermostScopes(graphOfFour(), stepsAt(100, 10))).toMatchObject([
    { step: 'Words', elementsOut: 100, isSource: true },
    { step: 'Clean', elementsIn: 100, elementsOut: 50, failed: 10, isSource: false },
    { step: 'Length', elementsIn: 50, elementsOut: 50, isSource: false, isSink: false },
  ]);
  const written = [...stepsAt(100), step('Out/Write', 'Write', 50, 0)];
  expect(outermostScopes(graphOfFour(), written).at(-1)).toMatchObject({ step: 'Out', elementsIn: 50, isSink: true });
});

describe('rates', () => {
  test('are those of the last five seconds', () => {
    const meter = new Meter(graphOfFour());
    meter.add(at(1_000, 1_000));
    meter.add(at(2_000, 2_000));
    expect(meter.add(at(3_000, 12_000)).rowsPerSecond).toBe(5_500);
    for (const second of [4, 5, 6, 7]) meter.add(at(second * 1_000, 12_000));
    expect(meter.add(at(8_000, 12_000)).rowsPerSecond).toBe(0);
  });

  test('of a first report are those since the start', () => {
    expect(new Meter(graphOfFour()).add(at(2_000, 1_000))).toMatchObject({ rowsRead: 1_000, rowsPerSecond: 500 });
  });

  test('of a source count what goes out, of other steps what comes in', () => {
    const { steps } = new Meter(graphOfFour()).add(at(1_000, 100, {}, 20));
    expect(steps.map(({ perSecond }) => perSecond)).toEqual([100, 100, 80, 50]);
  });

  test('two reports at one instant give no rate, rather than one without end', () => {
    const meter = new Meter(graphOfFour());
    meter.add(at(1_000, 10));
    expect(meter.add(at(1_000, 20)).rowsPerSecond).toBe(0);
  });
});

describe('the time that is left', () => {
  test('follows from the bytes of the last seconds', () => {
    const meter = new Meter(graphOfFour());
    meter.add(at(1_000, 10, { bytesRead: 100, bytesTotal: 1_000 }));
    expect(meter.add(at(3_000, 20, { bytesRead: 500, bytesTotal: 1_000 }))).toMatchObject({
      fraction: 0.5,
      bytesPerSecond: 200,
      remainingMs: 2_500,
    });
  });

  test('is not told where the size is not known, where nothing moves, and at the end', () => {
    const view = (bytes: Partial<Progress>) => new Meter(graphOfFour()).add(at(1_000, 10, bytes));
    expect(view({ bytesRead: 5 })).toMatchObject({ fraction: undefined, remainingMs: undefined });
    expect(view({ bytesRead: 0, bytesTotal: 10 })).toMatchObject({ fraction: 0, remainingMs: undefined });
    expect(view({ bytesRead: 10, bytesTotal: 10 })).toMatchObject({ fraction: 1, remainingMs: undefined });
    expect(view({ bytesRead: 20, bytesTotal: 10 })).toMatchObject({ fraction: 1 });
    expect(view({ bytesRead: 0, bytesTotal: 0 })).toMatchObject({ fraction: undefined });
  });
});

describe('the live block', () => {
  const view = (n = 1_204_000, bytes: Partial<Progress> = {}, failed = 0) =>
    new Meter(graphOfFour()).add(at(10_000, n, bytes, failed));

  test('has a line per step with in, out, rate and errors, and a bar where the size is known', () => {
    const half = { bytesRead: 210 * 2 ** 20, bytesTotal: 420 * 2 ** 20 };
    expect(progressBlock(title, view(1_204_000, half, 3), screen)).toEqual([
      'words · direct runner · 10.0 s',
      '                       in        out     rate  errors',
      '  Words/Create             1,204,000   120k/s       0',
      '  Clean/Trim    1,204,000  1,203,997   120k/s       3',
      '  Clean/Keep    1,203,997    602,000   120k/s       0',
      '  Length          602,000    602,000  60.2k/s       0',
      '  ████████████░░░░░░░░░░░░  50 %  210 MB of 420 MB  21.0 MB/s  10.0 s left',
    ]);
  });

  test('has no bar where the size is not known', () => {
    expect(progressBlock(title, view(), screen).join('\n')).not.toMatch(/[█░%]/);
  });

  test.each([20, 30, 40, 60, 80, 200])('fits %d columns', (width) => {
    const half = { bytesRead: 210 * 2 ** 20, bytesTotal: 420 * 2 ** 20 };
    const lines = progressBlock({ ...title, pipeline: 'größte 日本語 pipeline' }, view(1_204_000, half), {
      ...screen,
      width,
    });
    for (const line of lines) expect(displayWidth(line), line).toBeLessThanOrEqual(width);
  });

  test('folds composites where the screen is too low, then shows those that move', () => {
    const paths = (height: number) =>
      progressBlock(title, view(), { ...screen, height })
        .slice(2)
        .map((line) => line.trim().split(' ')[0]);
    expect(paths(7)).toEqual(['Words/Create', 'Clean/Trim', 'Clean/Keep', 'Length']);
    expect(paths(6)).toEqual(['Words', 'Clean', 'Length']);
    expect(paths(5)).toEqual(['Words', '…']);
    for (const height of [1, 2, 3, 4, 5, 6, 7]) {
      expect(progressBlock(title, view(), { ...screen, height }).length).toBeLessThanOrEqual(Math.max(4, height));
    }
  });

  test('has no bar once all is read: the steps that are left have no size', () => {
    const all = { bytesRead: 2 ** 20, bytesTotal: 2 ** 20 };
    expect(progressBlock(title, view(1_000, all), screen).at(-1)).toBe('  all 1.00 MB of the input read');
  });

  test('tells no rate of a handful of elements', () => {
    const [, , read] = progressBlock(title, new Meter(graphOfFour()).add(at(1_000, 8)), screen);
    expect(read).toMatch(/^ {2}Words\/Create +8 +0$/);
  });

  test('is painted only where color is wanted', () => {
    expect(progressBlock(title, view(), screen).join('')).not.toContain('\u001b');
    expect(progressBlock(title, view(), { ...screen, paint: colorPaint }).join('')).toContain('\u001b[1mwords');
  });

  test('control characters in names do not reach the terminal', () => {
    expect(progressBlock({ ...title, pipeline: 'a\u001b[2Jb' }, view(), screen)[0]).toContain('a\\x1b[2Jb');
  });
});

test('a line for logs says how far a run is', () => {
  const half = { bytesRead: 210 * 2 ** 20, bytesTotal: 420 * 2 ** 20 };
  const meter = new Meter(graphOfFour());
  expect(progressLine(title, meter.add(at(10_000, 1_204_000, half, 3)))).toBe(
    'words: 10.0 s, 1,204,000 rows read, 120k/s, 50 %, 210 MB of 420 MB, 21.0 MB/s, 10.0 s left, 3 errors',
  );
});

const live: LiveStats = {
  inputWatermark: 60_000,
  outputWatermark: 60_000,
  heldBy: 'the source Read',
  waiting: 0,
  stateBytes: 0,
};
const epoch = { number: 12, at: 64_100, durationMs: 8, outboxBytes: 2_048 };

const seen = counter('words', 'seen');
const lengths = distribution('words', 'length');
const kinds = stringSet('words', 'kinds');
const result: PipelineResult = {
  state: 'DONE',
  steps: [
    ...stepsAt(2_000, 4).map((one) => (one.kind === 'Create' ? { ...one, kind: 'Read', bytes: 2 ** 20 } : one)),
    step('Out/Write', 'Write', 1_000, 0, 0, 2 ** 19),
  ],
  metrics: [
    { step: 'Length', metric: seen, attempted: 1_000, committed: 1_000 },
    {
      step: 'Length',
      metric: lengths,
      attempted: { sum: 30, count: 10, min: 1, max: 7 },
      committed: { sum: 30, count: 10, min: 1, max: 7 },
    },
    { step: 'Length', metric: kinds, attempted: new Set(['a', 'b']), committed: new Set(['a', 'b']) },
  ],
  metric: () => {
    throw new Error('summaries read the list');
  },
  elapsedMs: 2_000,
  cpuMs: 1_500,
  peakRssBytes: 200 * 2 ** 20,
  spilledBytes: 3 * 2 ** 20,
};

describe('a streaming run', () => {
  const [source, sink] = [step('Read', 'Read', 0, 5_000), step('Out', 'Write', 40, 0)];
  const steps = [
    { ...source, live: { ...live, outputWatermark: 64_000, waiting: 3 } },
    { ...sink, live, droppedLate: 2, droppedClosed: 1 },
    {
      ...sink,
      step: 'At the end',
      live: { ...live, outputWatermark: MIN_TIMESTAMP, heldBy: 'what waits for the end' },
    },
  ];
  const running = { elapsedMs: 10_000, steps, epoch, bytesRead: 50, bytesTotal: 100 };

  test('tells how far time is at its sinks, what holds it there, and its last epoch, in place of a bar', () => {
    const view = new Meter({ steps: [] }).add(running);
    const facts = [
      'watermark 1970-01-01 00:01:00, 4.1 s behind',
      '3 waiting',
      '2 late drops',
      '1 drop behind a finished trigger',
      'epoch 12 in 8 ms',
      'held by the source Read',
    ];
    expect(progressBlock(title, view, { ...screen, width: 180 }).at(-1)).toBe(`  ${facts.join(' · ')}`);
    expect(progressLine(title, view)).toBe(`words: 10.0 s, 5,000 rows read, 500/s, ${facts.join(', ')}`);
    for (const line of progressBlock(title, view, { ...screen, width: 40 }))
      expect(displayWidth(line)).toBeLessThanOrEqual(40);
  });

  test('has no lag where it replays what happened long ago, and says so where time has not begun or is over', () => {
    const last = (outputWatermark: number, at: number) =>
      liveFacts({
        watermark: outputWatermark,
        heldBy: undefined,
        waiting: 0,
        droppedLate: 0,
        droppedClosed: 0,
        epoch: { ...epoch, at },
      })[0];
    expect(last(60_000, 90_000_000)).toBe('watermark 1970-01-01 00:01:00');
    expect(last(MIN_TIMESTAMP, 60_000)).toBe('watermark not yet');
    expect(last(MAX_TIMESTAMP, 60_000)).toBe('watermark at the end');
  });

  test('sums up late drops and epochs, and says how a stopped one goes on', () => {
    const lines = (state: PipelineResult['state']) =>
      summaryLines('words', { ...result, state, steps, epoch }, { steps: [] }, { paint: plainPaint, width: 100 });
    expect(lines('STOPPED')[0]).toBe('✔ words stopped with its state saved in 2.0 s');
    expect(lines('STOPPED').slice(-2)).toEqual([
      '  epochs  the last is number 12 · took 8 ms · 2.00 KB wait for sinks',
      '  next    the same command goes on',
    ]);
    expect(lines('STOPPED').join('\n')).toContain(' · 2 late drops · 1 drop behind a finished trigger');
    expect(lines('DRAINED')[0]).toContain('words drained and finished in');
    expect(lines('DRAINED').join('\n')).not.toContain('goes on');
  });
});

describe('the summary', () => {
  test('says where the results are', () => {
    const told = (...places: string[]) => {
      const p = new Pipeline();
      const words = p.apply(create([1]));
      for (const location of places) words.apply(write({ ...nowhere, location }));
      const lines = summaryLines('words', result, p.graph, { paint: plainPaint, width: 80 });
      return lines.find((line) => line.startsWith('  output'));
    };
    expect(told()).toBeUndefined();
    expect(told('a.csv', 'b.csv', 'a.csv')).toBe('  output  a.csv, b.csv');
    expect(told('out/a', 'out/x/b', 'out/x/c', 'out/d/')).toBe('  output  out/ (4 results)');
    expect(told('s3://a/b', 's3://c/d', 's3://e/f', 's3://g/h')).toBe(
      '  output  s3://a/b, s3://c/d, s3://e/f and 1 more',
    );
  });

  test('adds up what was read and written', () => {
    expect(totalsOf(result)).toEqual({
      rowsRead: 2_000,
      rowsWritten: 1_000,
      bytesRead: 2 ** 20,
      bytesWritten: 2 ** 19,
      deadLetters: 4,
      droppedLate: 0,
      droppedClosed: 0,
    });
  });

  test('has the steps, the counters, and what the run took', () => {
    expect(summaryLines('words', result, graphOfFour(), { paint: plainPaint, width: 80 })).toEqual([
      '✔ words finished in 2.0 s',
      '             in    out  errors',
      '  Words          2,000',
      '  Clean   2,000  1,000       4',
      '  Length  1,000  1,000',
      '  Out     1,000',
      '',
      '  counters',
      '  words/seen             1,000  Length',
      '  words/length  1 to 7, mean 3  Length',
      '  words/kinds             a, b  Length',
      '',
      '  rows    2,000 read · 1,000 written · 1.00k/s · 4 dead letters',
      '  bytes   1.00 MB read · 512 KB written',
      '  memory  200 MB at most · 3.00 MB spilled',
      '  time    2.0 s · 1.5 s of CPU',
    ]);
  });

  test.each([30, 50, 120])('fits %d columns', (width) => {
    for (const line of summaryLines('words', result, graphOfFour(), { paint: plainPaint, width })) {
      expect(displayWidth(line), line).toBeLessThanOrEqual(width);
    }
  });
});
