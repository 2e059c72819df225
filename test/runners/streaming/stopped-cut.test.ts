import { expect, test } from 'vitest';
import { create, Pipeline, type Sink, write } from '../../../index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { Chance, noFaults, type SimulatedProcess, World } from '../../../testing/simulation/index.ts';

/** A sink that publishes a whole, and takes its time to finish it. */
function slowSink(process: SimulatedProcess, published: number[], milliseconds: number): Sink<number> {
  return {
    kind: 'sink',
    name: 'Slow',
    guarantee: 'atomic-publish',
    async open() {
      const rows: number[] = [];
      return {
        write: ({ values }) => void rows.push(...values),
        prepare: () => process.after(milliseconds, rows),
        abort: async () => undefined,
      };
    },
    // What `prepare` gave.
    commit: async (rows) => void published.push(...(rows as readonly number[])),
  };
}

test.each([0, 1_000, 9_000])('a stop %d ms after a sink began to finish what was written loses nothing', async (at) => {
  const world = new World({ seed: 1 }, noFaults(new Chance(1, 'latency')));
  const published: number[] = [];
  const run = async (milliseconds: number, stop?: AbortSignal) => {
    const process = world.start();
    const pipeline = new Pipeline();
    pipeline.apply(create([1, 2, 3])).apply(write(slowSink(process, published, milliseconds)));
    const runner = directRunner({ host: process.host, streaming: true, stateDirectory: '/state' });
    const outcome = await world.run(process, pipeline.run(runner, stop && { stop }), 60_000);
    return outcome.kind === 'done' ? outcome.result.state : outcome;
  };
  const stop = new AbortController();
  world.schedule.plan(10 + at, () => stop.abort());
  expect(['STOPPED', 'DONE']).toContain(await run(10_000, stop.signal));
  expect(await run(10)).toBe('DONE');
  expect(published).toEqual([1, 2, 3]);
});
