import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type OffsetRange, Pipeline, read } from '../../../model/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { hostThatTells } from './host-that-tells.ts';
import { type Action, listSource } from './list-source.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'viga-finalize-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** An element in each second and a half, so that each comes in an epoch of its own. */
const actions: readonly Action<number>[] = Array.from({ length: 8 }, (_, i) => [
  { give: [[i, i] as const] },
  { rest: 1_500 },
]).flat();

/** What happens: `commit` when it is over, and `finalize` with the position that nothing before is needed of. */
async function happens(onNumber: (n: number) => void, drain?: AbortSignal): Promise<readonly string[]> {
  const log: string[] = [];
  const host = hostThatTells(() => log.push('commit'));
  const source = {
    ...listSource(actions),
    finalize: async ({ from }: OffsetRange) => void log.push(`finalize ${from}`),
  };
  const p = new Pipeline();
  p.apply(read(source, { isBounded: false, name: 'Numbers' })).map(
    (n) => {
      log.push(`see ${n}`);
      onNumber(n);
    },
    { name: 'See' },
  );
  await p.run(directRunner({ host, stateDirectory: directory }), drain === undefined ? {} : { drain });
  return log;
}

/** Positions that were finalized before the elements in front of them were durable: there may be none. */
function tooEarly(log: readonly string[]): readonly string[] {
  let seen = 0;
  let durable = 0;
  return log.filter((what) => {
    const [word, number] = what.split(' ');
    if (word === 'see') seen = Number(number) + 1;
    if (word === 'commit') durable = seen;
    // An element and the rest behind it are two positions.
    return word === 'finalize' && Math.ceil(Number(number) / 2) > durable;
  });
}

test('a source is told of each epoch once that is durable, and not before', async () => {
  const log = await happens(() => undefined);
  expect(tooEarly(log)).toEqual([]);
  const told = log.filter((what) => what.startsWith('finalize'));
  expect(told.length).toBeGreaterThan(5);
});

test('a source that is drained is told of the last epoch too', async () => {
  const drain = new AbortController();
  const log = await happens((n) => n === 4 && drain.abort(), drain.signal);
  expect(tooEarly(log)).toEqual([]);
  const last = log.findLastIndex((what) => what.startsWith('see'));
  const [, position = '0'] = (log.findLast((what) => what.startsWith('finalize')) ?? '').split(' ');
  const [, number = '0'] = (log[last] ?? '').split(' ');
  // Behind the last element that was read.
  expect(Number(position)).toBeGreaterThan(2 * Number(number));
});
