import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type AnyDoFn,
  bagState,
  type Cells,
  combiningState,
  type DoFn,
  eventTimer,
  fixedWindows,
  type KV,
  mapState,
  orderedListState,
  processingTimer,
  setState,
  type StateStore,
  sum,
  valueState,
} from '../../../model/index.ts';
import { memoryPlace, PLACES } from '../state/stores.ts';
import { type Came, KeyedStep, keyedStep } from './step.ts';

// A step that is saved, forgotten and opened again at any moment goes on as if nothing had happened.

const cells = {
  value: valueState<number>(),
  bag: bagState<number>(),
  sum: combiningState(sum),
  map: mapState<string, number>(),
  set: setState<number>(),
  list: orderedListState<number>(),
};

const timers = { event: eventTimer(), clock: processingTimer() };

const doFn: DoFn<KV<string, number>, unknown, typeof cells, typeof timers, {}, {}> = {
  state: cells,
  timers,
  process({ key, value }, { state, timers, timestamp }) {
    const before = contents(state);
    state.value.write(value);
    state.bag.add(value);
    state.sum.add(value);
    state.map.set(`k${value % 3}`, value);
    state.set.add(value % 4);
    state.list.add({ value, timestamp });
    if (value % 5 === 0) for (const cell of [state.value, state.bag, state.map, state.list]) cell.clear();
    if (value % 7 === 0) timers.event.clear();
    timers.event.set(timestamp + (value % 3), { tag: `${value % 2}`, outputTimestamp: timestamp });
    timers.clock.setAfter(value);
    return [[key, before]];
  },
  onTimer: {
    event: ({ key, tag, state, timers, timestamp }) => {
      timers.event.clear({ tag: 'none' });
      return [[key, 'event', tag, timestamp, contents(state)]];
    },
    clock: ({ key, state, timestamp }) => [[key, 'clock', timestamp, contents(state)]],
  },
  onWindowExpiration: ({ key, state }) => [[key, 'end', contents(state)]],
};

const contents = (state: Cells<typeof cells>): unknown => [
  state.value.read() ?? null,
  [...state.bag.read()],
  state.sum.read(),
  [...state.map.entries()].sort(),
  [...state.set.read()].sort(),
  [...state.list.read()],
];

type Act =
  | { readonly kind: 'elements'; readonly elements: readonly [string, number, number][] }
  | { readonly kind: 'watermark' | 'clock'; readonly by: number }
  | { readonly kind: 'save' | 'restart' | 'spill' };

const acts: fc.Arbitrary<Act[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('elements' as const),
      elements: fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(20), fc.nat(60)), { maxLength: 6 }),
    }),
    fc.record({ kind: fc.constantFrom('watermark' as const, 'clock' as const), by: fc.nat(15) }),
    fc.record({ kind: fc.constantFrom('save' as const, 'restart' as const, 'spill' as const) }),
  ),
  { maxLength: 25 },
);

async function play(keyed: AnyDoFn, script: readonly Act[], open?: () => Promise<StateStore>) {
  const options = { windowFn: fixedWindows({ size: 10 }), allowedLateness: 5 };
  const make = async (store: StateStore | undefined) => new KeyedStep(keyed, store ? { ...options, store } : options);
  let store = await open?.();
  let step = await make(store);
  const came: Came[] = [];
  let watermark = 0;
  for (const act of script) {
    if (act.kind === 'elements') await step.elements(...act.elements);
    else if (act.kind === 'watermark') await step.watermark((watermark += act.by));
    else if (act.kind === 'clock') await step.clock(step.time.processingTime + act.by);
    else if (act.kind === 'spill') step.operator.spill();
    else if (act.kind === 'save' || open === undefined) step.operator.save();
    else {
      step.operator.save();
      await store?.commit(store.epoch + 1);
      store?.close();
      store = await open();
      const { time } = step;
      came.push(...step.came);
      step = await make(store);
      Object.assign(step.time, time);
    }
  }
  await step.end();
  store?.close();
  // Keys come in no order.
  const byKey = Object.groupBy([...came, ...step.came], ({ value }) => (value as [string])[0]);
  return { byKey, hold: step.operator.hold() };
}

const sorted = { ...doFn, requiresTimeSortedInput: true };

test.each(
  PLACES.flatMap(([where, place]) => [
    [where, '', place, doFn] as const,
    [where, ' whose input is sorted', place, sorted] as const,
  ]),
)('%s, a step%s that is opened again goes on as if nothing had happened', async (_where, _sorted, place, keyed) => {
  const runs = place === PLACES[0]?.[1] ? 150 : 15;
  await fc.assert(
    fc.asyncProperty(acts, async (script) => {
      const at = place();
      try {
        expect(await play(keyed, script, () => at.open())).toEqual(await play(keyed, script));
      } finally {
        at.dispose();
      }
    }),
    { numRuns: runs },
  );
});

test('a later program may declare more cells, in another order; one that is gone but kept is an error', async () => {
  const disk = memoryPlace();
  const save = async (step: KeyedStep, store: StateStore): Promise<void> => {
    step.operator.save();
    await store.commit(store.epoch + 1);
    store.close();
  };
  let store = await disk.open();
  const first = keyedStep(
    {
      state: { a: valueState<number>(), b: valueState<string>() },
      process: (_, { state }) => {
        state.a.write(1);
        state.b.write('two');
      },
    },
    { store },
  );
  await first.elements(['k', 1]);
  await save(first, store);
  store = await disk.open();
  const second = keyedStep(
    {
      state: { more: bagState<number>(), b: valueState<string>(), a: valueState<number>() },
      process: (_, { state }) => [[...state.more.read(), state.a.read(), state.b.read()]],
    },
    { store },
  );
  await second.elements(['k', 1]);
  expect(second.values).toEqual([[1, 'two']]);
  await save(second, store);
  const third = keyedStep({ state: { b: valueState<string>() }, process: () => [] }, { store: await disk.open() });
  await expect(third.elements(['k', 1])).rejects.toThrow(/^Keep: the state 'a' is kept, and the step no longer/);
  disk.dispose();
});

test('what has no bytes can not be saved, which names the step, the cell and two ways out', async () => {
  const disk = memoryPlace();
  const step = keyedStep(
    { state: { kept: valueState<unknown>() }, process: (_, { state }) => state.kept.write({ at: () => 1 }) },
    { store: await disk.open() },
  );
  await step.elements(['k', 1]);
  expect(() => step.operator.save()).toThrow(
    /^Keep: what the state 'kept' holds can't be saved: .*\.at .*\. It has to outlive memory\. Keep plain data in it, or declare it with a coder\.$/,
  );
  disk.dispose();
});
