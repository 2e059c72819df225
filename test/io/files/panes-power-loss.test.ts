import { expect, test } from 'vitest';
import type { PanePublication } from '../../../io/publishing/pane-manifest.ts';
import { fileKey } from '../../../io/files/pane-writer.ts';
import { paneSink } from '../../../io/files/write-panes.ts';
import { type Host, interval, kv, NO_FIRING, type SinkContext } from '../../../model/index.ts';
import { Chance, noFaults, type SimulatedProcess, World } from '../../../testing/simulation/index.ts';
import { bytesFormat } from './formats.ts';

/** A machine that keeps, when its power is lost, what was synced and nothing else. */
const strictWorld = (): World => new World({ seed: 1 }, { ...noFaults(new Chance(1, 'latency')), damage: { loss: 1 } });

/** Lets a process do its work. */
async function done<T>(world: World, work: (process: SimulatedProcess) => Promise<T>): Promise<T> {
  const process = world.start();
  const outcome = await world.run(process, work(process), 60_000);
  if (outcome.kind !== 'done') throw new Error(outcome.kind, { cause: outcome });
  return outcome.result;
}

const sink = paneSink(bytesFormat, { files: '/data/out/', partitionBy: () => ({}) });

const contextOf = (host: Host, epoch: number): SinkContext => ({
  host,
  signal: new AbortController().signal,
  step: 'Write',
  runId: `job-${epoch}`,
  job: { id: 'job', epoch },
  reject(_element, error) {
    throw error;
  },
});

/** Stages a pane in two partitions, as the first epoch of a job does. */
async function stage({ host }: SimulatedProcess): Promise<PanePublication> {
  const writer = await sink.open(contextOf(host, 1));
  await writer.write({
    values: [kv(fileKey(0, 'a=1'), ['one']), kv(fileKey(0, 'a=2'), ['two'])],
    timestamps: 0,
    windows: [interval(0, 1_000)],
    panes: { ...NO_FIRING, index: 0 },
  });
  return writer.prepare();
}

const publish =
  (publication: PanePublication) =>
  async ({ host }: SimulatedProcess) =>
    sink.commit(publication, contextOf(host, 1));

/** What is in the published files. */
const texts = (world: World, { root, files }: PanePublication): readonly string[] =>
  files.map(({ path }) => world.files.read(`${root}/${path}`));

test('what is prepared survives a loss of power, and can be published after it', async () => {
  const world = strictWorld();
  const publication = await done(world, stage);
  world.losePower();
  await done(world, publish(publication));
  expect(texts(world, publication)).toEqual(['one', 'two']);
});

test('what is published survives a loss of power, in its place', async () => {
  const world = strictWorld();
  const publication = await done(world, stage);
  await done(world, publish(publication));
  world.losePower();
  expect(texts(world, publication)).toEqual(['one', 'two']);
  // Told again, since the answer was lost as well, it changes nothing.
  await done(world, publish(publication));
  expect(texts(world, publication)).toEqual(['one', 'two']);
});
