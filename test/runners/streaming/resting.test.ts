import { expect, test } from 'vitest';
import { Pipeline, read, seconds } from '../../../index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { virtualHost } from '../../helpers/virtual-host.ts';
import { listSource } from './list-source.ts';

test('a run whose step waits for something outside sleeps until it is there, though a source could be asked again', async () => {
  const host = virtualHost();
  let timers = 0;
  const clock: typeof host.clock = {
    ...host.clock,
    setTimer: (...timer) => {
      if (++timers > 1_000) throw new Error('the clock is looked at again and again');
      return host.clock.setTimer(...timer);
    },
  };
  const wait = (n: number): Promise<number> =>
    new Promise((resolve) => host.clock.setTimer(seconds(10), () => resolve(n)));
  const p = new Pipeline();
  const slow = listSource([{ rest: 5 }, { give: [[1, 0] as const] }]);
  p.apply(read(slow, { isBounded: false, name: 'One' })).map(wait, { name: 'Slow', concurrency: 1 });
  p.apply(read(listSource([{ rest: 10 }, { give: [[2, 0] as const] }]), { isBounded: false, name: 'Other' }));
  await p.run(directRunner({ host: { ...host, clock }, epochInterval: seconds(5) }));
  expect(timers).toBeLessThan(20);
});
