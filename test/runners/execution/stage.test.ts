import { describe, expect, test } from 'vitest';
import { createElements, MAIN, type PCollection, Pipeline, type Step } from '../../../model/index.ts';
import { sharedBatch } from '../../../runners/execution/batch.ts';
import { generateSegment } from '../../../runners/compile/codegen.ts';
import { interpretSegment } from '../../../runners/compile/interpret.ts';
import { MetricsStore } from '../../../runners/execution/metrics.ts';
import type { Edge, StageNode, Target } from '../../../runners/execution/stage.ts';
import type { SegmentCompiler } from '../../../runners/execution/stage-environment.ts';
import { StageRuntime } from '../../../runners/execution/stage-runtime.ts';
import { virtualHost } from '../../helpers/virtual-host.ts';

/** Runs a chain of steps over values as one stage, and gives what comes out. */
async function runStage(
  compile: SegmentCompiler,
  values: readonly unknown[],
  build: (input: PCollection<number>) => unknown,
): Promise<unknown[]> {
  const p = new Pipeline();
  build(p.apply(createElements<number>([])));
  const [, ...steps] = p.graph.steps as readonly [Step, ...Step[]];
  const out: unknown[] = [];
  const edge: Edge = { name: 'out', add: (value) => out.push(value), isFull: false, flush: () => undefined };
  const nodes: StageNode[] = steps.map((step, index) => ({
    index,
    step,
    targets: new Map(),
    isMultiWindow: false,
    incoming: 1,
  }));
  const targetAfter = (index: number): Target => {
    const node = nodes[index];
    return node === undefined ? { kind: 'edge', edge } : { kind: 'node', node };
  };
  for (const node of nodes) node.targets.set(MAIN, [targetAfter(node.index + 1)]);
  const stage = new StageRuntime(
    { name: 'test', nodes, entry: new Map([[MAIN, [targetAfter(0)]]]) },
    {
      // These steps use neither clock nor randomness.
      host: virtualHost(),
      store: new MetricsStore(),
      sideInputs: () => ({}),
      compile,
      signal: new AbortController().signal,
      turn: { isDue: () => false, take: () => undefined },
      afterCommit: () => undefined,
      warn: () => undefined,
      scope: { run: (_scope, fn) => fn(), enter: () => undefined },
    },
  );
  await stage.open();
  await stage.process(sharedBatch(values));
  await stage.finishBundle();
  await stage.close();
  return out;
}

const paths = [
  { path: 'generated', compile: generateSegment, skip: process.env['VIGA_CODEGEN'] === 'off' },
  { path: 'interpreted', compile: interpretSegment, skip: false },
].filter(({ skip }) => !skip);

describe.each(paths)('on the $path path', ({ compile }) => {
  const run = (values: readonly unknown[], build: (input: PCollection<number>) => unknown) =>
    runStage(compile, values, build);

  test('map, filter and flatMap of a stage follow each other', async () => {
    const out = await run([1, 2, 3, 4], (input) =>
      input
        .map((n) => n * 2)
        .filter((n) => n > 2)
        .flatMap((n) => [n, n]),
    );
    expect(out).toEqual([4, 4, 6, 6, 8, 8]);
  });

  test('a generator and a string are iterated like an array', async () => {
    const out = await run([2, 3], (input) =>
      input
        .flatMap(function* (n) {
          for (let i = 0; i < n; i++) yield `${n}${i}`;
        })
        .flatMap((text) => text),
    );
    expect(out.join('')).toBe('2021303132');
  });

  test('promises are awaited and keep the order of their inputs', async () => {
    const values = Array.from({ length: 500 }, (_, i) => i);
    const out = await run(values, (input) =>
      input
        .map((n) => (n % 3 === 0 ? Promise.resolve(n + 1) : n + 1))
        .map(async (n) => {
          for (let turn = n % 5; turn > 0; turn--) await null;
          return n * 2;
        }),
    );
    expect(out).toEqual(values.map((n) => (n + 1) * 2));
  });

  test('no more than the given number of calls are pending', async () => {
    let pending = 0;
    let most = 0;
    const values = Array.from({ length: 100 }, (_, i) => i);
    const out = await run(values, (input) =>
      input
        .flatMap((n) => [n, n])
        .map(
          async (n) => {
            most = Math.max(most, ++pending);
            await null;
            pending--;
            return n;
          },
          { concurrency: 4 },
        ),
    );
    expect(out).toHaveLength(200);
    expect(most).toBe(4);
  });

  test('a DoFn runs its life cycle in order and one call at a time', async () => {
    const log: string[] = [];
    const out = await run([1, 2], (input) =>
      input.parDo({
        setup: () => {
          log.push('setup');
          return 10;
        },
        startBundle: () => {
          log.push('start');
        },
        async process(n: number, { resource }) {
          log.push(`process ${n}`);
          await null;
          log.push(`done ${n}`);
          return [n + resource];
        },
        teardown: (resource) => {
          log.push(`teardown ${resource}`);
        },
      }),
    );
    expect(out).toEqual([11, 12]);
    expect(log).toEqual(['setup', 'start', 'process 1', 'done 1', 'process 2', 'done 2', 'teardown 10']);
  });

  test('an error names the step and shows the element that it was given', async () => {
    const failing = run([1, 2], (input) =>
      input
        .map((n) => ({ n }))
        .map(
          ({ n }) => {
            if (n === 2) throw new Error('boom42');
            return n;
          },
          { name: 'Parse' },
        ),
    );
    await expect(failing).rejects.toMatchObject({ name: 'ElementError', step: 'Parse', element: '{"n":2}' });
    await expect(failing).rejects.toThrow(/^Parse: boom42/);
  });

  test('a promise in the place of a key is refused', async () => {
    await expect(run([1], (input) => input.keyBy(async (n) => n))).rejects.toThrow(/returned a promise/);
  });
});
