import { expect, test } from 'vitest';
import {
  create,
  fixedWindows,
  minutes,
  Pipeline,
  processingTimer,
  read,
  seconds,
  type RunOptions,
} from '../../../index.ts';
import { nodeHost } from '../../../host/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { virtualHost } from '../../helpers/virtual-host.ts';
import { listSource } from './list-source.ts';

/** Milliseconds within which a run must do what it is asked to. */
const SOON = 100;

/** Keeps the processor for a while. */
function work(duration: number): void {
  const { clock } = nodeHost();
  for (const until = clock.monotonic() + duration; clock.monotonic() < until; );
}

/** Milliseconds between telling a run to end and its end. */
async function timeToAbort(pipeline: Pipeline, after: Promise<void>): Promise<number> {
  const { clock } = nodeHost();
  const abort = new AbortController();
  const running = pipeline.run(directRunner({ streaming: true }), { signal: abort.signal }).catch((error) => error);
  await after;
  const began = clock.monotonic();
  abort.abort();
  expect(await running).toMatchObject({ name: 'CancelledError' });
  return clock.monotonic() - began;
}

/** A promise, and a function to be called when something has begun. */
function start(): { readonly begun: Promise<void>; readonly begin: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { begun: promise, begin: resolve };
}

test('a run ends soon after it was told to while functions keep the processor', async () => {
  const { begun, begin } = start();
  const p = new Pipeline();
  p.apply(create(Array.from({ length: 20_000 }, (_, i) => i))).map((n) => {
    begin();
    work(1);
    return n;
  });
  expect(await timeToAbort(p, begun)).toBeLessThan(SOON);
});

test('a run ends soon after it was told to while a window of many keys fires', async () => {
  const { begun, begin } = start();
  let fired = 0;
  const p = new Pipeline();
  p.apply(
    create(
      Array.from({ length: 100_000 }, (_, i) => i),
      { timestamps: new Array(100_000).fill(0) },
    ),
  )
    .windowInto(fixedWindows({ size: minutes(1) }))
    .keyBy((n) => n)
    .groupByKey()
    .map(() => {
      begin();
      work(0.05);
      fired++;
    });
  expect(await timeToAbort(p, begun)).toBeLessThan(SOON);
  expect(fired).toBeLessThan(50_000);
});

test('a run ends soon after it was told to while a call never settles, and while a source never gives anything', async () => {
  const { begun, begin } = start();
  const p = new Pipeline();
  p.apply(create([1])).map(() => {
    begin();
    return new Promise<number>(() => undefined);
  });
  p.apply(read(listSource<number>([], { ends: false }), { isBounded: false }));
  expect(await timeToAbort(p, begun)).toBeLessThan(SOON);
});

test('a run without input that is asked to stop, or to drain, does so without waiting for its source', async () => {
  for (const how of ['stop', 'drain'] as const) {
    const host = virtualHost();
    const ask = new AbortController();
    const p = new Pipeline();
    p.apply(read(listSource<number>([], { ends: false }), { isBounded: false }));
    host.clock.setTimer(seconds(30.5), () => ask.abort());
    const options: RunOptions = { [how]: ask.signal };
    const { state } = await p.run(directRunner({ host }), options);
    expect(state).toBe(how === 'stop' ? 'STOPPED' : 'DRAINED');
    expect(host.clock.now()).toBeLessThan(seconds(30.5) + SOON);
  }
});

test('a timer of the clock that sets itself again at once lets elements and sources have their turn', async () => {
  let fired = 0;
  const seen: number[] = [];
  const p = new Pipeline();
  p.apply(
    read(listSource<number>(Array.from({ length: 50 }, (_, n) => ({ give: [[n, n] as const] }))), { isBounded: false }),
  )
    .keyBy(() => 'all')
    .parDo({
      name: 'Restless',
      timers: { again: processingTimer() },
      process({ value }, { timers }) {
        seen.push(value);
        timers.again.setAfter(0);
      },
      onTimer: {
        again({ timers }) {
          fired++;
          if (seen.length < 50) timers.again.setAfter(0);
        },
      },
    });
  await p.run(directRunner({ host: virtualHost() }));
  expect(seen).toHaveLength(50);
  expect(fired).toBeLessThan(50 * 3_000);
});

test('a job that waits for input looks around a few times a second', async () => {
  const host = virtualHost();
  let timers = 0;
  const clock: typeof host.clock = {
    ...host.clock,
    setTimer: (...timer) => {
      timers++;
      return host.clock.setTimer(...timer);
    },
  };
  const stop = new AbortController();
  host.clock.setTimer(minutes(10), () => stop.abort());
  const p = new Pipeline();
  const given = [{ give: [[1, 1_000] as const] }, { watermark: 1_000 }, { idle: true }];
  p.apply(read(listSource<number>(given, { ends: false, isLive: true }), { isBounded: false }))
    .windowInto(fixedWindows({ size: seconds(10) }))
    .keyBy(() => 'all')
    .groupByKey();
  await p.run(directRunner({ host: { ...host, clock } }), { stop: stop.signal });
  // Each second the source is asked and an epoch is cut; ten times the clock carries the watermark.
  expect(timers / 600).toBeLessThan(14);
});

test('input that never ends is refused where a run is to go through its stages one after another', async () => {
  const p = new Pipeline();
  p.apply(read(listSource<number>([]), { isBounded: false }), { name: 'Numbers' }).map((n) => n);
  const running = p.run(directRunner({ streaming: false }));
  await expect(running).rejects.toThrow(/^Numbers\/.*: its output never ends.*Leave streaming out/);
  await expect(running).rejects.toMatchObject({ name: 'PipelineError' });
});
