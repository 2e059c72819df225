import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Pipeline, read, type Sink, write } from '../../../model/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { hostThatTells } from './host-that-tells.ts';
import { type Action, listSource } from './list-source.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'viga-quota-'));
});
afterEach(() => rm(folder, { recursive: true }));

const MEGABYTE = new Uint8Array(2 ** 20);
const ELEMENTS = 80;

/** An element of a megabyte each 100 ms. */
const actions: readonly Action<Uint8Array>[] = Array.from({ length: ELEMENTS }, (_, i) => [
  { give: [[MEGABYTE, i] as const] },
  { rest: 100 },
]).flat();

test('while a sink takes nothing its source is read no further than there is room, and later to its end', async () => {
  const back = Promise.withResolvers<void>();
  let given = 0;
  let givenBefore = -1;
  let quietCuts = 0;
  let givenInTheDark = 0;
  let arrived = 0;
  // It stays away until nothing has been read between some cuts, or everything has been.
  const host = hostThatTells(() => {
    quietCuts = given > 0 && given === givenBefore ? quietCuts + 1 : 0;
    givenBefore = given;
    if (quietCuts === 5) back.resolve();
  });
  const sink: Sink<Uint8Array> = {
    kind: 'sink',
    name: 'Far',
    guarantee: 'transactional',
    open: () => Promise.reject(new Error('it gets epochs only')),
    commit: () => Promise.reject(new Error('it gets epochs only')),
    async deliver({ batches }) {
      await back.promise;
      givenInTheDark ||= given;
      for (const { values } of batches()) arrived += values.length;
    },
  };
  const p = new Pipeline();
  p.apply(read(listSource(actions, { ends: false }), { isBounded: false, name: 'Megabytes' }))
    .map((bytes) => {
      if (++given === ELEMENTS) {
        back.resolve();
        stop.abort();
      }
      return bytes;
    })
    .apply(write(sink, { name: 'Out' }));
  const stop = new AbortController();
  await p.run(directRunner({ host, stateDirectory: path.join(folder, 'state') }), { stop: stop.signal });
  // 64 MiB may wait, and what comes until the next cut: an element in 100 ms, a cut a second.
  expect(givenInTheDark).toBeGreaterThan(50);
  expect(givenInTheDark).toBeLessThan(75);
  expect(arrived).toBe(ELEMENTS);
});
