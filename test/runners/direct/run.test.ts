import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { create } from '../../../transforms/index.ts';
import { nodeHost } from '../../../host/index.ts';
import {
  counter,
  type Host,
  Pipeline,
  read,
  type Sink,
  type Source,
  write,
  OffsetTracker,
  type OffsetRange,
} from '../../../model/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { bothPaths } from '../../helpers/runners.ts';

/** A source of whole numbers that goes on for as long as it is let. */
function numbers(to: number): Source<number, OffsetRange, number> {
  return {
    kind: 'source',
    name: 'Numbers',
    initialRestriction: () => ({ from: 0, to }),
    createTracker: (range) => new OffsetTracker(range),
    async read(_element, tracker, output) {
      for (let i = tracker.currentRestriction().from; tracker.tryClaim(i); i++) {
        const waits = output.emit({ values: [i] });
        if (waits) await waits;
      }
      return undefined;
    },
  };
}

/** Keeps what it is told in a log. */
function loggingSink(name: string, log: string[]): Sink<unknown, number> {
  return {
    kind: 'sink',
    name,
    guarantee: 'idempotent',
    async open() {
      let written = 0;
      log.push(`${name} open`);
      return {
        write: ({ values }) => {
          written += values.length;
        },
        async prepare() {
          log.push(`${name} prepare`);
          return written;
        },
        async abort() {
          log.push(`${name} abort`);
        },
      };
    },
    async commit(committable) {
      log.push(`${name} commit ${committable}`);
    },
  };
}

