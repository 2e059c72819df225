import { describe, expect, test } from 'vitest';
import { jsonReporter } from '../../cli/json-reporter.ts';
import { humanReporter } from '../../cli/reporter.ts';
import type { PipelineResult, Progress } from '../../model/index.ts';
import { counter, stringSet } from '../../model/index.ts';
import { capturedTerminal, type CapturedOptions } from './captured-terminal.ts';

const title = { pipeline: 'words', runner: 'direct' };
const graph = { steps: [] };
const at = (elapsedMs: number): Progress => ({
  elapsedMs,
  steps: [
    {
      step: 'Read',
      kind: 'Read',
      elementsIn: 0,
      elementsOut: elapsedMs,
      failed: 0,
      droppedLate: 0,
      droppedClosed: 0,
      bytes: 0,
    },
  ],
  bytesRead: elapsedMs,
  bytesTotal: 60_000,
});

function reported(options: CapturedOptions, times: readonly number[]) {
  const terminal = capturedTerminal(options);
  const reporter = humanReporter(terminal, title, false);
  reporter.started(graph);
  for (const time of times) reporter.progress(at(time));
  return terminal;
}

describe('progress for people', () => {
  test('on a terminal is a block, from the second second on', () => {
    const { blocks, written } = reported({ isTerminal: true }, [200, 800, 1_000, 1_200]);
    expect(blocks.map(([first]) => first)).toEqual([
      expect.stringContaining('words · direct runner · 1.0 s'),
      expect.stringContaining('words · direct runner · 1.2 s'),
    ]);
    expect(written.err).toBe('');
  });

  test('elsewhere is a line each ten seconds', () => {
    const { blocks, written } = reported({}, [200, 5_000, 10_000, 10_200, 19_900, 20_100]);
    expect(blocks).toEqual([]);
    expect(written.err.split('\n').map((line) => line.slice(0, 13))).toEqual(['words: 10.0 s', 'words: 20.1 s', '']);
  });

  test('on a terminal that can not move the cursor is lines too', () => {
    const { blocks, written } = reported({ isTerminal: true, env: { TERM: 'dumb' } }, [1_000, 10_000]);
    expect(blocks).toEqual([]);
    expect(written.err).toMatch(/^words: 10\.0 s.*\n$/);
    expect(written.err).not.toContain('\u001b');
  });

  test('keeps to NO_COLOR', () => {
    const { blocks } = reported({ isTerminal: true, env: { NO_COLOR: '1' } }, [1_000]);
    expect(blocks.flat().join('')).not.toContain('\u001b');
  });
});

const seen = counter('words', 'seen');
const kinds = stringSet('words', 'kinds');
const result: PipelineResult = {
  state: 'DONE',
  steps: at(1_000).steps,
  metrics: [
    { step: 'Read', metric: seen, attempted: 3, committed: 2 },
    { step: 'Read', metric: kinds, attempted: new Set(['a']), committed: new Set(['a']) },
  ],
  metric: () => {
    throw new Error('the list is read');
  },
  elapsedMs: 1_000,
  cpuMs: 900,
  peakRssBytes: 2 ** 27,
  spilledBytes: 0,
};

test('the block is gone before the summary is there, and quiet runs have none', () => {
  const loud = capturedTerminal({ isTerminal: true });
  const reporter = humanReporter(loud, title, false);
  reporter.started(graph);
  reporter.progress(at(2_000));
  reporter.warning('a teardown failed:\nno \u0007');
  reporter.finished(result);
  expect(loud.written.err).toMatch(/^\S*!\S* a teardown failed: no \\x07\n/);
  expect(loud.blocks.at(-1)).toEqual([]);
  expect(loud.written.err).toContain('words finished in 1.0 s');
  expect(loud.written.out).toBe('');
  const quiet = capturedTerminal();
  const silent = humanReporter(quiet, title, true);
  silent.warning('a teardown failed');
  silent.finished(result);
  expect(quiet.written).toEqual({ out: '', err: '' });
});

test('machines get one object a line: start, progress once a second, summary', () => {
  const terminal = capturedTerminal();
  const start = { ...title, job: 'nightly', options: { top: 3 } };
  const reporter = jsonReporter(terminal, start);
  reporter.started(graph);
  for (const time of [200, 1_000, 1_200, 1_900, 2_000]) reporter.progress(at(time));
  reporter.warning('a teardown failed');
  reporter.cancelling();
  reporter.finished(result);
  expect(terminal.written.err).toBe('');
  const records = terminal.written.out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  expect(records).toMatchObject([
    { type: 'start', pipeline: 'words', runner: 'direct', job: 'nightly', options: { top: 3 }, steps: 0 },
    { type: 'progress', elapsedMs: 1_000, bytesRead: 1_000, bytesTotal: 60_000 },
    { type: 'progress', elapsedMs: 2_000 },
    { type: 'warning', message: 'a teardown failed' },
    { type: 'cancelling' },
    {
      type: 'summary',
      state: 'DONE',
      rowsRead: 1_000,
      elapsedMs: 1_000,
      peakRssBytes: 2 ** 27,
      metrics: [
        { step: 'Read', kind: 'counter', namespace: 'words', name: 'seen', committed: 2, attempted: 3 },
        { kind: 'stringSet', committed: ['a'] },
      ],
    },
  ]);
});
