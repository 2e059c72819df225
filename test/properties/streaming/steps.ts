// The steps of random pipelines. Each element is a number that belongs to one of a few classes, its remainder, and every step
// keys by class and keeps it: what the model leaves open, the order of different keys, then can't change what comes out.
import {
  asIterable,
  asList,
  bagState,
  combiningState,
  count,
  type DeadLetter,
  eventTimer,
  flatten,
  type KV,
  max,
  outputTag,
  outputAt,
  type PCollection,
  processingTimer,
  reshuffle,
  sum,
  valueState,
} from '../../../index.ts';

export const CLASSES = 4;

const classOf = (n: number): number => ((n % CLASSES) + CLASSES) % CLASSES;
/** A number of the same class that tells some other number. */
const telling = (n: number, key: number): number => (n % 9973) * CLASSES + key;
const byClass = (c: PCollection<number>): PCollection<KV<number, number>> => c.keyBy(classOf);

/** One number that depends on all values and not on their order. */
const digest = (values: Iterable<number>): number =>
  [...values].sort((a, b) => a - b).reduce((all, value, i) => (all * 31 + value * (i + 1) + 7) % 9973, 1);

const told = (c: PCollection<KV<number, number>>): PCollection<number> =>
  c.map(({ key, value }) => telling(value, key));

/** The last instant at which something can be asked for in a window, and not too far off. */
const within = (timestamp: number, window: { readonly maxTimestamp: number }): number =>
  Math.min(timestamp, window.maxTimestamp);

/** Fails for about half of all numbers. */
function refuseSome(n: number): number {
  if (Math.floor(n / CLASSES) % 2 === 0) throw new RangeError('Every other number is refused.');
  return n;
}

type Step = (c: PCollection<number>) => PCollection<number>;

/** Steps that group: what their input's trigger says counts here. */
export const GROUPINGS = {
  sums: (c) => told(byClass(c).combinePerKey(sum)),
  counts: (c) => told(byClass(c).combinePerKey(count)),
  largest: (c) =>
    byClass(c)
      .combinePerKey(max)
      .map(({ key, value }) => (Number.isFinite(value) ? value : key)),
  groups: (c) =>
    byClass(c)
      .groupByKey()
      .map(({ key, value }) => telling(digest(value), key)),
  spread: (c) =>
    byClass(c)
      .groupByKey()
      .flatMap(({ key, value }) => [...value].map((n) => telling(n, key))),
} as const satisfies Record<string, Step>;

/** Steps with state and timers. */
export const KEYED = {
  numbered: (c) =>
    byClass(c).parDo({
      state: { n: valueState<number>() },
      process({ key, value }, { state }) {
        const n = (state.n.read() ?? 0) + 1;
        state.n.write(n);
        return [telling(value * 3 + n, key)];
      },
    }),
  buffered: (c) =>
    byClass(c).parDo({
      state: { seen: bagState<number>() },
      timers: { flush: eventTimer() },
      process({ value }, { state, timers, timestamp, window }) {
        state.seen.add(value);
        timers.flush.set(within(timestamp + 25, window));
      },
      onTimer: {
        flush({ key, state }) {
          const all = digest(state.seen.read());
          state.seen.clear();
          return [telling(all, key)];
        },
      },
    }),
  held: (c) =>
    byClass(c).parDo({
      state: { least: valueState<number>(), seen: bagState<number>() },
      timers: { release: eventTimer() },
      process({ value }, { state, timers, timestamp, window }) {
        state.seen.add(value);
        const least = state.least.read() ?? timestamp;
        if (timestamp > least) return;
        state.least.write(timestamp);
        timers.release.set(within(timestamp + 12, window), { outputTimestamp: timestamp });
      },
      onTimer: {
        release({ key, state, timestamp }) {
          const all = digest(state.seen.read());
          state.least.clear();
          return [telling(all + timestamp, key)];
        },
      },
    }),
  looping: (c) =>
    byClass(c).parDo({
      state: { total: combiningState(sum), left: valueState<number>() },
      timers: { tick: eventTimer() },
      process({ value }, { state, timers, timestamp, window }) {
        if (state.left.read() === undefined) timers.tick.set(within(timestamp + 7, window));
        state.left.write(3);
        state.total.add(value);
      },
      onTimer: {
        tick({ key, state, timers, timestamp, window }) {
          const left = (state.left.read() ?? 0) - 1;
          if (left > 0) timers.tick.set(within(timestamp + 7, window));
          if (left > 0) state.left.write(left);
          else state.left.clear();
          return [telling(state.total.read() + left, key)];
        },
      },
    }),
  tagged: (c) =>
    byClass(c).parDo({
      state: { by: valueState<Readonly<Record<string, number>>>() },
      timers: { due: eventTimer(), early: eventTimer() },
      process({ value }, { state, timers, timestamp, window }) {
        const tag = `t${Math.floor(value / CLASSES) % 3}`;
        const by = state.by.read() ?? {};
        state.by.write({ ...by, [tag]: (by[tag] ?? 0) + value });
        if (value % 5 === 0) timers.due.clear({ tag });
        else timers.due.set(within(timestamp + 11, window), { tag });
      },
      onTimer: {
        due({ key, state, tag, timers, timestamp, window }) {
          timers.early.set(within(timestamp + 1, window), { tag });
          return [telling(state.by.read()?.[tag] ?? 0, key)];
        },
        early({ key, state, tag }) {
          const { [tag]: _, ...others } = state.by.read() ?? {};
          state.by.write(others);
          return [telling(digest(Object.values(others)), key)];
        },
      },
    }),
  clocked: (c) =>
    byClass(c).parDo({
      state: { n: combiningState(count) },
      timers: { wake: processingTimer() },
      process(_, { state, timers }) {
        state.n.add(0);
        timers.wake.setAfter(10);
      },
      onTimer: { wake: ({ key, state }) => [telling(state.n.read(), key)] },
    }),
  reminded: (c) =>
    byClass(c).parDo({
      state: { first: valueState<number>(), all: bagState<number>() },
      timers: { remind: eventTimer(), late: eventTimer() },
      process({ value }, { state, timers, timestamp, window }) {
        const first = Math.min(state.first.read() ?? timestamp, timestamp);
        state.first.write(first);
        state.all.add(value);
        timers.remind.set(within(timestamp + 6, window), { outputTimestamp: within(timestamp + 2, window) });
        timers.late.set(window.maxTimestamp);
      },
      onTimer: {
        remind: ({ key, state, timestamp }) => [telling((state.first.read() ?? 0) + timestamp, key)],
        late({ key, state, timers }) {
          timers.remind.clear();
          return [telling(digest(state.all.read()), key)];
        },
      },
      onWindowExpiration: ({ key, state }) => [telling(digest(state.all.read()) + 1, key)],
    }),
  // What a call that fails has changed is undone.
  refusing(c) {
    const letters: PCollection<DeadLetter<KV<number, number>>>[] = [];
    const taken = byClass(c).parDo({
      state: { total: combiningState(sum) },
      timers: { due: eventTimer() },
      deadLetters: (all) => void letters.push(all),
      process({ key, value }, { state, timers, timestamp, window }) {
        state.total.add(value);
        timers.due.set(within(timestamp + 8, window));
        return [telling(refuseSome(value) + state.total.read(), key)];
      },
      onTimer: { due: ({ key, state }) => [telling(state.total.read(), key)] },
    });
    return flatten<number | DeadLetter<KV<number, number>>>([taken, ...letters]).map((one) =>
      typeof one === 'number' ? one : telling(one.element.value + 5, one.element.key),
    );
  },
  expiring: (c) =>
    byClass(c).parDo({
      state: { total: combiningState(sum), last: bagState<number>() },
      process({ value }, { state, timestamp }) {
        state.total.add(value);
        if (value % 7 === 0) state.last.clear();
        state.last.add(value + timestamp);
      },
      onWindowExpiration({ key, state }) {
        return [telling(state.total.read() + digest(state.last.read()), key)];
      },
    }),
} as const satisfies Record<string, Step>;

