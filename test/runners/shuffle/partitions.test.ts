import { expect, test } from 'vitest';
import { GLOBAL_WINDOW, interval } from '../../../model/index.ts';
import { hashOfKey, hashOfKeyAndWindow } from '../../../runners/shuffle/partitions.ts';

/** How many of 64 partitions get rows of one key in a thousand windows. */
const partitionsOf = (hashOf: typeof hashOfKey): number =>
  new Set(Array.from({ length: 1000 }, (_, i) => hashOf({ key: 'one', window: interval(i * 60, i * 60 + 60) }) & 63))
    .size;

test('a key in very many windows is divided by them, and stays whole where windows may merge', () => {
  expect(partitionsOf(hashOfKeyAndWindow())).toBe(64);
  expect(partitionsOf(hashOfKey)).toBe(1);
});

test('equal windows have equal hashes, a copy that a coder made included', () => {
  for (const window of [GLOBAL_WINDOW, interval(-5, 5), { maxTimestamp: 7, name: 'mine' }]) {
    const hashOf = hashOfKeyAndWindow();
    const hash = hashOf({ key: 'k', window });
    hashOf({ key: 'k', window: interval(0, 1) });
    expect(hashOf({ key: 'k', window: structuredClone(window) })).toBe(hash);
  }
});
