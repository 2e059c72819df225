import { expect, test } from 'vitest';
import { create, eventTimer, generate, type KV, Pipeline } from '../../index.ts';
import { directRunner } from '../../runners/direct/index.ts';
import { bothPaths } from '../helpers/runners.ts';

test.each(bothPaths)(
  'what calls and bundles ask for after the commit is done once, on the $path path',
  async ({ runner }) => {
    const done: string[] = [];
    const p = new Pipeline();
    p.apply(generate({ count: 3, element: (i) => i })).parDo({
      startBundle: ({ afterCommit }) => afterCommit(() => void done.push('started')),
      process(n: number, { afterCommit }) {
        afterCommit(async () => void done.push(`element ${n}`));
      },
      finishBundle: ({ afterCommit }) => afterCommit(() => void done.push(`finished after ${done.length}`)),
    });
    await p.run(runner());
    expect(done).toEqual(['started', 'element 0', 'element 1', 'element 2', 'finished after 4']);
  },
);

test.each(bothPaths)('timers and ends of windows may ask for it too, on the $path path', async ({ runner }) => {
  const done: string[] = [];
  const p = new Pipeline();
  p.apply(create([{ key: 'a', value: 1 }])).parDo({
    timers: { now: eventTimer(), later: eventTimer() },
    process(_: KV<string, number>, { timers }) {
      timers.now.set(1);
      timers.later.set(2);
    },
    onTimer: {
      now({ key, afterCommit }) {
        afterCommit(() => void done.push(`now ${key}`));
      },
      async later({ key, afterCommit }) {
        await Promise.resolve();
        afterCommit(() => void done.push(`later ${key}`));
      },
    },
    onWindowExpiration({ key, afterCommit }) {
      afterCommit(() => void done.push(`end ${key}`));
    },
  });
  await p.run(runner());
  expect(done).toEqual(['now a', 'later a', 'end a']);
});

test('a timer that fails asks for nothing, as the run does', async () => {
  const done: string[] = [];
  const p = new Pipeline();
  p.apply(create([{ key: 'a', value: 1 }])).parDo({
    timers: { now: eventTimer() },
    process: (_: KV<string, number>, { timers }) => timers.now.set(1),
    onTimer: {
      now({ afterCommit }) {
        afterCommit(() => void done.push('asked'));
        throw new Error('no more');
      },
    },
  });
  await expect(p.run(directRunner())).rejects.toThrow('no more');
  expect(done).toEqual([]);
});

test('a call that failed, and a run that did, ask for nothing', async () => {
  const done: number[] = [];
  const runWith = (deadLetters: boolean) => {
    const p = new Pipeline();
    p.apply(create([1, 2])).parDo({
      process(n: number, { afterCommit }) {
        afterCommit(() => void done.push(n));
        if (n === 2) throw new Error('two');
      },
      ...(deadLetters && { deadLetters: () => undefined }),
    });
    return p.run(directRunner());
  };
  await expect(runWith(false)).rejects.toThrow('two');
  expect(done).toEqual([]);
  await runWith(true);
  expect(done).toEqual([1]);
});

test('a call that is tried again asks once', async () => {
  const done: number[] = [];
  let attempts = 0;
  const p = new Pipeline();
  p.apply(create([1])).parDo({
    process(n: number, { afterCommit }) {
      attempts++;
      afterCommit(() => void done.push(n));
      if (attempts < 3) throw new Error('not yet');
    },
    retry: { attempts: 3 },
  });
  await p.run(directRunner());
  expect({ done, attempts }).toEqual({ done: [1], attempts: 3 });
});

test('what one of them throws is told, and the others are called', async () => {
  const done: string[] = [];
  const warnings: string[] = [];
  const p = new Pipeline();
  p.apply(create(['a', 'b'])).parDo({
    process(text: string, { afterCommit }) {
      afterCommit(() => {
        if (text === 'a') throw new Error('no answer');
        done.push(text);
      });
    },
  });
  await p.run(directRunner(), { onWarning: (message) => warnings.push(message) });
  expect(done).toEqual(['b']);
  expect(warnings).toEqual([expect.stringMatching(/after the commit failed: no answer\. Results are not touched/)]);
});
