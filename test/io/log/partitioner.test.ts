import { expect, test } from 'vitest';
import { murmur2, partitionOf } from '../../../io/log/partitioner.ts';

// The values that Apache Kafka's own tests expect of its Utils.murmur2.
test.each([
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
])('the hash of %s is that of Kafka', (text, hash) => {
  expect(murmur2(Buffer.from(text))).toBe(hash);
});

test('keys go to partitions that are there, and the same key to the same', () => {
  const partitions = Array.from({ length: 1_000 }, (_, i) => partitionOf(Buffer.from(`user-${i}`), 7));
  expect(new Set(partitions)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6]));
  expect(partitionOf(Buffer.from('user-1'), 7)).toBe(partitions[1]);
  expect(partitionOf(new Uint8Array(0), 7)).toBeGreaterThanOrEqual(0);
});
