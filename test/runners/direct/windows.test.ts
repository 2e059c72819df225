import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  END_OF_GLOBAL_WINDOW,
  fixedWindows,
  formatWindow,
  MAX_TIMESTAMP,
  MIN_TIMESTAMP,
  Pipeline,
  slidingWindows,
} from '../../../model/index.ts';
import { create } from '../../../transforms/index.ts';
import { bothPaths } from '../../helpers/runners.ts';

// The runner remembers windows that elements share; the window function itself says which are right.

const duration = fc.integer({ min: 1, max: 40 });
const windowFns = fc.oneof(
  fc.record({ size: duration, offset: fc.integer({ min: -50, max: 50 }) }).map(fixedWindows),
  fc
    .record({ times: fc.integer({ min: 1, max: 4 }), period: duration, offset: fc.integer({ min: -50, max: 50 }) })
    .map(({ times, period, offset }) => slidingWindows({ size: times * period, period, offset })),
  fc.record({ size: duration, period: duration }).map(slidingWindows),
);
const timestamps = fc.array(
  fc.oneof(
    fc.integer({ min: -200, max: 200 }),
    fc.integer({ min: -50, max: 50 }).map((n) => n * 1_024 * 40),
    fc.constantFrom(MIN_TIMESTAMP, END_OF_GLOBAL_WINDOW, END_OF_GLOBAL_WINDOW + 1, MAX_TIMESTAMP),
  ),
  { minLength: 1, maxLength: 30 },
);

describe.each(bothPaths)('$path', ({ runner }) => {
  test('each element is in the windows that its window function gives', async () => {
    const property = fc.asyncProperty(windowFns, timestamps, async (windowFn, stamps) => {
      const p = new Pipeline();
      const seen: string[] = [];
      p.apply(create(stamps, { timestamps: stamps }))
        .windowInto(windowFn)
        .map((at, { window }) => void seen.push(`${at} in ${formatWindow(window)}`));
      await p.run(runner());
      const expected = stamps.flatMap((at) => windowFn.assign(at, null).map((w) => `${at} in ${formatWindow(w)}`));
      expect(seen.toSorted()).toEqual(expected.toSorted());
    });
    await fc.assert(property, { numRuns: 200 });
  });
});
