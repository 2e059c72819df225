import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BoundedWindow, combiningState, type KV, type PCollection, Pipeline, sum } from '../../../index.ts';
import type { PBegin, PTransform, Runner, WindowingStrategy } from '../../../model/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { evaluate } from '../../../testing/reference/index.ts';
import { CASE_TIMEOUT, PATIENCE, runs } from '../modes.ts';
import { arrivals, atOnce, inSplits, scripted } from './arrivals.ts';
import { windowFnOf } from './build.ts';
import { trigger, windows, type Windows } from './cases.ts';

type Numbers = PTransform<PBegin, PCollection<number>>;
type Mode = WindowingStrategy['accumulationMode'];

/** A pane, or what a window that expires gave: values of a key in a window. */
interface Pane {
  readonly key: unknown;
  readonly window: BoundedWindow;
  readonly index: number;
  readonly values: readonly number[];
}

interface Spec {
  readonly windows: Windows;
  readonly firing: Omit<WindowingStrategy, 'windowFn' | 'alreadyMerged'>;
  readonly what: 'group' | 'sum' | 'twice' | 'state';
}

/** Triggers that never finish: one that does loses data by order of arrival. */
const endless = trigger.map((one) => (one.kind === 'default' ? one : { kind: 'repeatedly' as const, trigger: one }));

const specs: fc.Arbitrary<Spec> = fc
  .record({
    windows,
    firing: fc.record({
      trigger: endless,
      accumulationMode: fc.constantFrom<Mode>('discarding', 'accumulating'),
      allowedLateness: fc.constantFrom(0, 8, 30),
      timestampCombiner: fc.constantFrom('end-of-window' as const, 'earliest' as const, 'latest' as const),
      closingBehavior: fc.constantFrom('emit-if-nonempty' as const, 'emit-always' as const),
      onTimeBehavior: fc.constantFrom('fire-always' as const, 'fire-if-nonempty' as const),
    }),
    what: fc.constantFrom('group' as const, 'sum' as const, 'twice' as const, 'state' as const),
  })
  .filter(({ windows: { kind }, what, firing }) => {
    if (kind === 'global' && firing.trigger.kind === 'default') return what === 'state';
    if (what === 'state') return kind !== 'sessions' && kind !== 'uneven';
    // Sums of sums add up only where no pane repeats another.
    return what !== 'twice' || firing.accumulationMode === 'discarding';
  });

/** A pipeline over what arrives, with one number or list of numbers for each key and window. */
function panesOf(arriving: Numbers, { windows: kind, firing, what }: Spec) {
  const pipeline = new Pipeline();
  const pairs = pipeline
    .apply(arriving)
    .windowInto(windowFnOf(kind), { ...firing, allowDataLoss: true })
    .keyBy((n) => n % 3);
  return { pipeline, panes: stepOf(pairs, what) };
}

function stepOf(
  pairs: PCollection<KV<number, number>>,
  what: Spec['what'],
): PCollection<KV<number, readonly number[]>> {
  const alone = ({ key, value }: KV<number, number>) => ({ key, value: [value] });
  switch (what) {
    case 'group':
      return pairs.groupByKey().map(({ key, value }) => ({ key, value: [...value] }));
    case 'sum':
      return pairs.combinePerKey(sum).map(alone);
    case 'twice':
      return pairs.combinePerKey(sum).combinePerKey(sum, { name: 'Again' }).map(alone);
    case 'state':
      return pairs.parDo({
        state: { total: combiningState(sum) },
        process({ value }, { state }) {
          state.total.add(value);
        },
        onWindowExpiration: ({ key, state }) => [{ key, value: [state.total.read()] }],
      });
    default:
      return what satisfies never;
  }
}

async function ran(arriving: Numbers, spec: Spec, runner: Runner): Promise<readonly Pane[]> {
  const { pipeline, panes } = panesOf(arriving, spec);
  const all: Pane[] = [];
  panes.map(({ key, value: values }, { window, pane: { index } }) => void all.push({ key, window, index, values }));
  await pipeline.run(runner);
  // A strict run gives panes out in any order.
  return all.sort((a, b) => a.index - b.index);
}

