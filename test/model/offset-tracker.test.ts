import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OffsetTracker, type OffsetRange } from '../../model/index.ts';

/** Reads a restriction to its end; each position that was claimed goes to `into`. */
function readAll(tracker: OffsetTracker, from: number, into: number[]): void {
  let position = from;
  while (tracker.tryClaim(position)) into.push(position++);
  tracker.checkDone();
}

const positions = ({ from, to }: OffsetRange): number[] => Array.from({ length: to - from }, (_, i) => from + i);

describe.each([0, 0.1, 0.25, 0.5, 0.75, 0.9, 1])('a split at %d of the rest', (fraction) => {
  test.each([0, 1, 2, 3, 4, 5, 6, 7])('after %i of seven positions loses none and doubles none', (claimed) => {
    const range = { from: 10, to: 17 };
    const tracker = new OffsetTracker(range);
    const read: number[] = [];
    for (let i = 0; i < claimed; i++) if (tracker.tryClaim(range.from + i)) read.push(range.from + i);
    const split = tracker.trySplit(fraction);
    readAll(tracker, range.from + claimed, read);
    if (split !== undefined) {
      expect(split.primary.to).toBe(split.residual.from);
      expect(split.residual.from).toBeGreaterThanOrEqual(range.from + claimed);
      expect(split.residual.to).toBe(range.to);
      readAll(new OffsetTracker(split.residual), split.residual.from, read);
    }
    expect(read).toEqual(positions(range));
  });
});

test('claims and splits in any order read each position once', () => {
  const act = fc.oneof(fc.constant('claim' as const), fc.double({ min: 0, max: 1, noNaN: true }));
  fc.assert(
    fc.property(
      fc.integer({ min: -50, max: 50 }),
      fc.nat(60),
      fc.array(act, { maxLength: 80 }),
      (from, length, acts) => {
        const range = { from, to: from + length };
        const read: number[] = [];
        const waiting: OffsetRange[] = [range];
        const script = [...acts];
        for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
          const tracker = new OffsetTracker(next);
          let position = next.from;
          for (let step = script.shift(); step !== undefined; step = script.shift()) {
            if (typeof step === 'number') {
              const split = tracker.trySplit(step);
              if (split !== undefined) waiting.push(split.residual);
            } else {
              if (!tracker.tryClaim(position)) break;
              read.push(position++);
            }
          }
          readAll(tracker, position, read);
        }
        expect(read.sort((a, b) => a - b)).toEqual(positions(range));
      },
    ),
    { numRuns: 500 },
  );
});

test('a split at zero gives away all that is not claimed', () => {
  const tracker = new OffsetTracker({ from: 0, to: 10 });
  tracker.tryClaim(3);
  expect(tracker.trySplit(0)).toEqual({ primary: { from: 0, to: 4 }, residual: { from: 4, to: 10 } });
  expect(tracker.tryClaim(4)).toBe(false);
  tracker.checkDone();
});

test('there is nothing to split where nothing remains', () => {
  const tracker = new OffsetTracker({ from: 0, to: 2 });
  tracker.tryClaim(1);
  expect(tracker.trySplit(0)).toBeUndefined();
  expect(tracker.trySplit(1)).toBeUndefined();
  expect(new OffsetTracker({ from: 5, to: 5 }).trySplit(0)).toBeUndefined();
});

test('progress is counted in positions, before and after a split', () => {
  const tracker = new OffsetTracker({ from: 10, to: 20 });
  expect(tracker.progress()).toEqual({ completed: 0, remaining: 10 });
  tracker.tryClaim(13);
  expect(tracker.progress()).toEqual({ completed: 4, remaining: 6 });
  tracker.trySplit(0.5);
  expect(tracker.progress()).toEqual({ completed: 4, remaining: 3 });
});

test('an empty range is done without a claim', () => {
  const tracker = new OffsetTracker({ from: 3, to: 3 });
  expect(() => tracker.checkDone()).not.toThrow();
  expect(tracker.tryClaim(3)).toBe(false);
});

test('a reader that stops too early is told what it left', () => {
  const tracker = new OffsetTracker({ from: 0, to: 10 });
  tracker.tryClaim(3);
  expect(() => tracker.checkDone()).toThrow(/ended after position 3 of \[0, 10\).*until tryClaim returns false/);
});

test('a position is claimed once, and none before one that was', () => {
  const tracker = new OffsetTracker({ from: 0, to: 10 });
  tracker.tryClaim(3);
  expect(() => tracker.tryClaim(3)).toThrow(/Claim each position once, in order/);
  expect(() => tracker.tryClaim(2)).toThrow(RangeError);
  expect(() => new OffsetTracker({ from: 5, to: 9 }).tryClaim(4)).toThrow(RangeError);
});
