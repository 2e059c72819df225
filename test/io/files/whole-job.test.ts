import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fileSink } from '../../../io/files/index.ts';
import { writeText } from '../../../io/text/index.ts';
import { GLOBAL_WINDOW, type Host, NO_FIRING, Pipeline, type SinkContext } from '../../../model/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { create } from '../../../transforms/index.ts';
import { bytesFormat } from './formats.ts';
import { contentOf, directoryWith, hostWith, sinkContext } from './support.ts';

const inEpoch = (epoch: number, host: Host = hostWith()): SinkContext => ({
  ...sinkContext(host, `job-a-${epoch}`),
  job: { id: 'job-a', epoch },
});

const batch = (values: readonly string[]) => ({ values, timestamps: 0, windows: [GLOBAL_WINDOW], panes: NO_FIRING });

test('what a job staged for an epoch that never became durable is swept, and the epoch may be written again', async () => {
  const root = directoryWith();
  const sink = () => fileSink(bytesFormat, { files: `${root}/w.bin` });
  const lost = await sink().open(inEpoch(3));
  await lost.write(batch(['lost']));
  await lost.prepare();
  // The process died before epoch 3 was durable.
  await sink().recover?.(inEpoch(2));
  expect(readdirSync(`${root}/.viga`)).toEqual([]);
  const writer = await sink().open(inEpoch(3));
  await writer.write(batch(['kept']));
  const publication = await writer.prepare();
  // Now it died after that, and before anything was published.
  await sink().recover?.(inEpoch(3));
  await sink().commit(publication, inEpoch(3));
  expect(contentOf(root)).toEqual({ 'w.bin': 'kept' });
});

test('a bounded write of a job is published as a whole, once', async () => {
  const root = directoryWith();
  const run = async () => {
    const p = new Pipeline();
    p.apply(create(['a', 'b', 'c'])).apply(writeText({ files: `${root}/out.txt` }));
    await p.run(directRunner({ stateDirectory: `${root}/state`, epochInterval: 1 }));
  };
  await run();
  await run();
  expect(contentOf(root)['out.txt']).toBe('a\nb\nc\n');
});
