import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { OffsetTracker, type OffsetRange, type RestrictionTracker, Pipeline, read } from '../../../index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { virtualHost } from '../../helpers/virtual-host.ts';
import { listSource } from './list-source.ts';

/** A tracker that can't say what is left while it is read from. */
function withoutRemaining(range: OffsetRange): RestrictionTracker<OffsetRange, number> {
  const offsets = new OffsetTracker(range);
  return {
    currentRestriction: () => offsets.currentRestriction(),
    tryClaim: (position) => offsets.tryClaim(position),
    trySplit: (fraction) => offsets.trySplit(fraction),
    progress: () => offsets.progress(),
    checkDone: () => offsets.checkDone(),
  };
}

test('what a reader has given that comes to its end at a cut is not read again', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'viga-ended-'));
  const seen: number[] = [];
  const stop = new AbortController();
  const run = () => {
    const host = virtualHost();
    const wait = (n: number): Promise<number> =>
      new Promise((resolve) => {
        seen.push(n);
        stop.abort();
        host.clock.setTimer(50, () => resolve(n));
      });
    const source = { ...listSource([{ give: [[1, 0] as const, [2, 0] as const] }]), createTracker: withoutRemaining };
    const p = new Pipeline();
    p.apply(read(source, { isBounded: false, name: 'Numbers' })).map(wait, { name: 'Slow' });
    return { p, runner: directRunner({ host, stateDirectory: directory }) };
  };
  const first = run();
  expect((await first.p.run(first.runner, { stop: stop.signal })).state).toBe('STOPPED');
  const second = run();
  expect((await second.p.run(second.runner)).state).toBe('DONE');
  expect(seen).toEqual([1, 2]);
  rmSync(directory, { recursive: true });
});
