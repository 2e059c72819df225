import { expect, test } from 'vitest';
import { Pipeline, read, write } from '../../../index.ts';
import type { Source } from '../../../model/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import {
  Chance,
  LedgerTable,
  noFaults,
  type SimulatedProcess,
  Topic,
  World,
} from '../../../testing/simulation/index.ts';

const STATE = '/state';
const records = Array.from({ length: 40 }, (_, value) => ({ value, timestamp: value, there: value * 10 }));

/** A topic without an end, copied to a table by processes one after another. */
class Copying {
  readonly world = new World({ seed: 1 }, noFaults(new Chance(1, 'latency')));
  readonly table = new LedgerTable<number>(this.world, 'table');
  readonly #topic = new Topic(this.world, 'numbers', [records]);

  get rows(): readonly number[] {
    return this.table.rows.map(({ row }) => row);
  }

  async run(drain: AbortSignal | undefined, change: (source: Source<number>, process: SimulatedProcess) => object) {
    const process = this.world.start();
    const options = { isEndless: true, isLive: true, tellsRemaining: true, batch: 4, maxOutOfOrder: 0 };
    const source = this.#topic.source(process, options);
    const pipeline = new Pipeline();
    pipeline
      // Restrictions of the topic are those of any other.
      .apply(read({ ...source, ...change(source as Source<number>, process) }, { isBounded: false }))
      .apply(write(this.table.sink(process)));
    const runner = directRunner({ host: process.host, stateDirectory: STATE, epochInterval: 50 });
    const outcome = await this.world.run(process, pipeline.run(runner, drain && { drain }), 60_000);
    return outcome.kind === 'done' ? outcome.result.state : outcome.kind;
  }
}

test('a source that has not begun when the job is asked to drain ends, too', async () => {
  const job = new Copying();
  const slowly = (source: Source<number>, process: SimulatedProcess) => ({
    initialRestriction: () => process.after(500, source.initialRestriction(undefined, {} as never)),
  });
  expect(await job.run(AbortSignal.abort(), slowly)).toBe('DRAINED');
  expect(job.rows).toEqual([]);
});

test('a drain that a crash cuts goes on at the next start, and reads nothing more', async () => {
  const job = new Copying();
  const drain = new AbortController();
  let committed = 0;
  job.world.watch = {
    committed(_store, epoch) {
      committed = epoch;
    },
  };
  job.world.schedule.plan(200, () => drain.abort());
  const plan = job.world.faults;
  // The process ends right after the first epoch that was committed since.
  let last: number | undefined;
  job.world.faults = {
    ...plan,
    decide({ kind, moment }) {
      if (kind !== 'commit' || moment !== 'after' || !drain.signal.aborted || last !== undefined) return 'go on';
      last = committed;
      return 'kill';
    },
  };
  expect(await job.run(drain.signal, () => ({}))).toBe('crashed');
  expect(last).toBeGreaterThan(0);
  expect(await job.run(undefined, () => ({}))).toBe('DRAINED');
  expect(job.rows.length).toBeGreaterThan(0);
  expect(job.rows.length).toBeLessThan(records.length);
  expect(job.rows).toEqual(records.slice(0, job.rows.length).map(({ value }) => value));
});
