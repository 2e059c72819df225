import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type OffsetRange, Pipeline, read, type Source, seconds } from '../../../index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { virtualHost } from '../../helpers/virtual-host.ts';
import { listSource } from './list-source.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'viga-source-cuts-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

test('what a reader rejects is in the same epoch as what it gives with it, so none of both comes again', async () => {
  const source: Source<number, OffsetRange, number> = {
    ...listSource<number>([{ rest: 1 }, { rest: 1 }, { rest: 1 }]),
    async read(_element, tracker, output) {
      for (let i = tracker.currentRestriction().from; tracker.tryClaim(i); i++) {
        output.reject(`bad ${i}`, new Error('it is no number'));
        await output.emit({ values: [i], timestamps: i });
      }
      return undefined;
    },
  };
  const seen: unknown[] = [];
  const run = (stop: AbortController) => {
    const p = new Pipeline();
    const see = (what: unknown): void => {
      seen.push(what);
      // Right after what was rejected, before what was read with it.
      if (what === 'bad 1') stop.abort();
    };
    p.apply(
      read(source, {
        isBounded: false,
        name: 'Numbers',
        deadLetters: (letters) => letters.map(({ element }) => see(element), { name: 'Bad' }),
      }),
    ).map(see, { name: 'Good' });
    return p.run(directRunner({ host: virtualHost(), stateDirectory: directory }), { stop: stop.signal });
  };
  expect((await run(new AbortController())).state).toBe('STOPPED');
  expect(seen).not.toContain('bad 2');
  expect((await run(new AbortController())).state).toBe('DONE');
  expect(seen.sort()).toEqual([0, 1, 2, 'bad 0', 'bad 1', 'bad 2']);
});

test('what a source is to read is found anew where it was not known at a cut', async () => {
  let found = 0;
  const seen: number[] = [];
  const run = (stop: AbortController) => {
    const host = virtualHost();
    const source: Source<number, OffsetRange, number> = {
      ...listSource([{ give: [[1, 0] as const, [2, 0] as const] }]),
      async initialRestriction() {
        found++;
        if (found === 1) stop.abort();
        await new Promise<void>((resolve) => void host.clock.setTimer(seconds(5), resolve));
        return { from: 0, to: 1 };
      },
    };
    const p = new Pipeline();
    p.apply(read(source, { isBounded: false, name: 'Numbers' })).map((n) => seen.push(n), { name: 'See' });
    return p.run(directRunner({ host, stateDirectory: directory }), { stop: stop.signal });
  };
  expect((await run(new AbortController())).state).toBe('STOPPED');
  expect((await run(new AbortController())).state).toBe('DONE');
  expect(found).toBe(2);
  expect(seen).toEqual([1, 2]);
});

test('what a source has handed over and nobody has taken at a cut comes in the next run', async () => {
  const seen: string[] = [];
  const run = (stop: AbortController) => {
    const p = new Pipeline();
    // Both have something at once; one of them is taken first, and then comes the cut.
    for (const name of ['a', 'b']) {
      const actions = [{ give: [[`${name}1`, 0] as const] }, { give: [[`${name}2`, 0] as const] }];
      const source = { ...listSource(actions), name };
      p.apply(read(source, { isBounded: false, name })).map(
        (text) => {
          seen.push(text);
          stop.abort();
        },
        { name: `See ${name}` },
      );
    }
    return p.run(directRunner({ host: virtualHost(), stateDirectory: directory }), { stop: stop.signal });
  };
  for (let runs = 0; (await run(new AbortController())).state === 'STOPPED'; runs++) expect(runs).toBeLessThan(10);
  expect(seen.sort()).toEqual(['a1', 'a2', 'b1', 'b2']);
});
