import { expect, test } from 'vitest';
import { create, flatten, Pipeline, type Sink, write } from '../../../index.ts';
import { directRunner } from '../../../runners/direct/index.ts';

test('a sink that opens slowly is opened once for all that write to it, and gets one batch at a time', async () => {
  const log: string[] = [];
  let isBusy = false;
  const rows: unknown[] = [];
  const turn = (): Promise<void> => new Promise(setImmediate);
  const sink: Sink<number, readonly number[]> = {
    kind: 'sink',
    name: 'Rows',
    guarantee: 'transactional',
    async open() {
      log.push('open');
      await turn();
      const staged: number[] = [];
      return {
        async write({ values }) {
          if (isBusy) log.push('write into a write');
          isBusy = true;
          await turn();
          staged.push(...values);
          isBusy = false;
        },
        prepare: async () => staged,
        abort: async () => void log.push('abort'),
      };
    },
    commit: async (staged) => void rows.push(...staged),
  };
  const p = new Pipeline();
  const inputs = [1, 2, 3].map((n) => p.apply(create([n, n + 10])));
  flatten(inputs).apply(write(sink));
  await p.run(directRunner({ streaming: true }));
  expect(log).toEqual(['open']);
  expect(rows.sort()).toEqual([1, 11, 12, 13, 2, 3]);
});