/** Steps without memory. */
export const PLAIN = {
  mapped: (c) => c.map((n) => n + CLASSES),
  filtered: (c) => c.filter((n) => Math.floor(n / CLASSES) % 3 !== 0),
  // It asks for the window, so that what it gives for one comes before what it gives for the next.
  twice: (c) => c.flatMap((n, { window }) => [n, n + (window.maxTimestamp % 2 === 0 ? 2 : 3) * CLASSES]),
  later: (c) =>
    c.parDo({
      process: (n: number, { timestamp, window }) => [outputAt(n, Math.max(timestamp, within(timestamp + 4, window)))],
    }),
  seen: (c) =>
    c.map((n, { timestamp, window, pane }) =>
      telling(n + (window.maxTimestamp % 89) + timestamp + pane.index, classOf(n)),
    ),
  refused(c) {
    const letters: PCollection<DeadLetter<number>>[] = [];
    const taken = c.map(refuseSome, { deadLetters: (all) => void letters.push(all) });
    return flatten<number | DeadLetter<number>>([taken, ...letters]).map((one) =>
      typeof one === 'number' ? one : one.element + CLASSES,
    );
  },
  reshuffled: (c) => c.apply(reshuffle()),
  odd: (c) =>
    c.parDo({
      outputs: { odd: outputTag<number>() },
      process: (n: number, { emit }) => {
        if (Math.floor(n / CLASSES) % 2 === 1) emit.odd(n);
      },
    }).odd,
} as const satisfies Record<string, Step>;

/**
 * What of a collection can be a side input. All keys come together in its panes, so one that fires before it is whole would
 * tell in which order they came; of one class the order is known.
 */
function tellable(side: PCollection<number>): PCollection<number> {
  const { trigger, allowedLateness } = side.windowing;
  return trigger.kind === 'default' && allowedLateness === 0 ? side : side.filter((n) => classOf(n) === 1);
}

/** Adds what there is in the side window to each element. */
export const besides = (c: PCollection<number>, side: PCollection<number>): PCollection<number> =>
  c.map((n, { sideInputs }) => telling(n + digest(sideInputs.all), classOf(n)), {
    sideInputs: { all: asIterable(tellable(side)) },
  });

/** The same of a step with state. */
export const keyedBesides = (c: PCollection<number>, side: PCollection<number>): PCollection<number> =>
  byClass(c).parDo({
    sideInputs: { all: asList(tellable(side)) },
    state: { total: combiningState(sum) },
    timers: { due: eventTimer() },
    process({ value }, { state, timers, timestamp, window, sideInputs }) {
      state.total.add(value + sideInputs.all.length);
      timers.due.set(within(timestamp + 9, window));
    },
    onTimer: { due: ({ key, state }) => [telling(state.total.read(), key)] },
  });
