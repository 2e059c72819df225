// What random pipelines and failures have found, each as the smallest program that shows it.
import { describe, expect, test } from 'vitest';
import { counter, create, flatten, outputTag, OffsetTracker, Pipeline, read, write } from '../../index.ts';
import { nodeHost } from '../../host/index.ts';
import { bothPaths } from '../helpers/runners.ts';
import { rowsSink } from './rows-sink.ts';

const turn = (): Promise<void> => new Promise(setImmediate);

describe.each(bothPaths)('on the $path path', ({ path, runner }) => {
  const codegen = path === 'generated';

  test('a function that returns at once and later a promise counts after the await as well', async () => {
    const calls = counter('test', 'calls');
    const p = new Pipeline();
    const numbers = p.apply(create([0, 1, 2, 3]));
    for (const name of ['A', 'B']) {
      numbers.map(
        (n): undefined | Promise<void> => {
          calls.inc();
          return n === 0 ? undefined : turn().then(() => calls.inc(10));
        },
        { name, retry: { attempts: 1 } },
      );
    }
    const result = await p.run(runner());
    for (const step of ['A', 'B']) expect(result.metric(calls, step)).toEqual({ attempted: 34, committed: 34 });
  });

  test('what a flatMap counts before its generator fails is not committed', async () => {
    const calls = counter('test', 'before');
    const p = new Pipeline();
    p.apply(create([1, 2])).flatMap(
      (n) => {
        calls.inc();
        return (function* () {
          yield n;
          throw new Error('no');
        })();
      },
      { deadLetters: () => undefined },
    );
    expect((await p.run(runner())).metric(calls)).toEqual({ attempted: 2, committed: 0 });
  });

  test('a retried call that goes on keeps its own context and emissions', async () => {
    const failed = new Set<number>();
    const p = new Pipeline();
    const numbers = p.apply(create([1, 2, 3, 4], { timestamps: [1, 2, 3, 4] }));
    const { odd } = numbers.parDo({
      outputs: { odd: outputTag<string>() },
      concurrency: 4,
      retry: { attempts: 2, backoff: 0 },
      async process(n: number, context) {
        if (!failed.has(n)) {
          failed.add(n);
          throw new Error('once');
        }
        for (let i = 0; i < n; i++) await turn();
        context.emit.odd(`${n} ${context.timestamp}`);
      },
    });
    const lines: string[] = [];
    odd.apply(write(rowsSink(lines)));
    await p.run(runner());
    expect(lines.sort()).toEqual([1, 2, 3, 4].map((n) => `${n} ${n} @${n} [global] UNKNOWN`));
  });

  test('a branch with promises keeps its order beside one that emits to another output', async () => {
    const out: number[] = [];
    const p = new Pipeline();
    const numbers = p.apply(create([0, 1, 2, 3, 4, 5, 6, 7]));
    numbers.map((n) => (n % 4 === 1 ? turn().then(() => n) : n)).map((n) => void out.push(n));
    const { other } = numbers.parDo({
      outputs: { other: outputTag<number>() },
      process(n: number, { emit }) {
        emit.other(n);
      },
    });
    other.map((n) => n);
    await p.run(runner());
    expect(out).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test('process may return what emit returns', async () => {
    const lines: string[] = [];
    const p = new Pipeline();
    const { other } = p.apply(create([1])).parDo({
      outputs: { other: outputTag<number>() },
      process: (n: number, { emit }) => emit.other(n),
    });
    other.apply(write(rowsSink(lines, String)));
    await p.run(runner());
    expect(lines).toEqual(['1']);
  });

  test.each(['generator', 'promise of a generator', 'async generator'])(
    'what a long %s emits on its way is not lost',
    async (form) => {
      const seen = counter('test', 'seen');
      function* generate(n: number, { emit, timestamp }: { emit: { other(n: number): void }; timestamp: number }) {
        for (let i = 0; i < 600; i++) {
          seen.inc();
          if (i % 100 === 99) emit.other(n * 1_000 + timestamp);
          yield i;
        }
        emit.other(n * 1_000 + timestamp);
      }
      const p = new Pipeline();
      const numbers = p.apply(create([1, 2], { timestamps: [1, 2] }));
      // Leaves no room, so that what comes after it has to wait.
      numbers.map(turn, { concurrency: 1 });
      const twice = flatten([numbers, numbers]);
      const { main, other } = twice.parDo({
        name: 'Long',
        outputs: { other: outputTag<number>() },
        process(n: number, context): Iterable<number> | AsyncIterable<number> | Promise<Iterable<number>> {
          if (form === 'generator') return generate(n, context);
          if (form === 'promise of a generator') return turn().then(() => generate(n, context));
          return (async function* () {
            yield* generate(n, context);
          })();
        },
      });
      const lines: string[] = [];
      main.map((n) => n);
      other.apply(write(rowsSink(lines)));
      const result = await p.run(runner());
      const emitted = (n: number) => Array.from({ length: 14 }, () => `${n * 1_001} @${n} [global] UNKNOWN`);
      expect(lines.sort()).toEqual([...emitted(1), ...emitted(2)]);
      expect(result.metric(seen).committed).toBe(2_400);
      expect(result.steps.find(({ step }) => step === 'Long')).toMatchObject({ elementsIn: 4, elementsOut: 2_428 });
    },
  );

  test('a generator that had to wait for the call before it emits all the same', async () => {
    const p = new Pipeline();
    const { other } = p.apply(create([1, 2], { timestamps: [1, 2] })).parDo({
      outputs: { other: outputTag<number>() },
      concurrency: 2,
      process(n: number, { emit, timestamp }): Iterable<number> | Promise<Iterable<number>> {
        if (n === 1) return turn().then(() => []);
        return (function* () {
          yield n;
          emit.other(n * 10 + timestamp);
        })();
      },
    });
    const lines: string[] = [];
    other.apply(write(rowsSink(lines)));
    await p.run(runner());
    expect(lines).toEqual(['22 @2 [global] UNKNOWN']);
  });

  test('an async call may not emit into the past either', async () => {
    const p = new Pipeline();
    const { other } = p.apply(create([1], { timestamps: [10] })).parDo({
      name: 'Back',
      outputs: { other: outputTag<number>() },
      async process(n: number, { emit }) {
        emit.other(n, 5);
      },
    });
    other.map((n) => n);
    await expect(p.run(runner())).rejects.toMatchObject({ step: 'Back', name: 'ElementError' });
  });

  test('outputs that wait for room are counted', async () => {
    const p = new Pipeline();
    const two = p.apply(create([1, 2]));
    two.parDo({
      name: 'Full',
      process: async (n: number) => {
        await turn();
        return [n];
      },
    });
    two.flatMap((n) => [n, n, n], { name: 'Thrice' });
    const { steps } = await p.run(runner());
    expect(steps.find(({ step }) => step === 'Thrice')).toMatchObject({ elementsIn: 2, elementsOut: 6 });
  });

  test.each(['sync', 'async'])('a %s call that always fails is tried as often as asked for, not more', async (how) => {
    let calls = 0;
    const p = new Pipeline();
    p.apply(create([1])).map(
      (): number | Promise<number> => {
        calls++;
        if (how === 'sync') throw new Error('never');
        return turn().then(() => Promise.reject(new Error('never')));
      },
      { name: 'Fails', retry: { attempts: 3, backoff: 0 } },
    );
    await expect(p.run(runner())).rejects.toMatchObject({ step: 'Fails', place: { attempts: 3 } });
    expect(calls).toBe(3);
  });

  test('a write of no collections at all is prepared and committed', async () => {
    let commits = 0;
    const sink = { ...rowsSink([]), commit: async () => void commits++ };
    const p = new Pipeline();
    flatten([], { pipeline: p }).apply(write(sink));
    await p.run(runner());
    expect(commits).toBe(1);
  });

  test('a DoFn is torn down only if it was set up', async () => {
    const log: string[] = [];
    const p = new Pipeline();
    const doFn = (name: string, fails: boolean) => ({
      name,
      setup() {
        if (fails) throw new Error('no');
        log.push(`${name} up`);
      },
      process: (n: number) => [n],
      teardown: () => void log.push(`${name} down`),
    });
    p.apply(create([1]))
      .parDo(doFn('A', false))
      .parDo(doFn('B', true))
      .parDo(doFn('C', false));
    await expect(p.run(runner())).rejects.toMatchObject({ step: 'B' });
    expect(log).toEqual(['A up', 'A down']);
  });

  test('a retry that waits leaves no timer behind when the run is cancelled', async () => {
    const abort = new AbortController();
    let timers = 0;
    const { clock, ...host } = nodeHost();
    const setTimer: typeof clock.setTimer = (delay, fire, ...options) => {
      timers++;
      const clear = clock.setTimer(delay, fire, ...options);
      return () => {
        timers--;
        clear();
      };
    };
    const p = new Pipeline();
    p.apply(create([1])).map(
      () => {
        setImmediate(() => abort.abort());
        throw new Error('busy');
      },
      { retry: { attempts: 2, backoff: 1e9, maxBackoff: 1e9 } },
    );
    const run = p.run(runner({ host: { ...host, codegen, clock: { ...clock, setTimer } } }), { signal: abort.signal });
    await expect(run).rejects.toMatchObject({ name: 'CancelledError' });
    expect(timers).toBe(0);
  });

  test('a cancelled run does not wait for a source that asked to be resumed later', async () => {
    const abort = new AbortController();
    const p = new Pipeline();
    p.apply(
      read({
        kind: 'source',
        name: 'Slow',
        initialRestriction: () => ({ from: 0, to: 10 }),
        createTracker: (range: { from: number; to: number }) => new OffsetTracker(range),
        read() {
          setImmediate(() => abort.abort());
          return { resumeAfter: 1e9 };
        },
      }),
    );
    await expect(p.run(runner(), { signal: abort.signal })).rejects.toMatchObject({ name: 'CancelledError' });
  });

  test('no call begins after a failed run, whatever still waits', async () => {
    let isOver = false;
    const late: number[] = [];
    const p = new Pipeline();
    const numbers = p.apply(create([1]));
    flatten([numbers, numbers]).map(
      async (n) => {
        if (isOver) late.push(n);
        await turn();
      },
      { concurrency: 1 },
    );
    numbers.map(
      () => {
        throw new Error('stop');
      },
      { name: 'Stop' },
    );
    await expect(p.run(runner())).rejects.toMatchObject({ step: 'Stop' });
    isOver = true;
    for (let i = 0; i < 5; i++) await turn();
    expect(late).toEqual([]);
  });
});
