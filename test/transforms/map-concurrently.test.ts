import { expect, test } from 'vitest';
import { asSingleton, type DeadLetter, fixedWindows, interval, type PCollection } from '../../model/index.ts';
import { assertThat, testPipeline } from '../../testing/index.ts';
import { create, mapConcurrently } from '../../transforms/index.ts';

/** Calls that wait until they are let go, and how many were under way at a time. */
class Gate {
  most = 0;
  #open = 0;

  readonly pass = async (n: number): Promise<number> => {
    this.most = Math.max(this.most, ++this.#open);
    // Later calls are done sooner, so that order is not kept by luck.
    for (let turn = n; turn < 20; turn++) await Promise.resolve();
    this.#open--;
    return n;
  };
}

const numbers = Array.from({ length: 20 }, (_, i) => i);

test('calls overlap, no more than allowed', async () => {
  const gate = new Gate();
  await testPipeline(
    (p) => {
      const called = p.apply(create(numbers)).apply(mapConcurrently(gate.pass, { concurrency: 4 }));
      assertThat(called).containsInAnyOrder(numbers);
    },
    { bundleSizes: false },
  );
  expect(gate.most).toBe(4);
});

test('results keep the order of their inputs unless they need not', async () => {
  const order = async (ordered: boolean): Promise<readonly number[]> => {
    const seen: number[] = [];
    const gate = new Gate();
    await testPipeline(
      (p) => {
        const called = p.apply(create(numbers)).apply(mapConcurrently(gate.pass, { concurrency: 8, ordered }));
        called.map((n) => void seen.push(n));
      },
      { permute: false, bundleSizes: false },
    );
    return seen;
  };
  expect(await order(true)).toEqual(numbers);
  const unordered = await order(false);
  expect(unordered).not.toEqual(numbers);
  expect(unordered.toSorted((a, b) => a - b)).toEqual(numbers);
});

test('windows are kept, side inputs are seen, and nothing stays nothing', () =>
  testPipeline((p) => {
    const windows = fixedWindows({ size: 10 });
    const all = p.apply(create([1, 2], { timestamps: [1, 11] })).windowInto(windows);
    const factor = asSingleton(p.apply(create([10])));
    const times = all.apply(
      mapConcurrently(async (n, { sideInputs }) => n * sideInputs.factor, { concurrency: 2, sideInputs: { factor } }),
    );
    assertThat(times).inWindow(interval(10, 20)).containsInAnyOrder([20]);
    assertThat(p.apply(create<number>([])).apply(mapConcurrently(async (n) => n, { concurrency: 2 }))).isEmpty();
  }));

test('failed calls may become dead letters', () =>
  testPipeline((p) => {
    let failed: PCollection<DeadLetter<number>> | undefined;
    const odd = p.apply(create([1, 2, 3])).apply(
      mapConcurrently(
        async (n: number) => {
          if (n === 2) throw new Error('even');
          return n;
        },
        { concurrency: 2, deadLetters: (letters) => (failed = letters) },
      ),
    );
    assertThat(odd).containsInAnyOrder([1, 3]);
    if (failed === undefined) throw new Error('no dead letters');
    assertThat(failed.map(({ element, error }) => [element, error.message])).containsInAnyOrder([[2, 'even']]);
  }));

test('no concurrency is refused', async () => {
  const wrong = testPipeline((p) => {
    p.apply(create([1])).apply(mapConcurrently(async (n) => n, { concurrency: 0 }));
  });
  await expect(wrong).rejects.toThrow(/MapConcurrently\/Call: concurrency is 0/);
});
