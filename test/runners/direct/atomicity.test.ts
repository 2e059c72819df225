import { describe, expect, test } from 'vitest';
import { create } from '../../../transforms/index.ts';
import { type DeadLetter, Pipeline, type StepOptions, sum } from '../../../model/index.ts';
import { bothPaths } from '../../helpers/runners.ts';

// A flatMap yields two values and throws. What came out of the failed call must not be seen by what follows.

const INPUT = [1, 2, 3];

const fails = [
  {
    how: 'sync',
    flatMap: (n: number, calls: number[]) => {
      calls.push(n);
      return (function* () {
        yield n;
        yield n * 10;
        if (n === 2) throw new Error(`no ${n}`);
      })();
    },
  },
  {
    how: 'async',
    flatMap: (n: number, calls: number[]) => {
      calls.push(n);
      return (async function* () {
        yield n;
        await null;
        yield n * 10;
        if (n === 2) throw new Error(`no ${n}`);
      })();
    },
  },
];

describe.each(bothPaths)('on the $path path', ({ runner }) => {
  describe.each(fails)('a $how flatMap that yields two values and throws', ({ flatMap }) => {
    async function run(options: StepOptions<number>) {
      const calls: number[] = [];
      const sums: number[] = [];
      const p = new Pipeline();
      p.apply(create(INPUT))
        .flatMap((n) => flatMap(n, calls), { name: 'Twice', ...options })
        .keyBy(() => 'all')
        .combinePerKey(sum)
        .map(({ value }) => {
          sums.push(value);
        });
      await p.run(runner());
      return { calls, sums };
    }

    test('ends the run without dead letters and retry', async () => {
      await expect(run({})).rejects.toMatchObject({ name: 'ElementError', step: 'Twice', element: '2' });
    });

    test('adds nothing to the sum and becomes one dead letter', async () => {
      const failed: DeadLetter<number>[] = [];
      const { sums } = await run({ deadLetters: (letters) => letters.map((letter) => void failed.push(letter)) });
      expect(sums).toEqual([1 + 10 + 3 + 30]);
      expect(failed).toMatchObject([
        { element: 2, step: 'Twice', attempts: 1, error: { name: 'Error', message: 'no 2' } },
      ]);
    });

    test('is tried as often as asked for, then becomes a dead letter', async () => {
      const failed: DeadLetter<number>[] = [];
      const { calls, sums } = await run({
        retry: { attempts: 3, backoff: 1 },
        deadLetters: (letters) => letters.map((letter) => void failed.push(letter)),
      });
      expect(calls.filter((n) => n === 2)).toHaveLength(3);
      expect(sums).toEqual([1 + 10 + 3 + 30]);
      expect(failed).toMatchObject([{ element: 2, attempts: 3 }]);
    });

    test('is tried as often as asked for, then ends the run', async () => {
      await expect(run({ retry: { attempts: 2, backoff: 1 } })).rejects.toMatchObject({ step: 'Twice', element: '2' });
    });
  });

  test('a call that succeeds at its second attempt gives its outputs once', async () => {
    let attempts = 0;
    const out: number[] = [];
    const p = new Pipeline();
    p.apply(create([7]))
      .flatMap(
        function* (n) {
          yield n;
          if (++attempts === 1) throw new Error('busy');
          yield n + 1;
        },
        { retry: { attempts: 2, backoff: 1 } },
      )
      .map((n) => void out.push(n));
    await p.run(runner());
    expect(out).toEqual([7, 8]);
  });

  test('a retried map gives a result that can be iterated as it is', async () => {
    const out: unknown[] = [];
    const p = new Pipeline();
    p.apply(create([1]))
      .map(async (n) => new Set([n]), { retry: { attempts: 2 } })
      .map((set) => void out.push(set));
    await p.run(runner());
    expect(out).toEqual([new Set([1])]);
  });

  test('a combine function that throws ends the run with the name of its step', async () => {
    const p = new Pipeline();
    p.apply(create(INPUT))
      .keyBy(() => 'all')
      .combinePerKey(
        {
          ...sum,
          addInput: (total: number, n: number) => {
            if (n === 2) throw new Error('no twos');
            return total + n;
          },
        },
        { name: 'Sum' },
      );
    await expect(p.run(runner())).rejects.toThrow(/^Sum: its combine function failed: no twos/);
  });

  test('what a failed call emitted to another output is forgotten', async () => {
    const rejected: string[] = [];
    const p = new Pipeline();
    const both = p.apply(create(INPUT)).parDo({
      outputs: { odd: { kind: 'output' as const } },
      process(n: number, { emit }) {
        emit.odd(`${n}`);
        if (n === 3) throw new Error('no threes');
        return [n];
      },
      deadLetters: () => undefined,
    });
    both.odd.map((text) => void rejected.push(String(text)));
    await p.run(runner());
    expect(rejected).toEqual(['1', '2']);
  });

  test('a key or a timestamp that can not be had makes a dead letter of its element', async () => {
    const failed: unknown[] = [];
    const keys: string[] = [];
    const p = new Pipeline();
    p.apply(create(['a1', 'b', 'c3', 'd4']))
      .withTimestamps((text) => (text === 'b' ? Number.NaN : 5), {
        name: 'At',
        deadLetters: (letters) =>
          letters.map(({ step, element, error }) => void failed.push([step, element, error.message])),
      })
      .keyBy(
        (text) => {
          if (text === 'c3') throw new Error('no c');
          return text === 'd4' ? undefined : text[0];
        },
        {
          name: 'Key',
          deadLetters: (letters) =>
            letters.map(({ step, element, error }) => void failed.push([step, element, error.message])),
        },
      )
      .map(({ key }) => void keys.push(`${key}`));
    const { steps } = await p.run(runner());
    expect(keys).toEqual(['a']);
    expect(failed).toEqual([
      ['At', 'b', expect.stringMatching(/the timestamp function returned NaN/)],
      ['Key', 'c3', 'no c'],
      ['Key', 'd4', expect.stringMatching(/the key function returned undefined/)],
    ]);
    expect(steps.find(({ step }) => step === 'Key')).toMatchObject({ elementsIn: 3, elementsOut: 1, failed: 2 });
  });
});
