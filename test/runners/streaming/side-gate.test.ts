import { expect, test } from 'vitest';
import {
  type BoundedWindow,
  interval,
  MAX_TIMESTAMP,
  NO_FIRING,
  type StateSpace,
  windowKey,
} from '../../../model/index.ts';
import { type Batch, BatchBuilder } from '../../../runners/execution/index.ts';
import { MemoryDisk } from '../../../runners/state/index.ts';
import { SideGate } from '../../../runners/streaming/side-gate.ts';

const FIRST = interval(0, 10);
const SECOND = interval(10, 20);

const batchOf = (...elements: readonly (readonly [string, number, ...BoundedWindow[]])[]): Batch => {
  const builder = new BatchBuilder();
  for (const [value, timestamp, ...windows] of elements) builder.add(value, timestamp, windows, NO_FIRING);
  return builder.take();
};

/** A gate, and which windows it has been asked for. */
function gateWith(ready: Set<BoundedWindow>, space?: StateSpace) {
  const asked: string[] = [];
  const gate = new SideGate((window) => {
    asked.push(windowKey(window));
    return [...ready].some((one) => windowKey(one) === windowKey(window));
  }, space);
  return { gate, asked };
}

test('what waits comes out when its window is ready, in the order in which it came', () => {
  const ready = new Set<BoundedWindow>([SECOND]);
  const { gate } = gateWith(ready);
  const admitted = gate.admit(batchOf(['a', 3, FIRST], ['b', 12, SECOND], ['c', 1, FIRST]));
  expect(admitted.values).toEqual(['b']);
  expect(gate.length).toBe(2);
  expect(gate.hold()).toBe(1);
  expect(gate.release()).toBeUndefined();
  ready.add(FIRST);
  expect(gate.release()?.values).toEqual(['a', 'c']);
  expect([gate.length, gate.hold()]).toEqual([0, MAX_TIMESTAMP]);
});

test('an element waits in each of its windows apart', () => {
  const ready = new Set<BoundedWindow>([FIRST]);
  const { gate } = gateWith(ready);
  const admitted = gate.admit(batchOf(['a', 3, FIRST, SECOND]));
  expect([admitted.values, admitted.windowsColumn ?? admitted.windows]).toEqual([['a'], [FIRST]]);
  ready.add(SECOND);
  const released = gate.release();
  expect([released?.values, released?.windowsColumn ?? released?.windows]).toEqual([['a'], [SECOND]]);
});

test('windows that become ready together keep the order of their elements', () => {
  const ready = new Set<BoundedWindow>();
  const { gate } = gateWith(ready);
  gate.admit(batchOf(['a', 3, FIRST], ['b', 12, SECOND], ['c', 1, FIRST]));
  ready.add(FIRST).add(SECOND);
  expect(gate.release()?.values).toEqual(['a', 'b', 'c']);
});

test('what is looked at each time that time moves does not grow with what waits', () => {
  const { gate, asked } = gateWith(new Set());
  // Copies, as a window that comes from a store is one.
  gate.admit(batchOf(...Array.from({ length: 500 }, (_, i) => [String(i), i % 10, { ...FIRST }] as const)));
  asked.length = 0;
  gate.release();
  expect(asked).toEqual([windowKey(FIRST)]);
});

test('what waits at a cut goes on waiting after a restore', () => {
  const ready = new Set<BoundedWindow>();
  const disk = new MemoryDisk('state');
  const store = disk.open();
  const { gate } = gateWith(ready, store.space('gate'));
  gate.admit(batchOf(['a', 3, FIRST], ['b', 12, SECOND]));
  gate.save();
  gate.admit(batchOf(['c', 4, FIRST]));
  gate.save();
  const restored = gateWith(ready, store.space('gate')).gate;
  expect([restored.length, restored.hold()]).toEqual([3, 3]);
  ready.add(FIRST).add(SECOND);
  expect(restored.release()?.values).toEqual(['a', 'b', 'c']);
  expect([...store.space('gate').scan()]).toEqual([]);
  expect(gateWith(ready, store.space('gate')).gate.length).toBe(0);
});

test('of very many elements that wait only some are in memory, and each is written once', () => {
  const ready = new Set<BoundedWindow>();
  let written = 0;
  let most = 0;
  const space = new MemoryDisk('state').open().space('gate');
  const put = space.put.bind(space);
  space.put = (key, value) => {
    written += value.length;
    most = Math.max(most, value.length);
    put(key, value);
  };
  const { gate } = gateWith(ready, space);
  for (let i = 0; i < 100; i++) {
    gate.admit(batchOf(...Array.from({ length: 1_000 }, (_, j) => [`${i * 1_000 + j}`, i, FIRST] as const)));
    gate.save();
  }
  expect(gate.length).toBe(100_000);
  expect(most).toBeLessThan(64 * 1_024);
  expect(written).toBeLessThan(64 * 100_000);
  ready.add(FIRST);
  const released: unknown[] = [];
  let batches = 0;
  for (let batch = gate.release(); batch !== undefined; batch = gate.release()) {
    batches++;
    released.push(...batch.values);
  }
  expect(released).toEqual(Array.from({ length: 100_000 }, (_, i) => `${i}`));
  expect(batches).toBeGreaterThan(3);
  expect(gate.length).toBe(0);
});
