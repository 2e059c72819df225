// When a run gives memory back: the machine's figures are given here, as no test can fill a machine.
import { expect, test } from 'vitest';
import type { MemoryGauge } from '../../../model/index.ts';
import { MemoryWatch } from '../../../runners/shuffle/index.ts';

const MB = 2 ** 20;

/** A machine whose process has the sizes that a test sets. */
class Sizes implements MemoryGauge {
  size = 40 * MB;
  used = 10 * MB;
  spare = 0;
  collections = 0;
  rss = (): number => this.size;
  peakRss = (): number => this.size;
  heapUsed = (): number => this.used;
  heapSpare = (): number => this.spare;
  heapLimit = (): number => 4_096 * MB;
  cpuMs = (): number => 0;
  total = (): number => 16_384 * MB;
  collect(): void {
    this.collections++;
    this.used = 10 * MB;
    this.spare = 0;
  }
}

/** Something that holds so much, until it is told to go to disk. */
function held(bytes: number) {
  const one = {
    held: bytes,
    spills: 0,
    canSpill: true,
    bytes: () => one.held,
    spill() {
      one.spills++;
      one.held = 0;
    },
  };
  return one;
}

test('what is too much by its own estimate goes to disk, the largest first, until half of it is gone', () => {
  const watch = new MemoryWatch(new Sizes(), 512 * MB);
  const [small, large, middle] = [held(10 * MB), held(150 * MB), held(60 * MB)];
  for (const one of [small, large, middle]) watch.add(one);
  watch.checkHeld();
  expect([small.spills, large.spills, middle.spills]).toEqual([0, 1, 0]);
  watch.checkHeld();
  expect([small.spills, large.spills, middle.spills]).toEqual([0, 1, 0]);
});

test('what the program itself takes leaves less room to hold things in', () => {
  const spillsWith = (size: number): number => {
    const sizes = new Sizes();
    sizes.size = size;
    const watch = new MemoryWatch(sizes, 128 * MB);
    const one = held(15 * MB);
    watch.add(one);
    watch.checkHeld();
    return one.spills;
  };
  expect([spillsWith(40 * MB), spillsWith(100 * MB)]).toEqual([0, 1]);
});

test('a process that is large before anything is held does not go to disk again and again for little', () => {
  const sizes = new Sizes();
  sizes.size = 120 * MB;
  const watch = new MemoryWatch(sizes, 128 * MB);
  const one = held(2 * MB);
  watch.add(one);
  for (let i = 0; i < 100; i++) watch.checkProcess();
  expect(one.spills).toBe(0);
});

test('garbage is collected where the process is too large, and only once there is some', () => {
  const sizes = new Sizes();
  const watch = new MemoryWatch(sizes, 128 * MB);
  watch.checkProcess();
  expect(sizes.collections).toBe(0);
  sizes.size = 125 * MB;
  sizes.used = 60 * MB;
  watch.checkProcess();
  watch.checkProcess();
  expect(sizes.collections).toBe(1);
  // What is held is no garbage.
  const one = held(0);
  watch.add(one);
  one.held = 8 * MB;
  sizes.used = 18 * MB;
  watch.checkProcess();
  expect(sizes.collections).toBe(1);
});

test('pages that the heap keeps empty are given back where the process is too large', () => {
  const sizes = new Sizes();
  const watch = new MemoryWatch(sizes, 192 * MB);
  sizes.size = 190 * MB;
  sizes.spare = 20 * MB;
  watch.checkProcess();
  expect(sizes.collections).toBe(0);
  sizes.spare = 120 * MB;
  watch.checkProcess();
  watch.checkProcess();
  expect(sizes.collections).toBe(1);
});

test('garbage can be collected where nothing may go to disk', () => {
  const sizes = new Sizes();
  const watch = new MemoryWatch(sizes, 128 * MB);
  const one = held(60 * MB);
  watch.add(one);
  watch.checkGarbage();
  expect(sizes.collections).toBe(0);
  sizes.size = 125 * MB;
  sizes.used = 110 * MB;
  watch.checkGarbage();
  expect([one.spills, sizes.collections]).toEqual([0, 1]);
});

test('what has parts is given back part by part, where the process is too large for the garbage of all', () => {
  const collectionsAt = (size: number): number => {
    const sizes = new Sizes();
    const watch = new MemoryWatch(sizes, 128 * MB);
    const one = held(60 * MB);
    watch.add({
      ...one,
      bytes: one.bytes,
      spill(between?: () => void) {
        between?.();
        one.held = 0;
      },
    });
    sizes.size = size;
    watch.checkHeld();
    expect(one.held).toBe(0);
    return sizes.collections;
  };
  expect([collectionsAt(60 * MB), collectionsAt(125 * MB)]).toEqual([0, 1]);
});

test('what is larger than its estimate says goes to disk where nothing was garbage', () => {
  const sizes = new Sizes();
  const watch = new MemoryWatch(sizes, 512 * MB);
  const one = held(2 * MB);
  watch.add(one);
  sizes.size = 500 * MB;
  sizes.used = 450 * MB;
  watch.checkProcess();
  expect([one.spills, sizes.collections]).toEqual([1, 1]);
});

test('what is looked up at any time goes to disk last, and only where it is too much by itself', () => {
  const watch = new MemoryWatch(new Sizes(), 512 * MB);
  const [views, table] = [Object.assign(held(100 * MB), { isLast: true }), held(90 * MB)];
  watch.add(views);
  watch.add(table);
  watch.checkHeld();
  expect([views.spills, table.spills]).toEqual([0, 1]);
  expect([20 * MB, 100 * MB].map((bytes) => watch.hasRoomForLast(bytes))).toEqual([true, false]);
  views.held = 190 * MB;
  watch.checkHeld();
  expect(views.spills).toBe(1);
});
