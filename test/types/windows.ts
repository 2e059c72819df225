import {
  afterCount,
  afterProcessingTime,
  afterWatermark,
  customWindows,
  type Duration,
  fixedWindows,
  hours,
  interval,
  type IntervalWindow,
  minutes,
  type PCollection,
  repeatedly,
  seconds,
  sessions,
  slidingWindows,
  type Timestamp,
  type Trigger,
  type WindowFn,
} from 'viga';
import { expectType } from './expect-type.ts';

interface Order {
  readonly at: Date;
  readonly shop: string;
}
declare const orders: PCollection<Order>;

const windowed = orders
  .withTimestamps((order) => order.at.getTime())
  .windowInto(fixedWindows({ size: minutes(5) }), {
    trigger: afterWatermark({ early: afterProcessingTime({ delay: seconds(30) }), late: afterCount(1) }),
    accumulationMode: 'accumulating',
    allowedLateness: hours(1),
  });
expectType<PCollection<Order>>()(windowed);

// A trigger needs an accumulation mode, and the other way round; lateness needs neither.
const windows = fixedWindows({ size: minutes(5) });
const trigger: Trigger = repeatedly(afterCount(1));
orders.windowInto(windows);
orders.windowInto(windows, { allowedLateness: hours(1) });
orders.windowInto(windows, { name: 'Window', trigger, accumulationMode: 'discarding' });
// @ts-expect-error: no default of the accumulation mode is right for everyone
orders.windowInto(windows, { trigger });
// @ts-expect-error: there is nothing to accumulate without a trigger
orders.windowInto(windows, { accumulationMode: 'discarding' });
// @ts-expect-error: there are two modes
orders.windowInto(windows, { trigger, accumulationMode: 'retracting' });

// A trigger is data: its kind tells what it has.
const countOf = (one: Trigger): number => (one.kind === 'afterCount' ? one.count : 0);
expectType<number>()(countOf(trigger));
// @ts-expect-error: an option that does not exist
afterWatermark({ soon: afterCount(1) });

// Timestamps and durations are numbers of milliseconds, so arithmetic stays arithmetic.
declare const instant: Timestamp;
expectType<number>()(instant + hours(1));
const duration: Duration = seconds(90);
expectType<number>()(duration);

// Every window function has the type of its windows.
expectType<WindowFn<IntervalWindow>>()(windows);
expectType<WindowFn<IntervalWindow>>()(slidingWindows({ size: minutes(5), period: minutes(1) }));
expectType<WindowFn<IntervalWindow>>()(sessions({ gap: minutes(5) }));
// @ts-expect-error: a size is asked for
fixedWindows({});

// A window function that looks at elements fits collections of such elements only.
const byShop = customWindows({
  name: 'ByShop',
  assign: (timestamp, order: Order) => [interval(timestamp, timestamp + order.shop.length)],
});
expectType<WindowFn<IntervalWindow, Order>>()(byShop);
expectType<PCollection<Order>>()(orders.windowInto(byShop));
// @ts-expect-error: a string has no shop
orders.map((order) => order.shop).windowInto(byShop);

// The context of a function knows its window and pane.
orders.map((_, { window, pane, timestamp }) => {
  expectType<'EARLY' | 'ON_TIME' | 'LATE' | 'UNKNOWN'>()(pane.timing);
  expectType<number>()(window.maxTimestamp);
  expectType<number>()(timestamp);
  return pane.isLast;
});