function evaluated(arriving: Numbers, spec: Spec): readonly Pane[] {
  const { pipeline, panes } = panesOf(arriving, spec);
  return (evaluate(pipeline.graph).elements.get(panes) ?? []).map(({ value, window, pane: { index } }) => {
    // The step gives pairs of a key and its numbers.
    const pair = value as KV<number, readonly number[]>;
    return { key: pair.key, window, index, values: pair.value };
  });
}

const spanOf = (window: BoundedWindow): readonly [number, number] =>
  'start' in window ? [Number(window.start), window.maxTimestamp] : [Number.NEGATIVE_INFINITY, window.maxTimestamp];

/** Panes of windows that did not become part of another. */
const whole = (panes: readonly Pane[]): readonly Pane[] =>
  panes.filter(({ key, window }) => {
    const [from, to] = spanOf(window);
    return !panes.some((other) => {
      const [start, end] = spanOf(other.window);
      return other.key === key && start <= from && end >= to && (start < from || end > to);
    });
  });

/** What all panes together say of each window that there is in the end; a session also has what its parts gave before. */
function contentOf(panes: readonly Pane[], final: readonly Pane[], { what, firing }: Spec): Record<string, unknown> {
  const isMerge = firing.accumulationMode === 'discarding' && what !== 'state';
  const entries = final.map(({ key, window }) => {
    const [start, end] = spanOf(window);
    const its = panes.filter((pane) => {
      const [from, to] = spanOf(pane.window);
      return pane.key === key && from >= start && to <= end && (isMerge || (from === start && to === end));
    });
    const values = isMerge ? its.flatMap((pane) => pane.values) : [...(its.at(-1)?.values ?? [])];
    const content = what === 'group' ? values.sort((a, b) => a - b) : values.reduce((a, b) => a + b, 0);
    return [`${key} in ${start} to ${end}`, content] as const;
  });
  return Object.fromEntries(entries);
}

test(
  'what comes out in the end depends neither on the order of arrival, nor on bundles, nor on splits',
  async () => {
    await fc.assert(
      fc.asyncProperty(specs, arrivals, fc.nat(), fc.integer({ min: 1, max: 4 }), async (spec, all, seed, parts) => {
        const strict = { seed, bundleSizes: true, encode: true, mutation: true, permute: true };
        const script = scripted(all, spec.firing.allowedLateness);
        const firing = { ...spec.firing, accumulationMode: 'accumulating' as const };
        const accumulating: Spec = { ...spec, firing, what: spec.what === 'twice' ? 'sum' : spec.what };
        const final = whole(await ran(atOnce(all), accumulating, directRunner()));
        const content = contentOf(final, final, accumulating);
        const ways: Record<string, readonly Pane[]> = {
          batch: await ran(atOnce(all), spec, directRunner()),
          'batch, strict': await ran(atOnce(all), spec, directRunner({ strict })),
          streaming: await ran(atOnce(all), spec, directRunner({ streaming: true })),
          'streaming, strict': await ran(atOnce(all), spec, directRunner({ streaming: true, strict })),
          'in splits': await ran(inSplits(all, parts), spec, directRunner({ streaming: true })),
          'in splits, strict': await ran(inSplits(all, parts), spec, directRunner({ streaming: true, strict })),
          scripted: await ran(script, spec, directRunner()),
          'scripted, evaluated': evaluated(script, spec),
          'at once, evaluated': evaluated(atOnce(all), spec),
        };
        for (const [way, panes] of Object.entries(ways)) {
          expect([way, contentOf(panes, final, spec)]).toEqual([way, content]);
        }
      }),
      { numRuns: runs(60), timeout: CASE_TIMEOUT },
    );
  },
  PATIENCE,
);
