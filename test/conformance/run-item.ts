import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pipeline, type Runner, showValue } from '../../index.ts';
import { assertionsRun } from '../../testing/index.ts';
import { Check } from './check.ts';
import type { Case, Item } from './item.ts';

/** After so many milliseconds a run is cancelled: an item that hangs is an item that fails. */
const TIME_LIMIT = 120_000;

/** How an item went: how many assertions ran, and what was not as it must be. */
export interface Outcome {
  readonly assertions: number;
  readonly problem?: string | undefined;
}

/** Runs all pipelines of an item. */
export async function runItem(item: Item, runner: Runner): Promise<Outcome> {
  const run = (one: Case, index: number): Promise<Outcome> => runCase(item, { one, number: index + 1 }, runner);
  const outcomes: Outcome[] = [];
  if (item.together) outcomes.push(...(await Promise.all(item.cases.map(run))));
  else for (const [index, one] of item.cases.entries()) outcomes.push(await run(one, index));
  return {
    assertions: outcomes.reduce((all, { assertions }) => all + assertions, 0),
    problem: outcomes.find(({ problem }) => problem !== undefined)?.problem,
  };
}

/** A case that asserts nothing shows nothing, so it fails. */
async function runCase(item: Item, which: WhichCase, runner: Runner): Promise<Outcome> {
  const scratch = join(tmpdir(), `viga-conformance-${randomUUID()}`);
  const build = builderOf({ ...which, scratch }, item, runner);
  const run: Run = { runner, scratch, build, check: new Check(), assertions: 0 };
  let problem: string | undefined;
  try {
    await (which.one.must === 'succeed' ? mustSucceed(which.one, run) : mustEnd(which.one, run));
    if (run.assertions + run.check.count === 0) problem = 'no assertion ran';
  } catch (error) {
    problem = told(error);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  const where = item.cases.length === 1 ? '' : `case ${which.number} of ${item.cases.length}: `;
  return { assertions: run.assertions + run.check.count, problem: problem && where + problem };
}

interface WhichCase {
  readonly one: Case;
  readonly number: number;
}

interface Run {
  readonly runner: Runner;
  readonly check: Check;
  readonly build: () => Pipeline;
  readonly scratch: string;
  /** Assertions that ran as steps of the pipeline. */
  assertions: number;
}

function builderOf(which: WhichCase & { scratch: string }, { id }: Item, runner: Runner): () => Pipeline {
  const jobName = `conformance-${id.replace('7.2/', '')}-${which.number}`;
  const options = { item: id, case: which.number, scratch: which.scratch, runner: runner.name, jobName };
  return () => {
    const pipeline = new Pipeline();
    which.one.build(pipeline, options);
    return pipeline;
  };
}

async function mustSucceed(one: Case & { must: 'succeed' }, run: Run): Promise<void> {
  const pipeline = run.build();
  const warnings: string[] = [];
  const onWarning = (message: string): void => void warnings.push(message);
  const result = await pipeline.run(run.runner, { onWarning, signal: AbortSignal.timeout(TIME_LIMIT) });
  run.assertions = result.metric(assertionsRun).committed;
  const declared = assertionsIn(pipeline);
  if (run.assertions !== declared) {
    throw new Error(`${run.assertions} assertions ran and the pipeline has ${declared}`);
  }
  const files = existsSync(run.scratch) ? readdirSync(run.scratch) : [];
  one.verify(run.check, { result, warnings, files });
}

/** How many assertions a pipeline has: each expands to steps in a scope of its own. */
function assertionsIn(pipeline: Pipeline): number {
  const scopes = pipeline.graph.steps.flatMap(({ path }) => path.match(/^(?:.*\/)?AssertThat[^/]*(?=\/)/) ?? []);
  return new Set(scopes).size;
}

async function mustEnd(one: Case & { must: 'fail' | 'be refused' }, run: Run): Promise<void> {
  let error: unknown;
  let pipeline: Pipeline | undefined;
  try {
    pipeline = run.build();
    if (one.must === 'fail') await pipeline.run(run.runner, { signal: AbortSignal.timeout(TIME_LIMIT) });
  } catch (thrown) {
    error = thrown;
  }
  if (error === undefined) throw new Error(`the pipeline must ${one.must}, and nothing was wrong`);
  if (one.must === 'fail' && pipeline === undefined) {
    throw new Error(`the run must fail, and the pipeline could not be built: ${told(error)}`);
  }
  one.verify(run.check, error instanceof Error ? error : new Error(String(error)));
}

/** An error in one line: what node:assert says goes over several. */
function told(error: unknown): string {
  if (!(error instanceof Error)) return showValue(error);
  return `${error.name}: ${error.message}`.replaceAll(/\s+/g, ' ').slice(0, 1_000);
}
