import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { create, Pipeline } from '../../index.ts';
import { bothPaths } from '../helpers/runners.ts';
import { CASE_TIMEOUT, runs } from './modes.ts';
import { waitFor } from './user-code.ts';

/** One step of a chain: how many outputs it gives for an element, and for which elements it waits. */
const step = fc.record({
  outputs: fc.integer({ min: 0, max: 3 }),
  waitsFor: fc.integer({ min: 1, max: 4 }),
  turns: fc.nat(3),
  concurrency: fc.integer({ min: 1, max: 8 }),
  form: fc.constantFrom('array' as const, 'generator' as const, 'parDo' as const),
});

describe.each(bothPaths)('on the $path path', ({ runner }) => {
  test('a chain of steps gives elements in the order of its input, and overlaps no more calls than asked for', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 6 }), fc.nat(60), async (steps, count) => {
        const out: string[] = [];
        const most = steps.map(() => 0);
        const p = new Pipeline();
        let chain = p.apply(create(Array.from({ length: count }, (_, i) => `${i}`)));
        steps.forEach(({ outputs, waitsFor, turns, concurrency, form }, at) => {
          let calls = 0;
          const give = (text: string) => Array.from({ length: outputs }, (_, i) => `${text}.${i}`);
          const lazily = function* (text: string) {
            yield* give(text);
          };
          const process = (text: string): Iterable<string> | Promise<Iterable<string>> => {
            const outputsOf = form === 'generator' ? lazily : give;
            if (text.length % waitsFor !== 0) return outputsOf(text);
            most[at] = Math.max(most[at] ?? 0, ++calls);
            return waitFor(turns).then(() => {
              calls--;
              return outputsOf(text);
            });
          };
          chain = form === 'parDo' ? chain.parDo({ process, concurrency }) : chain.flatMap(process, { concurrency });
        });
        chain.map((text) => void out.push(text));
        await p.run(runner());
        const expected = steps.reduce<readonly string[]>(
          (texts, { outputs }) => texts.flatMap((text) => Array.from({ length: outputs }, (_, i) => `${text}.${i}`)),
          Array.from({ length: count }, (_, i) => `${i}`),
        );
        expect(out).toEqual(expected);
        steps.forEach(({ concurrency }, at) => expect(most[at]).toBeLessThanOrEqual(concurrency));
      }),
      { numRuns: runs(60), timeout: CASE_TIMEOUT },
    );
  });
});
