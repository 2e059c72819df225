import { expect, test } from 'vitest';
import { assertSourceLaws } from '../../testing/index.ts';
import { type OffsetRange, OffsetTracker, type RestrictionReader, type Source } from '../../model/index.ts';

/** The numbers below 20, three at a time. */
const numbers: Source<number, OffsetRange, number> = {
  kind: 'source',
  name: 'Numbers',
  initialRestriction: () => ({ from: 0, to: 20 }),
  split({ from, to }, desired) {
    const size = Math.ceil((to - from) / desired);
    return Array.from({ length: Math.ceil((to - from) / size) }, (_, i) => ({
      from: from + i * size,
      to: Math.min(to, from + (i + 1) * size),
    }));
  },
  createTracker: (range) => new OffsetTracker(range),
  async read(_, tracker, output) {
    for (let i = tracker.currentRestriction().from; tracker.tryClaim(i); i++) {
      await output.emit({ values: [i, -i], timestamps: i });
    }
    return undefined;
  },
  size: ({ from, to }) => to - from,
};

test('a source that claims before it emits keeps the laws', async () => {
  await assertSourceLaws(numbers);
});

test('the reader of a splittable ParDo is checked with an element', async () => {
  const reader: RestrictionReader<string, string, OffsetRange, number> = {
    name: 'Letters',
    initialRestriction: (word) => ({ from: 0, to: word.length }),
    createTracker: (range) => new OffsetTracker(range),
    async read(word, tracker, output) {
      for (let i = tracker.currentRestriction().from; tracker.tryClaim(i); i++)
        await output.emit({ values: [word.charAt(i)] });
      return undefined;
    },
  };
  await assertSourceLaws(reader, { element: 'beam' });
});

test('a source that emits before it claims doubles elements', async () => {
  const hasty: typeof numbers = {
    ...numbers,
    async read(_, tracker, output) {
      let i = tracker.currentRestriction().from;
      const { to } = tracker.currentRestriction();
      do {
        if (i < to) await output.emit({ values: [i] });
      } while (tracker.tryClaim(i++));
      return undefined;
    },
  };
  await expect(assertSourceLaws(hasty)).rejects.toThrow(/a split while reading loses and doubles nothing/);
});

test('a source that reads on after a refused claim doubles elements', async () => {
  const deaf: typeof numbers = {
    ...numbers,
    async read(_, tracker, output) {
      const { from, to } = tracker.currentRestriction();
      for (let i = from; i < to; i++) {
        tracker.tryClaim(i);
        await output.emit({ values: [i] });
      }
      return undefined;
    },
  };
  await expect(assertSourceLaws(deaf)).rejects.toThrow(/doubled or new/);
});

test('a source that waits between looking at its end and claiming a batch loses elements', async () => {
  const slow: typeof numbers = {
    ...numbers,
    async read(_, tracker, output) {
      for (let { from } = tracker.currentRestriction(); ; from += 3) {
        const to = Math.min(tracker.currentRestriction().to, from + 3);
        await Promise.resolve();
        if (to <= from || !tracker.tryClaim(to - 1)) return undefined;
        await output.emit({ values: Array.from({ length: to - from }, (_, i) => from + i) });
      }
    },
  };
  await expect(assertSourceLaws(slow)).rejects.toThrow(/lost are/);
});

test('a split that leaves a gap loses elements', async () => {
  const gappy: typeof numbers = {
    ...numbers,
    split: ({ from, to }) => [
      { from, to: 5 },
      { from: 6, to },
    ],
  };
  await expect(assertSourceLaws(gappy)).rejects.toThrow(/lost are 2: 5, -5/);
});

test('a source that stops early breaks a law', async () => {
  const short: typeof numbers = { ...numbers, read: () => undefined };
  await expect(assertSourceLaws(short)).rejects.toThrow(/reading claims all of its restriction/);
});

test('an element before the watermark breaks a law', async () => {
  const late: typeof numbers = {
    ...numbers,
    async read(_, tracker, output) {
      for (let i = tracker.currentRestriction().from; tracker.tryClaim(i); i++) {
        output.advanceWatermark(i + 1);
        await output.emit({ values: [i], timestamps: i });
      }
      return undefined;
    },
  };
  await expect(assertSourceLaws(late)).rejects.toThrow(/no element lies before the watermark/);
});

test('progress that does not add up breaks a law', async () => {
  class Vague extends OffsetTracker {
    override progress(): { completed: number; remaining: number } {
      return { completed: super.progress().completed, remaining: 1 };
    }
  }
  const vague: typeof numbers = { ...numbers, createTracker: (range) => new Vague(range) };
  await expect(assertSourceLaws(vague)).rejects.toThrow(/progress grows and adds up/);
});

test('a restriction that holds a function breaks a law', async () => {
  const opaque: Source<number, () => number, number> = {
    kind: 'source',
    name: 'Opaque',
    initialRestriction: () => () => 20,
    createTracker: () => {
      throw new Error('never asked');
    },
    read: () => undefined,
  };
  await expect(assertSourceLaws(opaque)).rejects.toThrow(/a restriction is plain data/);
});
