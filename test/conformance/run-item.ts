import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LogEntry, Pipeline, type Runner, type RunOptions, showValue } from '../../index.ts';
import { assertionsRun } from '../../testing/index.ts';
import { Check } from './check.ts';
import type { Case, CaseOptions, Item } from './item.ts';
import { runKilledOnce } from './kill.ts';

/** After so many milliseconds a run is cancelled: an item that hangs is an item that fails. */
const TIME_LIMIT = 120_000;

/** How an item went: how many assertions ran, and what was not as it must be. */
export interface Outcome {
  readonly assertions: number;
  readonly problem?: string | undefined;
}

/** What items are run on. */
export interface Subject {
  readonly runner: Runner;
  /** Whether its jobs go on after a crash where they were: it is the direct runner, in streaming. */
  readonly isDurable?: boolean;
}

/** Runs all pipelines of an item, but for those that ask for more than the runner is there for. */
export async function runItem(item: Item, { runner, isDurable = false }: Subject): Promise<Outcome> {
  const run = (which: WhichCase): Promise<Outcome> => runCase(item, which, runner);
  const cases = item.cases
    .map((one, index) => ({ one, number: index + 1 }))
    .filter(({ one }) => isDurable || one.must !== 'survive a kill');
  const outcomes: Outcome[] = [];
  if (item.together) outcomes.push(...(await Promise.all(cases.map(run))));
  else for (const which of cases) outcomes.push(await run(which));
  return {
    assertions: outcomes.reduce((all, { assertions }) => all + assertions, 0),
    problem: outcomes.find(({ problem }) => problem !== undefined)?.problem,
  };
}

/** A case that asserts nothing shows nothing, so it fails. */
async function runCase(item: Item, which: WhichCase, runner: Runner): Promise<Outcome> {
  const scratch = join(tmpdir(), `viga-conformance-${randomUUID()}`);
  const options = optionsOf({ ...which, scratch }, item, runner);
  const run: Run = { runner, options, build: builderOf(which.one, options), check: new Check(), assertions: 0 };
  let problem: string | undefined;
  try {
    await settle(which.one, run);
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
  readonly options: CaseOptions;
  /** Assertions that ran as steps of the pipeline. */
  assertions: number;
}

function optionsOf(which: WhichCase & { scratch: string }, { id }: Item, runner: Runner): CaseOptions {
  const jobName = `conformance-${id.replace('7.2/', '')}-${which.number}`;
  return { item: id, case: which.number, scratch: which.scratch, runner: runner.name, jobName };
}

const builderOf = (one: Case, options: CaseOptions) => (): Pipeline => {
  const pipeline = new Pipeline();
  one.build(pipeline, options);
  return pipeline;
};

function settle(one: Case, run: Run): Promise<void> {
  switch (one.must) {
    case 'succeed':
    case 'drain':
      return mustSucceed(one, run);
    case 'survive a kill':
      return mustSurvive(run);
    default:
      return mustEnd(one, run);
  }
}

async function mustSucceed(one: Case & { must: 'succeed' | 'drain' | 'survive a kill' }, run: Run): Promise<void> {
  const pipeline = run.build();
  const warnings: string[] = [];
  const logs: LogEntry[] = [];
  const result = await pipeline.run(run.runner, {
    onWarning: (message) => warnings.push(message),
    onLog: (entry) => logs.push(entry),
    signal: AbortSignal.timeout(TIME_LIMIT),
    ...(one.must === 'drain' && onceElementsCame('drain')),
  });
  run.assertions = result.metric(assertionsRun).committed;
  checkAssertions(run.assertions, pipeline);
  one.verify(run.check, { result, warnings, logs, files: filesIn(run.options.scratch) });
}

/** Kills the first run and lets a second one, of another process, come to the end. */
async function mustSurvive(run: Run): Promise<void> {
  const { assertions } = await runKilledOnce(run.options);
  run.assertions = assertions;
  checkAssertions(assertions, run.build());
}

function checkAssertions(ran: number, pipeline: Pipeline): void {
  const declared = assertionsIn(pipeline);
  if (ran !== declared) throw new Error(`${ran} assertions ran and the pipeline has ${declared}`);
}

const filesIn = (scratch: string): readonly string[] => (existsSync(scratch) ? readdirSync(scratch) : []);

/** How many assertions a pipeline has: each expands to steps in a scope of its own. */
function assertionsIn(pipeline: Pipeline): number {
  const scopes = pipeline.graph.steps.flatMap(({ path }) => path.match(/^(?:.*\/)?AssertThat[^/]*(?=\/)/) ?? []);
  return new Set(scopes).size;
}

async function mustEnd(one: Case & { must: 'fail' | 'be refused' | 'be cancelled' }, run: Run): Promise<void> {
  let error: unknown;
  let pipeline: Pipeline | undefined;
  try {
    pipeline = run.build();
    if (one.must === 'fail') await pipeline.run(run.runner, { signal: AbortSignal.timeout(TIME_LIMIT) });
    if (one.must === 'be cancelled') await pipeline.run(run.runner, onceElementsCame('signal'));
  } catch (thrown) {
    error = thrown;
  }
  if (error === undefined) throw new Error(`the pipeline must ${one.must}, and nothing was wrong`);
  if (one.must !== 'be refused' && pipeline === undefined) {
    throw new Error(`the run must ${one.must}, and the pipeline could not be built: ${told(error)}`);
  }
  const files = filesIn(run.options.scratch);
  one.verify(run.check, { error: error instanceof Error ? error : new Error(String(error)), files });
}

/** Options that end a run in some way as soon as each of its steps has given an element. */
function onceElementsCame(how: 'drain' | 'signal'): RunOptions {
  const end = new AbortController();
  const limit = how === 'signal' ? AbortSignal.timeout(TIME_LIMIT) : undefined;
  return {
    [how]: limit === undefined ? end.signal : AbortSignal.any([end.signal, limit]),
    onProgress({ steps }) {
      if (steps.every(({ step, elementsOut }) => elementsOut > 0 || step.includes('AssertThat')))
        end.abort(new Error('enough'));
    },
  };
}

/** An error in one line: what node:assert says goes over several. */
function told(error: unknown): string {
  if (!(error instanceof Error)) return showValue(error);
  return `${error.name}: ${error.message}`.replaceAll(/\s+/g, ' ').slice(0, 1_000);
}
