import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import {
  ConnectorError,
  create,
  Pipeline,
  type PipelineResult,
  read,
  type Sink,
  type SinkBatch,
  write,
} from '../../../index.ts';
import { openLog, writeLog } from '../../../io/log/index.ts';
import { writeSqlite } from '../../../io/sqlite/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { MemoryDisk } from '../../../runners/state/index.ts';
import {
  Chance,
  crashAt,
  type FaultPlan,
  LedgerTable,
  noFaults,
  type SimulatedProcess,
  Topic,
  World,
} from '../../../testing/simulation/index.ts';
import { hostOf, Ledger } from './ledger.ts';
import { listSource } from './list-source.ts';

const COUNT = 30;
const all = Array.from({ length: COUNT }, (_, n) => n);
const isOdd = (n: number): boolean => n % 2 === 1;
const even = all.filter((n) => !isOdd(n));
const odd = all.filter(isOdd);

/** A table with a ledger that takes even numbers only. */
class EvenTable {
  readonly rows: number[] = [];
  readonly #world: World;
  #has = 0;

  constructor(world: World) {
    this.#world = world;
  }

  sink(process: SimulatedProcess): Sink<number, never> {
    const onlyDelivers = (): never => {
      throw new Error('it gets epochs only');
    };
    const fail = (): never => {
      throw new ConnectorError('even', 'the connection was reset. Ask again.', { retryable: true });
    };
    return {
      kind: 'sink',
      name: 'Even',
      guarantee: 'transactional',
      open: onlyDelivers,
      commit: onlyDelivers,
      deliver: ({ epoch, batches }, { reject }) =>
        process.call(
          'even deliver',
          () => {
            if (epoch <= this.#has) return;
            const taken: number[] = [];
            for (const { values } of batches()) {
              for (const n of values) if (isOdd(n)) reject(n, new Error('odd'));
              taken.push(...values.filter((n) => !isOdd(n)));
            }
            this.rows.push(...taken);
            this.#has = epoch;
            this.#world.note(`even has epoch ${epoch}`);
          },
          { fail },
        ),
      delivered: () => process.call('even ledger', () => this.#has, { isLook: true }),
    };
  }
}

/** Runs a job into an EvenTable until it is done, a new process each time that one has ended. */
async function trial(faults: FaultPlan): Promise<{ even: number[]; odd: number[]; points: number }> {
  const world = new World({ seed: 1 }, faults);
  const records = all.map((value) => ({ value, timestamp: value * 100, there: value * 30 }));
  const topic = new Topic(world, 'numbers', [records]);
  const table = new EvenTable(world);
  const rejected = new LedgerTable<number>(world, 'rejected');
  for (let starts = 0; starts < 4; starts++) {
    const process = world.start();
    const p = new Pipeline();
    const options = { isLive: false, tellsRemaining: true, batch: 4, maxOutOfOrder: 0 };
    p.apply(read(topic.source(process, options), { name: 'Numbers', isBounded: false })).apply(
      write(table.sink(process), {
        deadLetters: (failed) =>
          failed.map(({ element }) => element, { name: 'Element' }).apply(write(rejected.sink(process), { name: 'R' })),
      }),
    );
    const runner = directRunner({
      host: process.host,
      stateDirectory: '/state',
      epochInterval: 200,
      maxFailedShare: 1,
    });
    const outcome = await world.run<PipelineResult>(process, p.run(runner), 60_000);
    if (outcome.kind === 'crashed') continue;
    expect(outcome, world.log.lines.slice(-5).join('\n')).toMatchObject({ kind: 'done', result: { state: 'DONE' } });
    break;
  }
  const sorted = (rows: readonly number[]): number[] => rows.toSorted((a, b) => a - b);
  return { even: sorted(table.rows), odd: sorted(rejected.rows.map(({ row }) => row)), points: world.points };
}

test('what a sink rejects of a durable epoch is a dead letter once, at whatever point the process ends', async () => {
  const calm = await trial(noFaults(new Chance(1, 'faults')));
  expect(calm).toMatchObject({ even, odd });
  expect(calm.points).toBeGreaterThan(20);
  for (let point = 0; point < calm.points; point++) {
    const crashed = await trial(crashAt([point], 'kill', { loss: 0 }, new Chance(1, 'faults')));
    expect(crashed, `point ${point}`).toMatchObject({ even, odd });
  }
}, 60_000);

test('a delivery that fails half-way is repeated, and rejects what it rejected once', async () => {
  let fails = 3;
  const flaky = (isBefore: boolean): FaultPlan => ({
    ...noFaults(new Chance(1, 'faults')),
    decide: ({ kind, moment }) =>
      kind === 'even deliver' && moment === (isBefore ? 'before' : 'after') && fails-- > 0 ? 'fail' : 'go on',
  });
  for (const isBefore of [true, false]) {
    fails = 3;
    expect(await trial(flaky(isBefore))).toMatchObject({ even, odd });
  }
});

const never = (): never => {
  throw new Error('it gets epochs only');
};

/** A sink that is given epochs, with a ledger; `take` says what it does with the batches of one that it does not have. */
function delivering<T>(take: (batches: Iterable<SinkBatch<T>>, reject: (element: T) => void) => void): Sink<T, never> {
  let has = 0;
  return {
    kind: 'sink',
    name: 'Takes',
    guarantee: 'transactional',
    open: never,
    commit: never,
    async deliver({ epoch, batches }, { reject }) {
      if (epoch <= has) return;
      take(batches(), (element) => reject(element, new Error('bad')));
      has = epoch;
    },
  };
}

/** Runs a job of a few batches of strings into a sink on one process; its dead letters go to a ledger. */
async function run(
  sink: Sink<string, never>,
  {
    isBounded = false,
    stopAt,
    disk = new MemoryDisk('state'),
  }: { isBounded?: boolean; stopAt?: string; disk?: MemoryDisk } = {},
) {
  const rejected = new Ledger<string>();
  const stop = new AbortController();
  const p = new Pipeline();
  const batches = [['a', 'b', 'a'], ['c', 'b'], ['d']];
  const actions = batches.flatMap((batch, i) => [{ give: batch.map((s) => [s, i] as const) }, { rest: 300 }]);
  p.apply(read(listSource<string>(actions), { isBounded, name: 'Letters' }))
    .map((s) => {
      if (s === stopAt) stop.abort();
      return s;
    })
    .apply(
      write(sink, {
        name: 'Out',
        deadLetters: (failed) =>
          failed.map(({ element }) => element, { name: 'Element' }).apply(write(rejected.sink('rejected'))),
      }),
    );
  const runner = directRunner({ host: hostOf(disk), stateDirectory: 'state', streaming: true, maxFailedShare: 1 });
  const { state } = await p.run(runner, { stop: stop.signal });
  return { state, rejected: rejected.rows.toSorted() };
}

test.each([false, true])(
  'dead letters of the last epoch are written before the job ends, bounded: %s',
  async (isBounded) => {
    const taken: string[] = [];
    const sink = delivering<string>((batches, reject) => {
      const good: string[] = [];
      for (const { values } of batches)
        for (const s of values) (s === 'd' ? reject : (one: string) => good.push(one))(s);
      taken.push(...good);
    });
    expect(await run(sink, { isBounded })).toEqual({ state: 'DONE', rejected: ['d'] });
    expect(taken.toSorted()).toEqual(['a', 'a', 'b', 'b', 'c']);
  },
);

test('of equal elements as many become dead letters as the sink rejected', async () => {
  const taken: string[] = [];
  let isFirst = true;
  const sink = delivering<string>((batches, reject) => {
    const good: string[] = [];
    for (const { values } of batches) {
      for (const s of values) {
        if (s === 'a' && isFirst) {
          isFirst = false;
          reject(s);
        } else good.push(s);
      }
    }
    taken.push(...good);
  });
  expect((await run(sink)).rejected).toEqual(['a']);
  expect(taken.toSorted()).toEqual(['a', 'b', 'b', 'c', 'd']);
});

test('a sink that has seen all of an epoch before it rejects elements of its last batch gets the rest', async () => {
  const taken: string[] = [];
  const sink = delivering<string>((batches, reject) => {
    const lists = [...batches].map(({ values }) => values);
    const last = lists.at(-1) ?? [];
    for (const s of last) if (s === 'd') reject(s);
    taken.push(...lists.flat());
  });
  expect((await run(sink)).rejected).toEqual(['d']);
  expect(taken.toSorted()).toEqual(['a', 'a', 'b', 'b', 'c']);
});

test('a sink that rejects what it was not given ends the run', async () => {
  const sink = delivering<string>((batches, reject) => {
    for (const { values } of batches) for (const s of values) reject(s.toUpperCase());
  });
  await expect(run(sink)).rejects.toThrow(
    /^Takes\/Out: its sink rejected "A", which is not in the batch that it was given last\./,
  );
});

test('a job that is stopped gives the sink what is left of an epoch of which it rejected something', async () => {
  const taken: string[] = [];
  const sink = delivering<string>((batches, reject) => {
    const good: string[] = [];
    for (const { values } of batches) for (const s of values) (s === 'b' ? reject : (one: string) => good.push(one))(s);
    taken.push(...good);
  });
  const disk = new MemoryDisk('state');
  expect((await run(sink, { stopAt: 'c', disk })).state).toBe('STOPPED');
  expect(taken.toSorted()).toEqual(['a', 'a', 'c']);
  // The dead letters are on their way until it goes on.
  expect(await run(sink, { disk })).toEqual({ state: 'DONE', rejected: ['b', 'b'] });
  expect(taken.toSorted()).toEqual(['a', 'a', 'c', 'd']);
});

test('rows that SQLite refuses and records that a log refuses are dead letters, and the others are written', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'viga-rejected-'));
  const database = join(folder, 'rows.db');
  const file = join(folder, 'records.log');
  const letters: string[] = [];
  const p = new Pipeline();
  const numbers = p.apply(create([1, 2, 2, 3]));
  numbers
    .map((id) => ({ id }), { name: 'Row' })
    .apply(
      writeSqlite({
        database,
        table: 'numbers',
        mode: 'insert',
        createTable: { id: 'INTEGER PRIMARY KEY' },
        deadLetters: (failed) => void failed.map(({ element }) => letters.push(`row ${element.id}`), { name: 'Row' }),
      }),
    );
  numbers.apply(
    writeLog({
      file,
      topic: 'numbers',
      valueFormat: 'string',
      value: (n) => {
        if (n === 3) throw new Error('no 3');
        return String(n);
      },
      deadLetters: (failed) => void failed.map(({ element }) => letters.push(`record ${element}`), { name: 'Record' }),
    }),
  );
  const runner = directRunner({ stateDirectory: join(folder, 'state'), streaming: true, maxFailedShare: 1 });
  expect((await p.run(runner)).state).toBe('DONE');
  expect(letters.toSorted()).toEqual(['record 3', 'row 2']);
  const rows = new DatabaseSync(database).prepare('SELECT id FROM numbers ORDER BY id').all();
  expect(rows.map(({ id }) => id)).toEqual([1, 2, 3]);
  const consumer = openLog(file).consumer({ topic: 'numbers', valueFormat: 'string' });
  expect(consumer.poll().map(({ value }) => value)).toEqual(['1', '2', '2']);
  rmSync(folder, { recursive: true });
});
