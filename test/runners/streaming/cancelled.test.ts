import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { writeText } from '../../../io/text/index.ts';
import { fixedWindows, Pipeline, read, type Sink, write } from '../../../model/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { virtualHost } from '../../helpers/virtual-host.ts';
import { listSource } from './list-source.ts';

test('a run that is cancelled says that what its epochs gave to sinks stays, and it does', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'viga-cancelled-'));
  // What a sink was doing when the run was cancelled may still be under way.
  onTestFinished(() => rm(folder, { recursive: true, maxRetries: 20 }));
  const cancel = new AbortController();
  const p = new Pipeline();
  const visible = () => readdirSync(folder).filter((name) => !name.startsWith('.'));
  // Virtual seconds pass faster than a disk writes.
  const rests = Array.from({ length: 20_000 }, () => ({ rest: 1_000 }));
  const source = listSource<string>([{ give: [['first', 0]] }, { watermark: 10 }, { give: [['last', 10]] }, ...rests], {
    onRead: () => (visible().length > 0 ? cancel.abort() : undefined),
  });
  const lines = p.apply(read(source, { isBounded: false }));
  lines.windowInto(fixedWindows({ size: 10 })).apply(writeText({ files: `${folder}/{window}-{pane}-{shard}` }));
  const running = p.run(directRunner({ host: virtualHost() }), { signal: cancel.signal, onWarning: () => undefined });
  await expect(running).rejects.toThrow(/^the run was cancelled before it was finished. What its epochs .* stays;/);
  const [first = ''] = visible();
  expect(readFileSync(path.join(folder, first), 'utf8')).toBe('first\n');
});

test.each([
  ['writes as the run is cancelled', 'writes', 'signal'],
  ['finishes an epoch that the run gives up', 'finishes', 'stop'],
] as const)('what a sink staged is removed when it has ended what it does: when it %s', async (_, when, by) => {
  const end = new AbortController();
  const log: string[] = [];
  const isRemoved = Promise.withResolvers<void>();
  /** Something that takes longer than the virtual seconds that a run waits for. */
  const takesLong = async (what: string): Promise<void> => {
    log.push(`${what} begins`);
    if (what !== when) return;
    end.abort();
    for (let turn = 0; turn < 200; turn++) await new Promise((done) => setImmediate(done));
    log.push(`${what} ends`);
  };
  const sink: Sink<string> = {
    kind: 'sink',
    name: 'Slow',
    guarantee: 'atomic-publish',
    open: async () => ({
      write: () => takesLong('writes'),
      prepare: () => takesLong('finishes'),
      async abort() {
        log.push('removed');
        isRemoved.resolve();
      },
    }),
    commit: () => Promise.resolve(),
  };
  const rests = Array.from({ length: 1_000 }, () => ({ rest: 1_000 }));
  const p = new Pipeline();
  p.apply(read(listSource<string>([{ give: [['first', 0]] }, ...rests]), { isBounded: false })).apply(write(sink));
  const running = p.run(directRunner({ host: virtualHost() }), { [by]: end.signal, onWarning: () => undefined });
  await Promise.allSettled([running, isRemoved.promise]);
  expect(log.slice(-2)).toEqual([`${when} ends`, 'removed']);
});
