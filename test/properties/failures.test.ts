import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PipelineResult, Runner } from '../../model/index.ts';
import { graphs, type Op } from './graphs.ts';
import { CASE_TIMEOUT, modes, PATIENCE, runs } from './modes.ts';
import { evaluate } from './naive.ts';
import { build } from './pipelines.ts';
import { type Plot, SabotageError, Saboteur } from './sabotage.ts';

const unhandled: unknown[] = [];
const keep = (reason: unknown): void => void unhandled.push(reason);
const scratchDirectory = mkdtempSync(join(tmpdir(), 'viga-failures-'));

beforeAll(() => void process.on('unhandledRejection', keep));
afterAll(() => {
  process.off('unhandledRejection', keep);
  rmSync(scratchDirectory, { recursive: true });
});

const plots: fc.Arbitrary<Plot> = fc.record({
  at: fc.oneof(fc.nat(40), fc.nat(600)),
  how: fc.constantFrom('throw' as const, 'reject' as const, 'abort' as const),
});

/** Waits until nothing of a run that is over can still go on. */
async function settle(): Promise<void> {
  for (let i = 0; i < 12; i++) await new Promise(setImmediate);
}

async function check(ops: readonly Op[], plot: Plot, runner: Runner): Promise<void> {
  const { pipeline, outputs } = build(ops);
  const saboteur = new Saboteur(plot);
  const run = runner.run(saboteur.watch(pipeline), {
    signal: saboteur.abort.signal,
    // A bundle that was cut off is not finished before its DoFn is torn down, which then complains.
    onWarning: () => undefined,
  });
  const ended: PipelineResult | Error = await run.catch((error: Error) => error);
  const calls = saboteur.events.length;
  await settle();
  expect(saboteur.events.slice(calls)).toEqual([]);
  expect(unhandled).toEqual([]);
  expect(readdirSync(scratchDirectory)).toEqual([]);
  if (ended instanceof Error) checkError(ended, saboteur, plot);
  else expect(outputs.map((lines) => [...lines].sort())).toEqual(evaluate(ops).outputs);
  checkLives(saboteur);
  checkWrites(saboteur, ended instanceof Error, plot.how !== 'abort');
}

/** The error names the step that failed, and has what it threw as its cause. */
function checkError(error: Error, { struck }: Saboteur, { how }: Plot): void {
  if (how === 'abort') {
    expect(error.name).toBe('CancelledError');
    return;
  }
  expect(error.message.startsWith(`${struck?.step}: `) ? struck?.step : error.message).toBe(struck?.step);
  expect(error.cause).toBeInstanceOf(SabotageError);
}

/** Each DoFn that was set up is torn down once. */
function checkLives({ events, struck }: Saboteur): void {
  const stepsOf = (phase: string) => events.filter((event) => event.phase === phase).map(({ step }) => step);
  const setUp = stepsOf('setup').filter((step) => struck?.phase !== 'setup' || struck.step !== step);
  const down = stepsOf('teardown').filter((step) => struck?.phase !== 'setup' || struck.step !== step);
  expect(down.sort()).toEqual(setUp.sort());
}

/** Nothing is committed before all sinks are prepared; what is not committed is given up. */
function checkWrites(saboteur: Saboteur, hasFailed: boolean, isStruck: boolean): void {
  const { events, struck } = saboteur;
  const firstCommit = events.findIndex(({ phase }) => phase === 'commit');
  const lastPrepare = events.findLastIndex(({ phase }) => phase === 'prepare');
  const opened = saboteur.count('open') - (struck?.phase === 'open' && isStruck ? 1 : 0);
  if (firstCommit >= 0) {
    expect(lastPrepare).toBeLessThan(firstCommit);
    expect(saboteur.count('prepare')).toBe(opened);
    expect(hasFailed ? ['commit'] : [struck?.phase]).toContain(struck?.phase);
  }
  const committed = saboteur.count('commit') - (struck?.phase === 'commit' && isStruck ? 1 : 0);
  expect(saboteur.count('abort')).toBe(hasFailed ? opened - committed : 0);
}

test(
  'wherever user code, a source or a sink fails, or the run is cancelled, it ends and leaves nothing',
  async () => {
    await fc.assert(
      fc.asyncProperty(graphs, plots, fc.nat(), async (ops, plot, seed) => {
        const all = [...modes(seed, scratchDirectory).values()];
        const runner = all[seed % all.length];
        if (runner !== undefined) await check(ops, plot, runner());
      }),
      { numRuns: runs(300), timeout: CASE_TIMEOUT },
    );
  },
  PATIENCE,
);
