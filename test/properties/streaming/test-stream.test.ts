import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CASE_TIMEOUT, PATIENCE, runs } from '../modes.ts';
import { build } from './build.ts';
import { cases } from './cases.ts';
import { actual, expected } from './compare.ts';

test(
  'a random pipeline gives under a random test stream, pane for pane, what the model says',
  async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (one) => {
        expect(await actual(build(one))).toEqual(expected(build(one)));
      }),
      { numRuns: runs(100), timeout: CASE_TIMEOUT },
    );
  },
  PATIENCE,
);
