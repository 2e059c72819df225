import { expect, test, vi } from 'vitest';
import { slidingWindows } from '../../model/index.ts';
import { assertThat, testPipeline } from '../../testing/index.ts';
import { create, log } from '../../transforms/index.ts';

test('each element is written, and passed on', async () => {
  const lines: string[] = [];
  await testPipeline((p) => {
    const logged = p
      .apply(create<unknown>(['a', { b: 1n }]))
      .apply(log({ prefix: '> ', write: (line) => lines.push(line) }));
    assertThat(logged).containsInAnyOrder([{ b: 1n }, 'a']);
  });
  expect(lines.sort()).toEqual(['> a', '> {"b":"1n"}']);
});

test('with windows, a line per window', async () => {
  const lines: string[] = [];
  await testPipeline((p) => {
    p.apply(create([1], { timestamps: [7] }))
      .windowInto(slidingWindows({ size: 10, period: 5 }))
      .apply(log({ withWindow: true, format: (n) => `#${n}`, write: (line) => lines.push(line) }));
  });
  expect(lines.sort()).toEqual([
    '#1 at 1970-01-01T00:00:00.007Z in [1970-01-01T00:00:00.000Z, 1970-01-01T00:00:00.010Z)',
    '#1 at 1970-01-01T00:00:00.007Z in [1970-01-01T00:00:00.005Z, 1970-01-01T00:00:00.015Z)',
  ]);
});

test('lines go to standard error, and none come of no elements', async () => {
  const error = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  try {
    await testPipeline((p) => {
      p.apply(create(['a'])).apply(log());
      p.apply(create([])).apply(log());
    });
    expect(error.mock.calls).toEqual([['a']]);
  } finally {
    error.mockRestore();
  }
});
