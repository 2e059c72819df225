import { expect, test } from 'vitest';
import { flatten, Pipeline, create } from '../../../index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { virtualHost } from '../../helpers/virtual-host.ts';

const MANY = 200_000;

function* numbers(made: { count: number }): Generator<number> {
  for (let n = 0; n < MANY; n++) {
    made.count++;
    yield n;
  }
}

test('a call with very many outputs runs no further ahead of slow steps behind a diamond than queues have room', async () => {
  const made = { count: 0 };
  let taken = 0;
  let ahead = 0;
  const p = new Pipeline();
  const all = p.apply(create([0])).flatMap(() => numbers(made));
  const left = all.filter((n) => n % 2 === 0);
  const right = all.filter((n) => n % 2 === 1);
  flatten([left, right])
    .keyBy((n) => n % 100)
    .parDo({ name: 'Keyed', state: {}, process: ({ value }) => [value] })
    .map(async (n) => {
      taken++;
      ahead = Math.max(ahead, made.count - taken);
      return n;
    });
  await p.run(directRunner({ host: virtualHost(), streaming: true }));
  expect([made.count, taken]).toEqual([MANY, MANY]);
  expect(ahead).toBeLessThan(20_000);
});
