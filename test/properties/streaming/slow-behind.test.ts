import fc from 'fast-check';
import { expect, test } from 'vitest';
import { afterCount, afterWatermark, hours, Pipeline, read } from '../../../index.ts';
import type { AccumulationMode, BoundedWindow, PaneTiming, Timestamp } from '../../../model/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { type Action, listSource } from '../../runners/streaming/list-source.ts';
import { CASE_TIMEOUT, PATIENCE, runs } from '../modes.ts';
import { windowFnOf } from './build.ts';

interface Pane {
  readonly window: BoundedWindow;
  readonly timing: PaneTiming;
  readonly index: number;
  readonly values: readonly number[];
}

/** Turns of the loop that a slow call waits for the source, which may have to wait for it. */
const PATIENT = 2_000;

const SIZE = 10;
const fixed = windowFnOf({ kind: 'fixed', size: SIZE, offset: 0 });
const lastOf = ({ at }: Given): Timestamp => Math.floor(at / SIZE) * SIZE + SIZE - 1;

const firings = fc.record({
  trigger: fc.constantFrom(
    afterWatermark({ late: afterCount(1) }),
    afterWatermark({ early: afterCount(2), late: afterCount(1) }),
    afterWatermark({ early: afterCount(3), late: afterCount(2) }),
  ),
  accumulationMode: fc.constantFrom<AccumulationMode>('discarding', 'accumulating'),
});

/** One window after another, as offsets: what comes in time, then, when it is over, what is late for it or one before. */
const scripts = fc.array(
  fc.record({
    inTime: fc.array(fc.nat(SIZE - 1), { maxLength: 4 }),
    late: fc.array(fc.nat(3 * SIZE), { maxLength: 2 }),
  }),
  { minLength: 1, maxLength: 8 },
);
type Script = typeof scripts extends fc.Arbitrary<infer S> ? S : never;

interface Given {
  readonly at: Timestamp;
  readonly isInTime: boolean;
}

/** What a source gives and does; each element is its timestamp. */
function played(script: Script): { readonly given: readonly Given[]; readonly actions: readonly Action<number>[] } {
  const parts = script.map(({ inTime, late }, w) => {
    const end = (w + 1) * SIZE;
    const early = inTime.map((offset): Given => ({ at: w * SIZE + offset, isInTime: true }));
    const behind = late.map((offset): Given => ({ at: Math.max(0, end - 1 - offset), isInTime: false }));
    const give = (some: readonly Given[]) => ({ give: some.map(({ at }) => [at, at] as const) });
    // At a rest the watermark is looked at.
    const over: readonly Action<number>[] = [{ watermark: end }, { rest: 0 }];
    return { given: [...early, ...behind], actions: [give(early), ...over, give(behind)] };
  });
  return { given: parts.flatMap(({ given }) => given), actions: parts.flatMap(({ actions }) => actions) };
}

const inOrder = (numbers: Iterable<number>): readonly number[] => [...numbers].sort((a, b) => a - b);

test(
  'behind a slow step as well a window has its pane on time, with all that came before it was over, and late ones after it',
  async () => {
    const property = fc.asyncProperty(firings, scripts, fc.nat(10), async (firing, script, slowness) => {
      const { given, actions } = played(script);
      const panes: Pane[] = [];
      let at = 0;
      const source = listSource(actions, { onRead: (i) => (at = i) });
      const p = new Pipeline();
      p.apply(read(source, { isBounded: false }))
        .windowInto(fixed, { ...firing, allowedLateness: hours(1) })
        .keyBy(() => 'k')
        .groupByKey()
        .map(
          async ({ value }, { window, pane: { timing, index } }) => {
            const until = Math.min(at + slowness, actions.length);
            for (let i = 0; i < PATIENT && at < until; i++) await new Promise(setImmediate);
            panes.push({ window, timing, index, values: [...value] });
          },
          { concurrency: 1 },
        );
      await p.run(directRunner());
      const byEnd = Map.groupBy(panes, ({ window }) => window.maxTimestamp);
      for (const [end, elements] of Map.groupBy(given, lastOf)) {
        const its = byEnd.get(end) ?? [];
        const early = its.filter(({ timing }) => timing !== 'LATE');
        const contentOf = (some: readonly Pane[]) =>
          inOrder(
            firing.accumulationMode === 'discarding'
              ? some.flatMap(({ values }) => values)
              : (some.at(-1)?.values ?? []),
          );
        expect(its.map(({ index }) => index)).toEqual(its.map((_, i) => i));
        expect(its.map(({ timing }) => timing).join(' ')).toMatch(/^(EARLY ?)*(ON_TIME ?)?(LATE ?)*$/);
        expect(contentOf(its)).toEqual(inOrder(elements.map(({ at }) => at)));
        const inTime = elements.filter(({ isInTime }) => isInTime).map(({ at }) => at);
        if (inTime.length === 0) continue;
        expect(early.at(-1)?.timing).toBe('ON_TIME');
        expect(contentOf(early)).toEqual(inOrder(inTime));
      }
    });
    await fc.assert(property, { numRuns: runs(40), timeout: CASE_TIMEOUT });
  },
  PATIENCE,
);
