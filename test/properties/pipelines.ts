// The random pipelines, built with Viga: each collection is written to a sink that shows what it was given.
import {
  asIterable,
  asList,
  asMap,
  asMultimap,
  asSingleton,
  type BoundedWindow,
  type CombineFn,
  type Counter,
  counter,
  customWindows,
  type DeadLetter,
  fixedWindows,
  fullJoin,
  globalWindows,
  innerJoin,
  interval,
  type IntervalWindow,
  leftJoin,
  OffsetTracker,
  type OffsetRange,
  outputAt,
  outputTag,
  type PCollection,
  Pipeline,
  read,
  type RestrictionReader,
  reshuffle,
  rightJoin,
  sessions,
  slidingWindows,
  type Source,
  splittableParDo,
  type StepOptions,
  sum,
  type WindowFn,
  write,
  create,
  distinct,
  flatten,
} from '../../index.ts';
import * as fn from './functions.ts';
import { type Call, failuresOf, hasDeadLetters, type Op, type WindowKind } from './graphs.ts';
import { rowsSink } from './rows-sink.ts';

type Numbers = PCollection<number>;

/** A pipeline with what its sinks were given; lines are there after a run. */
export interface Built {
  readonly pipeline: Pipeline;
  readonly outputs: readonly (readonly string[])[];
  readonly letters: ReadonlyMap<string, readonly string[]>;
  /** The counter of a step's calls: 1 when one starts, 100 when it succeeds. */
  readonly calls: Counter;
}

/** Any of the window functions, the type of its windows forgotten. */
// biome-ignore lint/suspicious/noExplicitAny: merge takes windows of one type, and which one is not known here.
const window = (kind: WindowKind): WindowFn<any, number> => {
  switch (kind) {
    case 'global':
      return globalWindows();
    case 'fixed':
      return fixedWindows(fn.FIXED);
    case 'sliding':
      return slidingWindows(fn.SLIDING);
    case 'sessions':
      return sessions({ gap: fn.GAP });
    case 'buckets':
      return customWindows({
        name: 'Buckets',
        assign(timestamp) {
          const n = Math.floor(timestamp / fn.BUCKET);
          return (n % 2 === 0 ? [n, n + 1] : [n]).map((i) => ({ maxTimestamp: (i + 1) * fn.BUCKET - 1, bucket: i }));
        },
      });
    case 'merging':
      return customWindows<IntervalWindow, number>({
        name: 'Merging',
        assign: (timestamp) => [interval(timestamp, timestamp + fn.sessionLength(timestamp))],
        merge: mergeSorted,
      });
    default:
      return kind satisfies never;
  }
};

/** Relies on what merge is promised: its windows are sorted by their starts. */
function mergeSorted(windows: readonly IntervalWindow[]) {
  const merges: { merged: IntervalWindow[]; result: IntervalWindow }[] = [];
  for (const one of windows) {
    const last = merges.at(-1);
    if (last === undefined || one.start >= last.result.end) merges.push({ merged: [one], result: one });
    else {
      last.merged.push(one);
      last.result = interval(last.result.start, Math.max(last.result.end, one.end));
    }
  }
  return merges.filter(({ merged }) => merged.length > 1);
}

async function waitFor(turns: number): Promise<void> {
  for (let i = 0; i < turns; i++) await (turns === 3 ? new Promise(setImmediate) : null);
}

