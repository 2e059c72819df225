// What the steps of the random pipelines call: functions that fail and wait, combine functions, sources, a DoFn.
import {
  type BoundedWindow,
  type CombineFn,
  type Counter,
  type DeadLetter,
  OffsetTracker,
  type OffsetRange,
  outputAt,
  type PCollection,
  type RestrictionReader,
  type Source,
  sum,
} from '../../index.ts';
import * as fn from './functions.ts';
import { type Call, failuresOf, hasDeadLetters, type Op } from './graphs.ts';
import { nameOf } from './windows.ts';

export async function waitFor(turns: number): Promise<void> {
  for (let i = 0; i < turns; i++) await (turns === 3 ? new Promise(setImmediate) : null);
}

/** A user function that counts, waits and fails as the call says: `use` stands for what it does. */
export function called<R>(call: Call, calls: Counter, use: (value: number) => R): (value: number) => R | Promise<R> {
  const failedSoOften = new Map<number, number>();
  const fail = (value: number): void => {
    const failed = failedSoOften.get(value) ?? 0;
    if (!hasDeadLetters(call) && failed >= failuresOf(call, value)) return;
    if (failuresOf(call, value) === 0) return;
    failedSoOften.set(value, failed + 1);
    throw new Error(`no ${value}`);
  };
  const sync = (value: number): R => {
    calls.inc();
    fail(value);
    calls.inc(100);
    return use(value);
  };
  const async = async (value: number): Promise<R> => {
    calls.inc();
    if (value % 2 === 0) fail(value);
    await waitFor(fn.turnsOf(value));
    if (value % 2 !== 0) fail(value);
    calls.inc(100);
    return use(value);
  };
  return (value) => (call.mode === 'sync' || (call.mode === 'mixed' && value % 3 === 0) ? sync(value) : async(value));
}

export const DIGEST: CombineFn<number, number[], number> = {
  name: 'digest',
  createAccumulator: () => [],
  addInput(list, value) {
    list.push(value);
    return list;
  },
  mergeAccumulators: (lists) => [...lists].flat(),
  extractOutput: fn.digest,
};

export const MEAN: CombineFn<number, number[], number> = { ...DIGEST, name: 'mean', extractOutput: fn.roundedMean };

export const SUM: CombineFn<number, number, number> = { ...sum, extractOutput: (total) => total % fn.SPREAD };

/** An element names the numbers that are read for it. */
export const severalRead = (n: number): RestrictionReader<number, number, OffsetRange, number> => ({
  name: 'Several',
  initialRestriction: (value) => ({ from: 0, to: fn.several(value, n).length }),
  split: ({ from, to }) => Array.from({ length: to - from }, (_, i) => ({ from: from + i, to: from + i + 1 })),
  createTracker: (range) => new OffsetTracker(range),
  async read(value, tracker, output) {
    for (let i = tracker.currentRestriction().from; tracker.tryClaim(i); i++) {
      await output.emit({ values: fn.several(value, n).slice(i, i + 1) });
    }
    return undefined;
  },
});

/** Whole numbers, five milliseconds apart. */
export const numbers = ({ count, batch, isLate }: Op & { op: 'read' }): Source<number, OffsetRange, number> => ({
  kind: 'source',
  name: 'Numbers',
  initialRestriction: () => ({ from: 0, to: count }),
  split: ({ from, to }, desired) => {
    const middle = from + Math.floor((to - from) / desired);
    return [
      { from, to: middle },
      { from: middle, to },
    ];
  },
  createTracker: (range) => new OffsetTracker(range),
  async read(_element, tracker, output) {
    let at = tracker.currentRestriction().from;
    for (;;) {
      // Read anew for each batch: the end moves when the rest is split off.
      const { to } = tracker.currentRestriction();
      if (at >= to) break;
      const values = Array.from({ length: Math.min(batch, to - at) }, (_, i) => at + i);
      if (!tracker.tryClaim(at + values.length - 1)) break;
      if (isLate) await waitFor(3);
      await output.emit({ values, timestamps: Float64Array.from(values, (value) => value * 5) });
      at += values.length;
    }
    return undefined;
  },
});

export const letterText = ({ element, step, timestamp, window: w, attempts, error }: DeadLetter<number>): string =>
  `${element} failed in ${step} @${timestamp} [${nameOf(w)}] ${attempts} ${error.message}`;

export function observed(value: number, timestamp: number, w: BoundedWindow, timing: string): number {
  const start = 'bucket' in w ? Number(w.bucket) : 'start' in w ? Number(w.start) : 0;
  const place = (w.maxTimestamp % 89) + Math.abs(start % 83) + Math.abs(timestamp % 79);
  return (value + place + (timing === 'ON_TIME' ? 1 : 0)) % fn.SPREAD;
}

/** Does its work when it is iterated. */
export function* lazily<T>(give: () => Iterable<T>): Iterable<T> {
  yield* give();
}

/** Outputs in all forms that a flatMap may return. */
export function inForm(values: readonly number[], form: number): Iterable<number> | AsyncIterable<number> {
  if (form === 0) return values;
  if (form === 1)
    return (function* () {
      yield* values;
    })();
  if (form === 2)
    return (async function* () {
      for (const value of values) {
        await waitFor(value % 4);
        yield value;
      }
    })();
  if (form === 3) return { [Symbol.iterator]: () => values[Symbol.iterator]() };
  if (form === 4) return new Uint16Array(values);
  return new Map(values.map((value, i) => [i, value])).values();
}

/** Gives out all elements of a bundle at its end. */
export function bundles(input: PCollection<number>, step: string, isAsync: boolean): PCollection<number> {
  return input.parDo({
    name: step,
    setup: () => ({ kept: [] as ReturnType<typeof outputAt<number>>[], isOpen: false }),
    startBundle({ resource }) {
      if (resource.isOpen) throw new Error('bundles overlap');
      resource.isOpen = true;
      return isAsync ? waitFor(2) : undefined;
    },
    process(value: number, { timestamp, window: w, resource }): void | Promise<void> {
      if (!resource.isOpen) throw new Error('no bundle is open');
      resource.kept.push(outputAt(fn.mapped(value, 1), timestamp, w));
      return isAsync ? waitFor(value % 4) : undefined;
    },
    finishBundle({ resource }) {
      resource.isOpen = false;
      return isAsync ? waitFor(1).then(() => resource.kept.splice(0)) : resource.kept.splice(0);
    },
    teardown({ kept, isOpen }) {
      if (kept.length > 0 || isOpen) throw new Error('a bundle was not finished');
    },
  });
}
