import { execFile } from 'node:child_process';
import { writeFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import {
  AssertionError,
  assertionsRun,
  assertThat,
  type TestPipeline,
  testPipeline,
  type TestPipelineOptions,
} from '../../testing/index.ts';
import { directRunner } from '../../runners/direct/index.ts';
import { create } from '../../transforms/index.ts';

/** A test's context that only remembers what it is to do at the end of the test. */
function fakeTest(): { readonly after: (atEnd: () => void) => void; readonly end: () => void } {
  const atEnd: (() => void)[] = [];
  return { after: (fn) => void atEnd.push(fn), end: () => atEnd.forEach((fn) => fn()) };
}

test('a pipeline that is built in a function is run after it', async () => {
  const result = await testPipeline(async (p) => {
    assertThat(p.apply(create([1]))).containsInAnyOrder([1]);
  });
  expect(result.metric(assertionsRun).committed).toBe(1);
});

test('a failed assertion fails the call and tells the seed', async () => {
  const failing = testPipeline((p) => assertThat(p.apply(create([1]))).isEmpty(), { seed: 42 });
  await expect(failing).rejects.toThrow(AssertionError);
  await expect(failing).rejects.toThrow(/extra 1: 1\..* \[testPipeline: repeat this run with \{ seed: 42 \}\]$/);
});

test('a pipeline that was never run fails its test', () => {
  const t = fakeTest();
  const p = testPipeline(t);
  assertThat(p.apply(create([1]))).isEmpty();
  expect(() => t.end()).toThrow(/the pipeline was never run\. .* End the test with `await p\.run\(\)`/);
});

test('steps that were added after the run fail their test', async () => {
  const t = fakeTest();
  const p = testPipeline(t);
  const numbers = p.apply(create([1]));
  await p.run();
  assertThat(numbers).isEmpty();
  expect(() => t.end()).toThrow(/AssertThat\/Reify and what follows were added after the last run/);
});

test('a pipeline that was run passes, with the context of this very test', async (t) => {
  const p = testPipeline(t);
  assertThat(p.apply(create(['a']))).hasCount(1);
  await p.run();
});

test('a pipeline may run on another runner', async (t) => {
  const p = testPipeline(t);
  assertThat(p.apply(create(['a']))).hasCount(1);
  const result = await p.run(directRunner());
  expect(result.state).toBe('DONE');
});

test('a function that ran the pipeline itself gets the result of that run', async () => {
  const result = await testPipeline(async (p) => {
    assertThat(p.apply(create([1]))).hasCount(1);
    await p.run();
  });
  expect(result.metric(assertionsRun).committed).toBe(1);
});

describe('strictness', () => {
  /** What a step saw of 200 numbers: their order, and how many bundles they came in. */
  async function seen(options: TestPipelineOptions): Promise<{ readonly order: string; readonly bundles: number }> {
    const order: number[] = [];
    let bundles = 0;
    await testPipeline((p) => {
      p.apply(create(Array.from({ length: 200 }, (_, i) => i))).parDo({
        name: 'See',
        startBundle: () => void bundles++,
        process: (n: number) => void order.push(n),
      });
    }, options);
    return { order: String(order), bundles };
  }

  test('a step that changes its input fails, unless that is not asked for', async () => {
    const change = (p: TestPipeline): void => {
      p.apply(create([{ n: 1 }])).map((row) => ++row.n, { name: 'Change' });
    };
    await expect(testPipeline(change)).rejects.toThrow(/^Change: /);
    await testPipeline(change, { mutation: false });
  });

  test('an element without bytes fails, unless that is not asked for', async () => {
    const opaque = (p: TestPipeline): void => {
      const functions = p.apply(create([() => 1]), { name: 'Functions' }).keyBy(() => 'k');
      functions.groupByKey().map(({ value }) => [...value].length);
    };
    await expect(testPipeline(opaque)).rejects.toThrow(/function/);
    await testPipeline(opaque, { encode: false });
  });

  test('elements come in another order, unless that is not asked for', async () => {
    const plain = await seen({ permute: false, bundleSizes: false });
    expect((await seen({ seed: 1, bundleSizes: false })).order).not.toBe(plain.order);
    expect((await seen({ seed: 1, permute: false })).order).toBe(plain.order);
  });

  test('elements come in bundles of other sizes, unless that is not asked for', async () => {
    expect((await seen({ bundleSizes: false })).bundles).toBe(1);
    expect((await seen({ seed: 3 })).bundles).toBeGreaterThan(1);
  });

  test('the same seed does the same again', async () => {
    expect(await seen({ seed: 7 })).toEqual(await seen({ seed: 7 }));
    expect(await seen({ seed: 7 })).not.toEqual(await seen({ seed: 8 }));
  });
});

test('node:test reports a pipeline that was never run', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'viga-node-test-'));
  const file = join(folder, 'forgotten.test.ts');
  const root = join(import.meta.dirname, '../..');
  await writeFile(
    file,
    `import test from 'node:test';
import { assertThat, testPipeline } from '${root}/testing/index.ts';
import { create } from '${root}/transforms/index.ts';
test('forgets to run', (t) => {
  assertThat(testPipeline(t).apply(create([1]))).isEmpty();
});
test('runs', async (t) => {
  const p = testPipeline(t);
  assertThat(p.apply(create([1]))).hasCount(1);
  await p.run();
});
`,
  );
  // The variable tells node:test that it runs inside another runner of tests, which it does not here.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const run = promisify(execFile)(process.execPath, ['--test', '--test-reporter=tap', file], { env });
  const { stdout } = (await run.catch((error: unknown) => error)) as { readonly stdout: string };
  await rm(folder, { recursive: true });
  expect(stdout).toMatch(/^not ok 1 - forgets to run/m);
  expect(stdout).toContain('the pipeline was never run');
  expect(stdout).toMatch(/^ok 2 - runs/m);
});

test('a strict run gives the context to functions that take the rest of their parameters', () =>
  testPipeline((p) => {
    const timestamps = p.apply(create(['a'], { timestamps: [5] })).map((...all) => all[1].timestamp);
    assertThat(timestamps).containsInAnyOrder([5]);
  }));
