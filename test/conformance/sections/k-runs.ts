// K. What runs do besides their results: commits, time, cancellation, memory.
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { nodeHost } from '../../../host/index.ts';
import {
  create,
  eventTimer,
  hours,
  impulse,
  kv,
  type KV,
  type OffsetRange,
  OffsetTracker,
  outputTag,
  periodicImpulse,
  processingTimer,
  reifyTimestamps,
  type RestrictionReader,
  seconds,
  splittableParDo,
} from '../../../index.ts';
import { assertThat, at as element, testStream } from '../../../testing/index.ts';
import { grouped, tens, within } from '../collections.ts';
import { type Builder, cancelled, failsLeaving, item, succeeds } from '../item.ts';

type ImpulseReader<T> = RestrictionReader<Uint8Array, T, OffsetRange, number>;

const leave = (scratch: string, name: string): void => {
  mkdirSync(scratch, { recursive: true });
  writeFileSync(path.join(scratch, name), '');
};

/** Three elements that each ask for a file after the commit; the last of them may be one that fails. */
const committing =
  (failing: boolean): Builder =>
  (p, { scratch }) => {
    p.apply(create([1, 2, 3])).parDo({
      name: 'Commit',
      process(n: number, { afterCommit }) {
        afterCommit(() => leave(scratch, `${n} ${randomUUID()}`));
        if (failing && n === 3) throw new Error('not this one');
      },
    });
  };

/** Gives an element, and then nothing for very long. */
const resting: ImpulseReader<string> = {
  name: 'Resting',
  initialRestriction: () => ({ from: 0, to: 2 }),
  createTracker: (range) => new OffsetTracker(range),
  async read(_, tracker, output) {
    const { from } = tracker.currentRestriction();
    if (tracker.tryClaim(from)) await output.emit({ values: [`element ${from}`] });
    return from === 0 ? { resumeAfter: hours(24) } : undefined;
  },
};

const TINY_BUNDLES = 10_000;

/** Hands over each of its elements alone, which is how small a source can make bundles. */
const tinyBundles: ImpulseReader<number> = {
  name: 'TinyBundles',
  initialRestriction: () => ({ from: 0, to: TINY_BUNDLES }),
  createTracker: (range) => new OffsetTracker(range),
  async read(_, tracker, output) {
    for (let i = tracker.currentRestriction().from; tracker.tryClaim(i); i++) await output.emit({ values: [i] });
    return undefined;
  },
};

/** Bytes that may be there more at the end: compiled code, buffers that grow once. */
const MORE_HEAP = 4_000_000;

const listeners = (): number =>
  process.eventNames().reduce((sum, name) => sum + process.listenerCount(String(name)), 0);

function memoryNow(): { readonly heap: number; readonly listeners: number } {
  const { memory } = nodeHost();
  memory.collect();
  return { heap: memory.heapUsed(), listeners: listeners() };
}

export const runs = [
  item(
    146,
    'What was asked to be done after a commit is done exactly once, and never for a bundle that failed.',
    succeeds(committing(false), (check, { files }) =>
      check.equal(files.map((name) => name.slice(0, 1)).sort(), ['1', '2', '3']),
    ),
    failsLeaving(committing(true), (check, { error, files }) => {
      check.matches(error.message, /Commit.*not this one/);
      check.equal(files, []);
    }),
  ),
  item(
    149,
    'What a step writes to the console reaches the runner with severity, transform and instruction.',
    succeeds(
      (p) => {
        p.apply(create(['a'])).map(
          async (letter) => {
            console.log('before', letter, { n: 1 });
            await null;
            console.warn('after');
            return letter;
          },
          { name: 'Talk' },
        );
      },
      // The instruction is the Fn API's name for a bundle: runners without that protocol have none.
      (check, { logs }) =>
        check.equal(
          logs.map(({ severity, step, message }) => ({ severity, step, message })),
          [
            { severity: 'INFO', step: 'Talk', message: 'before a {"n":1}' },
            { severity: 'WARN', step: 'Talk', message: 'after' },
          ],
        ),
    ),
  ),
  item(
    150,
    'A test stream of two collections advances event time and processing time.',
    succeeds((p) => {
      const { fast, slow } = p.apply(
        testStream({ fast: outputTag<number>(), slow: outputTag<KV<string, number>>() })
          .addElements('fast', element(seconds(1), 1))
          .addElements('slow', element(seconds(1), kv('k', 1)))
          .advanceWatermarkTo('fast', seconds(20))
          .addElements('fast', element(seconds(2), 2))
          .addElements('slow', element(seconds(2), kv('k', 2)))
          .advanceProcessingTime(seconds(5))
          .advanceWatermarkTo('slow', seconds(3))
          .addElements('slow', element(seconds(4), kv('k', 4)))
          .advanceWatermarkToInfinity(),
      );
      // The second element is late for one watermark; the other collection has its own.
      assertThat(grouped(fast.windowInto(tens))).containsInAnyOrder([[1]]);
      assertThat(grouped(slow.map(({ value }) => value).windowInto(tens))).containsInAnyOrder([[1, 2, 4]]);
      const fired = slow.parDo({
        timers: { clock: processingTimer(), event: eventTimer() },
        process({ value }: KV<string, number>, { timers }): readonly string[] {
          if (value !== 1) return [`element ${value}`];
          timers.clock.setAfter(seconds(5));
          timers.event.set(seconds(3));
          return [];
        },
        onTimer: { clock: () => ['clock'], event: ({ timestamp }) => [`event ${timestamp}`] },
      });
      assertThat(fired).containsInAnyOrder(['element 2', 'clock', 'event 3000', 'element 4']);
    }),
  ),
  item(
    151,
    'A periodic impulse of five at one second has five elements at exact timestamps.',
    succeeds((p) => {
      const ticks = p.apply(periodicImpulse({ start: seconds(100), interval: seconds(1), count: 5 }));
      const stamped = [100, 101, 102, 103, 104].map(seconds).map((at) => ({ value: at, timestamp: at }));
      assertThat(ticks.apply(reifyTimestamps())).containsInAnyOrder(stamped);
      assertThat(grouped(ticks.windowInto(tens)))
        .inOnTimePane(within(100, 110))
        .satisfies(([all]) => all?.length === 5);
    }),
  ),
  item(
    152,
    'A run that is cancelled ends as cancelled, and its workers exit.',
    cancelled(
      (p, { scratch }) => {
        const read = p.apply(impulse()).apply(splittableParDo(resting));
        read.parDo({
          process: (text: string) => [text],
          teardown: () => leave(scratch, 'torn down'),
        });
      },
      (check, { files }) => check.equal(files, ['torn down']),
    ),
  ),
  item(
    159,
    'Ten thousand tiny bundles leave no growth of heap, ids or listeners.',
    succeeds((p) => {
      const read = p.apply(impulse()).apply(splittableParDo(tinyBundles));
      const measured = read.parDo({
        startBundle: () => undefined,
        // The first tenth is left to compilers and caches.
        process: (n: number) => (n === TINY_BUNDLES / 10 || n === TINY_BUNDLES - 1 ? [{ n, ...memoryNow() }] : []),
      });
      assertThat(measured).satisfies((both) => {
        const [early, late] = both.toSorted((a, b) => a.n - b.n);
        if (early === undefined || late === undefined || both.length !== 2) return false;
        if (late.heap - early.heap < MORE_HEAP && late.listeners === early.listeners) return true;
        throw new Error(`from ${JSON.stringify(early)} to ${JSON.stringify(late)}`);
      });
    }),
  ),
];
