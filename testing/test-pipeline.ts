import { Pipeline, type PipelineResult, type Runner, type RunOptions } from '../model/index.ts';
import { directRunner } from '../runners/direct/index.ts';
import { callSite } from './call-site.ts';

/** How strict the direct runner of a test is; all is on unless it is turned off. */
export interface TestPipelineOptions {
  /** Repeats a run: a failed one tells its seed. Default: a new one each time. */
  readonly seed?: number;
  /** Cuts the input into bundles of random sizes. */
  readonly bundleSizes?: boolean;
  /** Encodes and decodes elements between steps, so that one that has no bytes fails here and not on a cluster. */
  readonly encode?: boolean;
  /** Fails a step that changed its input. */
  readonly mutation?: boolean;
  /** Changes the order of elements wherever the model gives none, and splits what is read while it is read. */
  readonly permute?: boolean;
}

/** What vitest and node:test give a test; the pipeline asks to be told of the test's end. */
export type TestContext =
  | { readonly onTestFinished: (atEnd: (test: FinishedTest) => void) => unknown }
  | { readonly after: (atEnd: () => void) => unknown };

/** What vitest tells at the end of a test. */
interface FinishedTest {
  readonly task: { readonly result?: { readonly state: string } | undefined };
}

/** A pipeline that runs on a strict direct runner unless it is given another. */
export class TestPipeline extends Pipeline {
  readonly #seed: number;
  readonly #runner: Runner;
  readonly #madeAt = callSite(testPipeline);
  #run: Promise<PipelineResult> | undefined;
  #stepsRun = -1;

  /** @internal */
  constructor({ seed, bundleSizes = true, encode = true, mutation = true, permute = true }: TestPipelineOptions) {
    super();
    this.#seed = seed ?? Math.floor(Math.random() * 2 ** 32);
    this.#runner = directRunner({ strict: { seed: this.#seed, bundleSizes, encode, mutation, permute } });
  }

  /** The last run, where there was one. */
  get lastRun(): Promise<PipelineResult> | undefined {
    return this.#run;
  }

  override run(runner: Runner = this.#runner, options: RunOptions = {}): Promise<PipelineResult> {
    this.#stepsRun = this.graph.steps.length;
    this.#run = super.run(runner, options);
    return runner === this.#runner ? this.#run.catch((error) => this.#rethrow(error)) : this.#run;
  }

  /**
   * Fails where something of the pipeline never ran.
   *
   * @throws Error if `run` was not called, or steps were added after it.
   */
  assertRan(): void {
    const { steps } = this.graph;
    if (this.#stepsRun === steps.length) return;
    const first = steps[Math.max(0, this.#stepsRun)];
    const error = new Error(
      this.#stepsRun < 0
        ? 'testPipeline: the pipeline was never run. None of its steps and assertions has been tried. End the test with `await p.run()`.'
        : `testPipeline: ${first?.path} and what follows were added after the last run. They have not been tried. Call \`await p.run()\` after the last step.`,
    );
    error.stack = `Error: ${error.message}\n${this.#madeAt.frames()}`;
    throw error;
  }

  #rethrow(error: unknown): never {
    const hint = ` [testPipeline: repeat this run with { seed: ${this.#seed} }]`;
    if (error instanceof Error && !error.message.includes(hint)) {
      // Test runners print the stack, which repeats the message it was made with.
      if (error.stack !== undefined) error.stack = error.stack.replace(error.message, () => error.message + hint);
      error.message += hint;
    }
    throw error;
  }
}

/**
 * A pipeline for a test. It runs on a direct runner that is stricter than any real one: bundles of random sizes, elements
 * encoded and decoded, order permuted, and a check that no step changed its input. A failed run tells its seed.
 *
 * Given a function, builds the pipeline with it, runs it, and gives the result: nothing can be forgotten.
 *
 * Given the context of a test of vitest or node:test, gives the pipeline. `await p.run()` runs it; a test that ends without
 * having run all steps fails.
 *
 * @example
 * import { create } from 'viga';
 * import { assertThat, testPipeline } from 'viga/testing';
 * await testPipeline((p) => {
 *   assertThat(p.apply(create([1, 2])).map((n) => n * n)).containsInAnyOrder([1, 4]);
 * });
 */
export function testPipeline(
  body: (pipeline: TestPipeline) => void | PromiseLike<void>,
  options?: TestPipelineOptions,
): Promise<PipelineResult>;
export function testPipeline(test: TestContext, options?: TestPipelineOptions): TestPipeline;
export function testPipeline(
  bodyOrTest: ((pipeline: TestPipeline) => void | PromiseLike<void>) | TestContext,
  options: TestPipelineOptions = {},
): Promise<PipelineResult> | TestPipeline {
  const pipeline = new TestPipeline(options);
  if ('onTestFinished' in bodyOrTest) {
    bodyOrTest.onTestFinished(({ task }) => {
      // A test that failed before it came to its run has said what is wrong.
      if (task.result?.state !== 'fail') pipeline.assertRan();
    });
  } else if ('after' in bodyOrTest) {
    bodyOrTest.after(() => pipeline.assertRan());
  } else {
    return buildAndRun(pipeline, bodyOrTest);
  }
  return pipeline;
}

async function buildAndRun(
  pipeline: TestPipeline,
  body: (pipeline: TestPipeline) => void | PromiseLike<void>,
): Promise<PipelineResult> {
  await body(pipeline);
  const result = await (pipeline.lastRun ?? pipeline.run());
  pipeline.assertRan();
  return result;
}
