import {
  bagState,
  combiningState,
  type CombiningState,
  eventTimer,
  hours,
  type KV,
  mapState,
  type MapState,
  orderedListState,
  type OrderedListState,
  outputTag,
  type PCollection,
  processingTimer,
  setState,
  type SetState,
  sum,
  type Timer,
  type Timestamp,
  valueState,
  type ValueState,
} from 'viga';
import { expectType } from './expect-type.ts';

interface Order {
  readonly id: string;
  readonly user: string;
  readonly amount: number;
  readonly at: Date;
}
declare const orders: PCollection<Order>;
const byUser = orders.keyBy((order) => order.user);

// All handles are inferred from what is declared; nothing is annotated but what has no value to infer from.
const spend = byUser.parDo({
  name: 'FlagBigSpenders',
  state: { total: combiningState(sum), lastSeen: valueState<Date>() },
  timers: { expiry: eventTimer() },
  outputs: { rejected: outputTag<string>() },
  *process({ key, value }, { state, timers, emit, timestamp }) {
    expectType<string>()(key);
    expectType<Order>()(value);
    expectType<CombiningState<number, number>>()(state.total);
    expectType<ValueState<Date>>()(state.lastSeen);
    expectType<Timer>()(timers.expiry);
    expectType<Timestamp>()(timestamp);
    state.total.add(value.amount);
    state.lastSeen.write(value.at);
    timers.expiry.set(timestamp + hours(1));
    if (value.amount < 0) emit.rejected(value.id);
    if (state.total.read() > 1000) yield { user: key, total: state.total.read() };
  },
  onTimer: {
    *expiry({ key, state }) {
      expectType<string>()(key);
      yield { user: key, total: state.total.read() };
    },
  },
});
expectType<PCollection<{ user: string; total: number }>>()(spend.main);

// A timer's function that asks for nothing tells what it gives all the same.
const reminders = byUser.parDo({
  timers: { due: eventTimer() },
  process(_, { timers, timestamp }) {
    timers.due.set(timestamp + hours(1));
  },
  onTimer: { due: () => ['reminder'] },
});
expectType<PCollection<string>>()(reminders);
expectType<PCollection<string>>()(spend.rejected);

// The order of the properties does not matter.
const turned = byUser.parDo({
  *process({ key }, { state, emit }) {
    emit.rejected(key);
    yield state.total.read();
  },
  outputs: { rejected: outputTag<string>() },
  state: { total: combiningState(sum) },
});
expectType<PCollection<number>>()(turned.main);

// Each kind of state has its handle.
byUser.parDo({
  state: {
    seen: bagState<Date>(),
    byDay: mapState<string, number>(),
    users: setState<string>(),
    events: orderedListState<Order>(),
  },
  process(_, { state }) {
    expectType<Iterable<Date>>()(state.seen.read());
    expectType<MapState<string, number>>()(state.byDay);
    expectType<SetState<string>>()(state.users);
    expectType<OrderedListState<Order>>()(state.events);
  },
});

// What was not declared is not there, and what was takes its own type only.
byUser.parDo({
  state: { lastSeen: valueState<Date>() },
  outputs: { rejected: outputTag<string>() },
  process(_, { state, emit }) {
    // @ts-expect-error: the state holds Dates
    state.lastSeen.write('x');
    // @ts-expect-error: misspelt
    emit.reject('x');
    // @ts-expect-error: the output takes strings
    emit.rejected(1);
    // @ts-expect-error: no such state
    void state.total;
  },
});

// Timers are checked both ways: each has its function, each function its timer.
byUser.parDo({
  timers: { expiry: eventTimer(), poll: processingTimer() },
  process() {},
  onTimer: { expiry() {}, poll() {} },
});
byUser.parDo({
  timers: { expiry: eventTimer() },
  process() {},
  // @ts-expect-error: misspelt
  onTimer: { expire() {} },
});
// @ts-expect-error: nothing is said of what the timer does when it fires
byUser.parDo({
  timers: { expiry: eventTimer() },
  process() {},
});
byUser.parDo({
  timers: { expiry: eventTimer(), poll: processingTimer() },
  process() {},
  // @ts-expect-error: `poll` is missing
  onTimer: { expiry() {} },
});

// State and timers are kept per key.
// @ts-expect-error: state and timers are kept per key: call keyBy(...) before parDo(...)
orders.parDo({ state: { total: combiningState(sum) }, process() {} });
// @ts-expect-error: the same with timers
orders.parDo({ timers: { expiry: eventTimer() }, process() {}, onTimer: { expiry() {} } });

// `setup` returns what the other functions get.
interface Client {
  lookup(order: Order): Promise<string>;
  close(): Promise<void>;
}
declare function connect(): Promise<Client>;
const enriched = orders.parDo({
  setup: () => connect(),
  startBundle: ({ resource }) => expectType<Client>()(resource),
  async process(order, { resource }) {
    return [await resource.lookup(order)];
  },
  teardown: (resource) => resource.close(),
});
expectType<PCollection<string>>()(enriched);
orders.parDo({
  process(_, { resource }) {
    expectType<undefined>()(resource);
  },
});

// Keys and values of a generic DoFn are inferred too.
const dedupe = <K, V>(pairs: PCollection<KV<K, V>>): PCollection<V> =>
  pairs.parDo({
    state: { seen: valueState<boolean>() },
    *process({ value }, { state }) {
      if (state.seen.read()) return;
      state.seen.write(true);
      yield value;
    },
  });
expectType<PCollection<Order>>()(dedupe(byUser));
