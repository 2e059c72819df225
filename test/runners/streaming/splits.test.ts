import { expect, test } from 'vitest';
import { nodeHost } from '../../../host/index.ts';
import { OffsetTracker, type OffsetRange, Pipeline, read, type Source } from '../../../index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { virtualHost } from '../../helpers/virtual-host.ts';

/** Splits of so many batches each; an element is the number of its split. `open` counts readers that have begun and not ended. */
function splitsOf(lengths: readonly number[], open = { now: 0, most: 0 }): Source<number, OffsetRange, number> {
  // Each split has a range of its own, which says which it is.
  const room = 1_000_000;
  return {
    kind: 'source',
    name: 'Splits',
    initialRestriction: () => ({ from: 0, to: lengths.length * room }),
    split: () => lengths.map((length, i) => ({ from: i * room, to: i * room + length })),
    createTracker: (range) => new OffsetTracker(range),
    async read(_element, tracker, output) {
      open.most = Math.max(open.most, ++open.now);
      const { from } = tracker.currentRestriction();
      for (let at = from; tracker.tryClaim(at); at++) await output.emit({ values: [Math.floor(from / room)] });
      open.now--;
    },
  };
}

async function seenOf(source: Source<number, OffsetRange, number>): Promise<number[]> {
  const seen: number[] = [];
  const p = new Pipeline();
  p.apply(read(source)).map((n) => seen.push(n));
  await p.run(directRunner({ host: virtualHost(), streaming: true }));
  return seen;
}

test('a split of many batches does not keep those with few from their turn', async () => {
  const seen = await seenOf(splitsOf([1_000, ...new Array<number>(50).fill(5)]));
  expect(seen).toHaveLength(1_250);
  const lastOfOthers = seen.findLastIndex((n) => n !== 0);
  // As if each had every 51st batch.
  expect(lastOfOthers).toBeLessThan(5 * 51 + 60);
});

test('splits are begun a few at a time, so that ten thousand files are not open at once', async () => {
  const open = { now: 0, most: 0 };
  const seen = await seenOf(splitsOf(new Array<number>(2_000).fill(2), open));
  expect(new Set(seen).size).toBe(2_000);
  expect(open).toEqual({ now: 0, most: 64 });
});

test('a batch costs the same beside ten thousand splits as beside a hundred', async () => {
  const { clock } = nodeHost();
  const perBatch = async (splits: number): Promise<number> => {
    const began = clock.monotonic();
    await seenOf(splitsOf(new Array<number>(splits).fill(2)));
    return (clock.monotonic() - began) / (2 * splits);
  };
  await perBatch(1_000);
  const few = await perBatch(500);
  const many = await perBatch(10_000);
  expect(many).toBeLessThan(4 * few);
});
