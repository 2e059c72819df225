import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { count, fixedWindows, Pipeline, read, seconds } from '../../../index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { virtualHost } from '../../helpers/virtual-host.ts';
import { listSource } from './list-source.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'viga-clock-back-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const NUMBERS = 30;
const actions = Array.from({ length: NUMBERS }, (_, n) => [
  { give: [[n, n * 1_000] as const] },
  { watermark: n * 1_000 },
  { rest: 1_500 },
]).flat();

test('a job whose clock stands earlier than when it stopped goes on, and counts each element once', async () => {
  const counts: number[] = [];
  /** Runs until so many numbers were read, with a clock that begins at a time. */
  const run = async (until: number, clockStart: number) => {
    const stop = new AbortController();
    const source = listSource(actions, { onRead: (at) => at >= until * 3 && stop.abort() });
    const p = new Pipeline();
    p.apply(read(source, { isBounded: false, name: 'Numbers' }))
      .windowInto(fixedWindows({ size: seconds(7) }))
      .keyBy(() => 'all', { name: 'Key' })
      .combinePerKey(count, { name: 'Count' })
      .map(({ value }) => counts.push(value));
    const runner = directRunner({ host: virtualHost(clockStart), stateDirectory: join(folder, 'state') });
    return (await p.run(runner, { stop: stop.signal })).state;
  };
  const day = 24 * 3_600_000;
  expect(await run(9, 400 * day)).toBe('STOPPED');
  expect(await run(18, 100 * day)).toBe('STOPPED');
  expect(await run(NUMBERS, 0)).toBe('DONE');
  expect(counts).toEqual([7, 7, 7, 7, 2]);
});
