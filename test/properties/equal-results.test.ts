import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Runner } from '../../model/index.ts';
import { type Op, graphs } from './graphs.ts';
import { CASE_TIMEOUT, modes, PATIENCE, runs } from './modes.ts';
import { evaluate } from './naive.ts';
import { build } from './pipelines.ts';

/** Runs a pipeline and compares all that it gives with what the naive evaluator gives. */
async function check(ops: readonly Op[], mode: string, runner: Runner): Promise<void> {
  const expected = evaluate(ops);
  const { pipeline, outputs, letters, calls } = build(ops);
  const warnings: string[] = [];
  const result = await pipeline.run(runner, { onWarning: (message) => void warnings.push(message) });
  expect(warnings).toEqual([]);
  const stats = [...expected.counts.keys()].map((name) => {
    const { elementsIn, elementsOut, failed } =
      result.steps.find(({ step }) => step === name || step.startsWith(`${name}/`)) ?? {};
    return [name, [elementsIn, elementsOut, failed]];
  });
  expect({
    mode,
    outputs: outputs.map((lines) => [...lines].sort()),
    letters: sorted(letters),
    counts: Object.fromEntries(stats),
    counters: Object.fromEntries([...expected.counters.keys()].map((step) => [step, result.metric(calls, step)])),
  }).toEqual({
    mode,
    outputs: expected.outputs,
    letters: sorted(expected.letters),
    counts: Object.fromEntries(expected.counts),
    counters: Object.fromEntries(expected.counters),
  });
}

const sorted = (letters: ReadonlyMap<string, readonly string[]>) =>
  Object.fromEntries([...letters].map(([step, lines]) => [step, [...lines].sort()]));

test(
  'a random pipeline gives in every mode what the model says',
  async () => {
    await fc.assert(
      fc.asyncProperty(graphs, fc.nat(), async (ops, seed) => {
        for (const [mode, runner] of modes(seed)) await check(ops, mode, runner());
      }),
      { numRuns: runs(100), timeout: CASE_TIMEOUT },
    );
  },
  PATIENCE,
);
