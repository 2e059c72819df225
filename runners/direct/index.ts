// The direct runner: a pipeline on this machine, in this process, on one of two schedules. Bounded input: runners/plan cuts
// the graph into stages and joins them, bounded-run.ts runs them one after another; side inputs, reading and writing have a
// file each. Input that does not end: runners/streaming. Groupings and what else waits between stages are in runners/shuffle
// and runners/panes, the stages themselves in runners/execution.
//
// What the engine takes from the machine (clock, randomness, disk, memory) comes through Host, so a simulator can run it.
import { nodeHost } from '../../host/index.ts';
import type { Pipeline, Runner, RunOptions } from '../../model/index.ts';
import { isStreaming } from '../plan/index.ts';
import { StreamingRun } from '../streaming/index.ts';
import { BoundedRun } from './bounded-run.ts';
import type { DirectRunnerOptions } from './options.ts';

export type { StrictOptions } from '../run/index.ts';
export type { DirectRunnerOptions } from './options.ts';

/**
 * Runs pipelines in this process, in memory, and on disk where that does not suffice.
 *
 * @example
 * import assert from 'node:assert/strict';
 * import { create, Pipeline } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * const p = new Pipeline();
 * p.apply(create(['a', 'b'])).map((letter) => letter.toUpperCase(), { name: 'Shout' });
 * const result = await p.run(directRunner());
 * assert.equal(result.steps.find(({ step }) => step === 'Shout')?.elementsOut, 2);
 */
export function directRunner(options: DirectRunnerOptions = {}): Runner {
  const { strict } = options;
  return {
    name: 'direct',
    async run(pipeline: Pipeline, runOptions: RunOptions = {}) {
      const host = options.host ?? nodeHost(strict === undefined ? {} : { seed: strict.seed });
      const { graph } = pipeline;
      if (!isStreaming(graph, options)) return new BoundedRun(graph, host, options, runOptions).run();
      return new StreamingRun(graph, host, options, runOptions).run();
    },
  };
}
