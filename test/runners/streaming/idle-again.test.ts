import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fixedWindows, Pipeline, read, seconds } from '../../../index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { virtualHost } from '../../helpers/virtual-host.ts';
import { type Action, listSource } from './list-source.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'viga-idle-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What was read and what fired, one after another, of sums of ten seconds over a live source. */
function logging(actions: readonly Action<number>[], whenRead: (at: number) => void = () => undefined) {
  const log: string[] = [];
  const onRead = (at: number): void => {
    log.push(`read ${at}`);
    whenRead(at);
  };
  const p = new Pipeline();
  p.apply(read(listSource(actions, { isLive: true, onRead }), { isBounded: false }))
    .windowInto(fixedWindows({ size: seconds(10) }))
    .keyBy(() => 'all')
    .groupByKey()
    .map(({ value }) => {
      log.push(`fired ${[...value].join()}`);
    });
  return { p, log };
}

test('the clock carries an idle source on from where it had carried it before, though elements of less came between', async () => {
  const { p, log } = logging([
    { give: [[1, 1_000]] },
    { watermark: 1_000 },
    { idle: true },
    { rest: 7_000 },
    { give: [[2, 9_000]] },
    { idle: true },
    { rest: 3_000 },
    { give: [[3, 60_000]] },
  ]);
  await p.run(directRunner({ host: virtualHost() }));
  expect(log.indexOf('fired 1,2')).toBe(log.indexOf('read 7') - 1);
});

test('after a restart the clock carries an idle source on from where it was', async () => {
  const actions: readonly Action<number>[] = [
    { give: [[1, 1_000]] },
    { watermark: 1_000 },
    { idle: true },
    { rest: 7_000 },
    { rest: 60_000 },
    { idle: true },
    { rest: 3_000 },
    { give: [[3, 60_000]] },
  ];
  const stop = new AbortController();
  const first = logging(actions, (at) => {
    if (at === 4) stop.abort();
  });
  const runner = directRunner({ host: virtualHost(), stateDirectory: path.join(folder, 'state') });
  await first.p.run(runner, { stop: stop.signal });
  expect(first.log).not.toContain('fired 1');
  const second = logging(actions);
  await second.p.run(runner);
  expect(second.log[0]).toBe('read 5');
  expect(second.log.indexOf('fired 1')).toBe(second.log.indexOf('read 7') - 1);
});