describe.each(bothPaths)('on the $path path', ({ runner }) => {
  test('no sink is committed before all are prepared', async () => {
    const log: string[] = [];
    const p = new Pipeline();
    const three = p.apply(create([1, 2, 3]));
    three.apply(write(loggingSink('a', log)));
    three.filter((n) => n > 1).apply(write(loggingSink('b', log)));
    await p.run(runner());
    expect(log).toEqual(['a open', 'b open', 'a prepare', 'b prepare', 'a commit 3', 'b commit 2']);
  });

  test('a run that fails commits no sink and aborts all', async () => {
    const log: string[] = [];
    const p = new Pipeline();
    p.apply(create([1])).apply(write(loggingSink('a', log)));
    p.apply(create([2])).map(() => {
      throw new Error('boom');
    });
    await expect(p.run(runner())).rejects.toThrow(/^Map: boom/);
    expect(log).toEqual(['a open', 'a prepare', 'a abort']);
  });

  test('an element that a sink can not write becomes a dead letter, or ends the run', async () => {
    const picky: Sink<number, null> = {
      kind: 'sink',
      name: 'Picky',
      guarantee: 'append',
      open: async ({ reject }) => ({
        write({ values }) {
          for (const value of values) if (value === 2) reject(value, new Error('no twos here'));
        },
        prepare: async () => null,
        abort: async () => undefined,
      }),
      commit: async () => undefined,
    };
    const failed: unknown[] = [];
    const p = new Pipeline();
    p.apply(create([1, 2])).apply(
      write(picky, { deadLetters: (letters) => letters.map((letter) => void failed.push(letter)) }),
    );
    const { steps } = await p.run(runner());
    expect(failed).toMatchObject([{ element: 2, step: 'Picky/Write', error: { message: 'no twos here' } }]);
    expect(steps.find(({ step }) => step === 'Picky/Write')).toMatchObject({ elementsIn: 2, failed: 1 });
    const strict = new Pipeline();
    strict.apply(create([2])).apply(write(picky));
    await expect(strict.run(runner())).rejects.toThrow(/^Picky\/Write: no twos here/);
  });

  test('an aborted signal ends a run of synchronous work with CancelledError, and closes what is open', async () => {
    const log: string[] = [];
    const abort = new AbortController();
    const p = new Pipeline();
    p.apply(read(numbers(Number.MAX_SAFE_INTEGER)))
      .parDo({
        process(n: number) {
          if (n === 5_000) abort.abort();
          return [n];
        },
        teardown: () => void log.push('teardown'),
      })
      .apply(write(loggingSink('a', log)));
    await expect(p.run(runner(), { signal: abort.signal })).rejects.toMatchObject({ name: 'CancelledError' });
    expect(log).toEqual(['a open', 'teardown', 'a abort']);
  });

  test('an aborted signal ends a run whose step gives outputs without end', async () => {
    const p = new Pipeline();
    p.apply(create([1]))
      .flatMap(function* () {
        for (let i = 0; ; i++) yield i;
      })
      .map((n) => n + 1);
    const signal = AbortSignal.timeout(50);
    await expect(p.run(runner(), { signal })).rejects.toMatchObject({ name: 'CancelledError' });
  });

  test('an aborted signal ends a run that waits for promises', async () => {
    const abort = new AbortController();
    const p = new Pipeline();
    p.apply(create([1])).map(() => {
      abort.abort();
      return new Promise<number>(() => undefined);
    });
    await expect(p.run(runner(), { signal: abort.signal })).rejects.toMatchObject({ name: 'CancelledError' });
  });

  test('a run that is aborted before it starts reads nothing', async () => {
    let calls = 0;
    const p = new Pipeline();
    p.apply(create([1])).map((n) => {
      calls++;
      return n;
    });
    await expect(p.run(runner(), { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'CancelledError' });
    expect(calls).toBe(0);
  });

  test('metrics find their step in sync functions, in async ones and after an await', async () => {
    const calls = counter('test', 'calls');
    const p = new Pipeline();
    p.apply(create([1, 2, 3, 4]))
      .map(
        (n) => {
          calls.inc();
          return n;
        },
        { name: 'Sync' },
      )
      .map(
        async (n) => {
          calls.inc();
          await null;
          calls.inc(10);
          return n;
        },
        { name: 'Async' },
      )
      .flatMap(
        async function* (n) {
          await null;
          calls.inc();
          yield n;
          calls.inc(100);
        },
        { name: 'Generator' },
      );
    const result = await p.run(runner());
    expect(['Sync', 'Async', 'Generator'].map((step) => result.metric(calls, step).committed)).toEqual([4, 44, 404]);
    expect(result.metric(calls).attempted).toBe(4 + 44 + 404);
  });

  test('a failed call counts as attempted, and as committed only what succeeds', async () => {
    const calls = counter('test', 'tried');
    let failures = 0;
    const p = new Pipeline();
    p.apply(create([1, 2, 3, 4])).map(
      async (n) => {
        calls.inc();
        await null;
        if (n % 2 === 0 && failures++ < 2) throw new Error('busy');
        return n;
      },
      { retry: { attempts: 2, backoff: 1 }, concurrency: 4 },
    );
    const result = await p.run(runner());
    expect(result.metric(calls)).toEqual({ attempted: 6, committed: 4 });
  });

  test('elements are counted at each step, whatever way they take', async () => {
    const p = new Pipeline();
    p.apply(create([1, 2, 3, 4, 5, 6]))
      .filter((n) => n !== 1, { name: 'NotOne' })
      .map((n) => (n % 2 === 0 ? n : Promise.resolve(n)), { name: 'Mixed' })
      .map(
        (n) => {
          if (n === 3) throw new Error('no threes');
          return n;
        },
        { name: 'NoThree', deadLetters: () => undefined },
      )
      .flatMap((n) => [n, n], { name: 'Twice' })
      .keyBy((n) => n % 2, { name: 'Parity' });
    const { steps } = await p.run(runner());
    const counts = steps.map(({ step, elementsIn, elementsOut, failed }) => [step, elementsIn, elementsOut, failed]);
    expect(counts).toEqual([
      ['Create/Create', 0, 6, 0],
      ['NotOne', 6, 5, 0],
      ['Mixed', 5, 5, 0],
      ['NoThree', 5, 4, 1],
      ['Twice', 4, 8, 0],
      ['Parity', 8, 8, 0],
    ]);
  });

  test('a pipeline of a hundred steps with two branches gives each element twice', async () => {
    const p = new Pipeline();
    let chain = p.apply(create([0, 1]));
    for (let i = 0; i < 100; i++) chain = chain.map((n) => n + 1);
    const out: number[] = [];
    chain.map((n) => void out.push(n));
    chain.map((n) => void out.push(n));
    await p.run(runner());
    expect(out.sort()).toEqual([100, 100, 101, 101]);
  });
});

test('temporary files are gone after a run, whether it succeeded or not', async () => {
  const scratchDirectory = mkdtempSync(join(tmpdir(), 'viga-test-'));
  const host: Host = nodeHost({ scratchDirectory });
  const groups = (fails: boolean): Promise<unknown> => {
    const p = new Pipeline();
    p.apply(create(Array.from({ length: 200_000 }, (_, i) => ({ key: i, value: 'x' }))))
      .groupByKey()
      .map(() => {
        if (fails) throw new Error('boom');
      });
    return p.run(directRunner({ host, memoryLimit: 1 }));
  };
  expect(await groups(false)).toMatchObject({ state: 'DONE' });
  await expect(groups(true)).rejects.toThrow(/boom/);
  expect(existsSync(scratchDirectory) ? readdirSync(scratchDirectory) : []).toEqual([]);
  rmSync(scratchDirectory, { recursive: true });
});

test('two pipelines run side by side, and each has its own metrics', async () => {
  const seen = counter('test', 'seen');
  const run = async (n: number) => {
    const p = new Pipeline();
    p.apply(create(Array.from({ length: n }, (_, i) => i))).map(async (i) => {
      await null;
      seen.inc();
      return i;
    });
    return (await p.run(directRunner())).metric(seen).committed;
  };
  expect(await Promise.all([run(500), run(300)])).toEqual([500, 300]);
});

test('the same seed gives the same strict run', async () => {
  const run = async (): Promise<number[]> => {
    const out: number[] = [];
    const p = new Pipeline();
    p.apply(create(Array.from({ length: 50 }, (_, i) => i))).map((n) => void out.push(n));
    await p.run(directRunner({ strict: { seed: 7, bundleSizes: true, encode: true, mutation: true, permute: true } }));
    return out;
  };
  const first = await run();
  expect(await run()).toEqual(first);
  expect(first).not.toEqual([...first].sort((a, b) => a - b));
});

test('a strict run fails a step that changes the element it was given', async () => {
  const p = new Pipeline();
  p.apply(create([{ n: 1 }])).map((element) => Object.assign(element, { n: 2 }), { name: 'Change' });
  const strict = { seed: 1, bundleSizes: false, encode: false, mutation: true, permute: false };
  await expect(p.run(directRunner({ strict }))).rejects.toThrow(/^Change: its function changed the element/);
});