/** A user function that counts, waits and fails as the call says: `use` stands for what it does. */
function called<R>(call: Call, calls: Counter, use: (value: number) => R): (value: number) => R | Promise<R> {
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

const DIGEST: CombineFn<number, number[], number> = {
  name: 'digest',
  createAccumulator: () => [],
  addInput(list, value) {
    list.push(value);
    return list;
  },
  mergeAccumulators: (lists) => [...lists].flat(),
  extractOutput: fn.digest,
};

const MEAN: CombineFn<number, number[], number> = { ...DIGEST, name: 'mean', extractOutput: fn.roundedMean };

const SUM: CombineFn<number, number, number> = { ...sum, extractOutput: (total) => total % fn.SPREAD };

/** An element names the numbers that are read for it. */
const severalRead = (n: number): RestrictionReader<number, number, OffsetRange, number> => ({
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
const numbers = ({ count, batch, isLate }: Op & { op: 'read' }): Source<number, OffsetRange, number> => ({
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
    const { from, to } = tracker.currentRestriction();
    for (let at = from; at < to; at += batch) {
      const values = Array.from({ length: Math.min(batch, to - at) }, (_, i) => at + i);
      if (!tracker.tryClaim(at + values.length - 1)) break;
      if (isLate) await waitFor(3);
      await output.emit({ values, timestamps: Float64Array.from(values, (value) => value * 5) });
    }
    return undefined;
  },
});

const JOINS = { inner: innerJoin, left: leftJoin, right: rightJoin, full: fullJoin };

/** Builds a pipeline of steps that `resolve` has made sound. */
export function build(ops: readonly Op[]): Built {
  const builder = new Builder();
  ops.forEach((op, i) => builder.add(op, `s${i}`));
  return builder.finish();
}

class Builder {
  readonly #pipeline = new Pipeline();
  readonly #calls = counter('properties', 'calls');
  readonly #collections: Numbers[] = [];
  readonly #letters = new Map<string, string[]>();

  finish(): Built {
    const outputs = this.#collections.map((collection, i) => {
      const lines: string[] = [];
      collection.apply(write(rowsSink(lines), { name: `out${i}` }));
      return lines;
    });
    return { pipeline: this.#pipeline, outputs, letters: this.#letters, calls: this.#calls };
  }

  #at(i: number): Numbers {
    const collection = this.#collections[i];
    if (collection === undefined) throw new Error(`there is no collection ${i}`);
    return collection;
  }

  /** Options of a step with user code; its dead letters become the collection after its outputs. */
  #options(step: string, call: Call, after: Numbers[]): StepOptions<number> {
    return {
      name: step,
      unordered: call.unordered,
      ...(call.attempts > 1 ? { retry: { attempts: call.attempts, backoff: 0 } } : {}),
      ...(call.concurrency === undefined ? {} : { concurrency: call.concurrency }),
      ...(hasDeadLetters(call) ? { deadLetters: (failed) => after.push(this.#failed(step, failed)) } : {}),
    };
  }

  #failed(step: string, failed: PCollection<DeadLetter<number>>): Numbers {
    const lines: string[] = [];
    this.#letters.set(step, lines);
    failed
      .map((letter) => letterText(letter), { name: `${step} letters` })
      .apply(
        write(
          rowsSink(lines, (value) => String(value)),
          { name: `${step} letters out` },
        ),
      );
    return failed.map(({ element }) => element, { name: `${step} failed` });
  }

  add(op: Op, step: string): void {
    const after: Numbers[] = [];
    this.#collections.push(...this.#outputs(op, step, after), ...after);
  }

  #outputs(op: Op, step: string, after: Numbers[]): readonly Numbers[] {
    switch (op.op) {
      case 'create':
        return [
          this.#pipeline.apply(
            create(op.values, op.timestamps === undefined ? { name: step } : { name: step, timestamps: op.timestamps }),
          ),
        ];
      case 'read':
        return [this.#pipeline.apply(read(numbers(op), { name: step }))];
      case 'map':
        return [
          this.#at(op.in).map(
            this.#called(op.call, (v) => fn.mapped(v, op.n)),
            this.#options(step, op.call, after),
          ),
        ];
      case 'filter':
        return [
          this.#at(op.in).filter(
            this.#called(op.call, (v) => fn.isKept(v, op.n)),
            this.#options(step, op.call, after),
          ),
        ];
      case 'mapValues':
        return [this.#mapValues(op, step, after)];
      case 'flatMap':
        return [
          this.#at(op.in).flatMap(
            this.#called(op.call, (v) => inForm(fn.several(v, op.n), op.form)),
            this.#options(step, op.call, after),
          ),
        ];
      case 'parDo':
        return this.#parDo(op, step, after);
      case 'flatten':
        return [
          flatten(
            op.ins.map((i) => this.#at(i)),
            { name: step, pipeline: this.#pipeline },
          ),
        ];
      case 'join':
        return [this.#join(op, step)];
      case 'side':
        return [this.#side(op, step)];
      default:
        return [this.#one(op, this.#at(op.in), step)];
    }
  }

  #called<R>(call: Call, use: (value: number) => R): (value: number) => R | Promise<R> {
    return called(call, this.#calls, use);
  }

  #one(op: Extract<Op, { in: number }>, input: Numbers, step: string): Numbers {
    switch (op.op) {
      case 'observe':
        return input.map((value, { timestamp, window: w, pane }) => observed(value, timestamp, w, pane.timing), {
          name: step,
        });
      case 'chain': {
        let chain = input;
        for (let i = 0; i < 45; i++) chain = chain.map((value) => value + 1, { name: `${step} ${i}` });
        return chain.map((value) => value + op.n, { name: `${step} end` });
      }
      case 'reshuffle':
        return input.apply(reshuffle(), { name: step });
      case 'split':
        return input.apply(splittableParDo(severalRead(op.n), { name: step }));
      case 'distinct':
        return input.apply(distinct(), { name: step });
      case 'bundles':
        return bundles(input, step, op.isAsync);
      case 'window':
        return input.windowInto(window(op.kind), { name: step, timestampCombiner: op.combiner });
      case 'stamp':
        return input.withTimestamps((value) => fn.stampOf(value, op.n), { name: step, allowedTimestampSkew: 1e16 });
      case 'group':
        return input
          .keyBy((value) => fn.keyOf(value, op.n, op.keys), { name: `${step} key` })
          .groupByKey({ name: `${step} group` })
          .map(({ value }) => fn.digest(value), { name: `${step} value` });
      case 'combine':
        return input
          .keyBy((value) => fn.keyOf(value, op.n, op.keys), { name: `${step} key` })
          .combinePerKey(
            op.fn === 'sum'
              ? SUM
              : op.fn === 'list'
                ? (DIGEST as unknown as typeof SUM)
                : (MEAN as unknown as typeof SUM),
            {
              name: `${step} group`,
            },
          )
          .map(({ value }) => value, { name: `${step} value` });
      default:
        throw new Error(`${op.op} is built elsewhere`);
    }
  }

  #mapValues(op: Op & { op: 'mapValues' | 'map' | 'filter' }, step: string, after: Numbers[]): Numbers {
    const use = this.#called(op.call, (v) => fn.mapped(v, op.n));
    const { deadLetters: _numbers, ...options } = this.#options(step, op.call, after);
    return this.#at(op.in)
      .keyBy((value) => value % 3, { name: `${step} key` })
      .mapValues((value) => use(value), {
        ...options,
        ...(hasDeadLetters(op.call)
          ? {
              deadLetters: (failed: PCollection<DeadLetter<{ key: number; value: number }>>) =>
                after.push(
                  this.#failed(
                    step,
                    failed.map((letter) => ({ ...letter, element: letter.element.value }), { name: `${step} unkeyed` }),
                  ),
                ),
            }
          : {}),
      })
      .map(({ value }) => value, { name: `${step} value` });
  }

  #parDo(op: Op & { op: 'parDo' }, step: string, after: Numbers[]): readonly Numbers[] {
    const use = this.#called(op.call, (v) => v);
    const { main, odd } = this.#at(op.in).parDo({
      ...this.#options(step, op.call, after),
      outputs: { odd: outputTag<number>() },
      process(value: number, { timestamp, emit }) {
        const emitOdd = (): void => {
          if (value % 2 !== 1) return;
          if (op.n % 2 === 1) emit.odd(value, timestamp + op.delta);
          else emit.odd(value);
        };
        const give = (): Iterable<number | ReturnType<typeof outputAt<number>>> =>
          fn.several(value, op.n).map((one, j) => (j === 0 ? outputAt(one, timestamp + op.delta) : one));
        if (op.n % 3 === 0) emitOdd();
        const done = use(value);
        const finish = () => {
          if (op.n % 3 !== 0) emitOdd();
          return give();
        };
        if (op.delta % 3 === 0) return typeof done === 'object' ? done.then(finish) : finish();
        if (op.delta % 3 === 1) {
          return (async function* () {
            await done;
            yield* finish();
          })();
        }
        return typeof done === 'object' ? done.then(() => lazily(finish)) : lazily(finish);
      },
    });
    return [main, odd];
  }

  #join({ in: left, other, how }: Op & { op: 'join' }, step: string): Numbers {
    const keyed = (input: Numbers, side: string) => input.keyBy((value) => value % 5, { name: `${step} ${side}` });
    const pairs = keyed(this.#at(left), 'left').apply(JOINS[how](keyed(this.#at(other), 'right')), { name: step });
    return pairs.map(({ value: [l, r] }) => ((l ?? 500) * 31 + (r ?? 500)) % fn.SPREAD, { name: `${step} pair` });
  }

  #side({ in: main, side, view, isAsync }: Op & { op: 'side' }, step: string): Numbers {
    const seen = this.#at(side);
    const input = this.#at(main);
    const later = (n: number): number | Promise<number> => (isAsync ? waitFor(n % 3).then(() => n) : n);
    const give = (value: number, n: number) => later((value + n) % fn.SPREAD);
    const byThree = seen.keyBy((value) => value % 3, { name: `${step} side key` });
    switch (view) {
      case 'iterable':
        return input.map((v, { sideInputs }) => give(v, fn.digest(sideInputs.seen)), {
          name: step,
          sideInputs: { seen: asIterable(seen) },
        });
      case 'list':
        return input.map((v, { sideInputs }) => give(v, fn.digest(sideInputs.seen)), {
          name: step,
          sideInputs: { seen: asList(seen) },
        });
      case 'multimap':
        return input.map((v, { sideInputs }) => give(v, fn.digest(sideInputs.seen.get(v % 3))), {
          name: step,
          sideInputs: { seen: asMultimap(byThree) },
        });
      case 'map':
        return input.map((v, { sideInputs }) => give(v, sideInputs.seen.get(v % 3) ?? 5), {
          name: step,
          sideInputs: { seen: asMap(byThree.combinePerKey(SUM, { name: `${step} side sum` })) },
        });
      case 'singleton':
        return input.map((v, { sideInputs }) => give(v, sideInputs.seen), {
          name: step,
          sideInputs: { seen: asSingleton(seen.combineGlobally(SUM, { name: `${step} side sum` })) },
        });
      default:
        return view satisfies never;
    }
  }
}

const letterText = ({ element, step, timestamp, window: w, attempts, error }: DeadLetter<number>): string =>
  `${element} failed in ${step} @${timestamp} [${nameOf(w)}] ${attempts} ${error.message}`;

/** The name that the naive evaluator gives to a window. */
export function nameOf(w: BoundedWindow): string {
  if ('bucket' in w) return `b${w.bucket}`;
  if ('start' in w && 'end' in w) return `${w.start},${w.end}`;
  return 'global';
}

function observed(value: number, timestamp: number, w: BoundedWindow, timing: string): number {
  const start = 'bucket' in w ? Number(w.bucket) : 'start' in w ? Number(w.start) : 0;
  const place = (w.maxTimestamp % 89) + Math.abs(start % 83) + Math.abs(timestamp % 79);
  return (value + place + (timing === 'ON_TIME' ? 1 : 0)) % fn.SPREAD;
}

/** Does its work when it is iterated. */
function* lazily<T>(give: () => Iterable<T>): Iterable<T> {
  yield* give();
}

/** Outputs in all forms that a flatMap may return. */
function inForm(values: readonly number[], form: number): Iterable<number> | AsyncIterable<number> {
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
function bundles(input: Numbers, step: string, isAsync: boolean): Numbers {
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
