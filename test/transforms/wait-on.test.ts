import { expect, test } from 'vitest';
import { fixedWindows, interval, minutes, sessions } from '../../model/index.ts';
import { assertThat, testPipeline } from '../../testing/index.ts';
import { create, reifyWindows, waitOn } from '../../transforms/index.ts';

test('elements wait until all signals are complete', async () => {
  const done: string[] = [];
  await testPipeline((p) => {
    const main = p.apply(create(['main']));
    // They are built after what waits for them, so order of construction does not explain the order of the run.
    const signals = ['one', 'two'].map((name) => p.apply(create([name, name])).map((text) => void done.push(text)));
    main.apply(waitOn(...signals)).map((text) => void done.push(text));
  });
  expect(done).toEqual(expect.arrayContaining(['one', 'one', 'two', 'two']));
  expect(done.at(-1)).toBe('main');
  expect(done).toHaveLength(5);
});

test('a signal without elements holds back nothing for ever', () =>
  testPipeline((p) => {
    assertThat(p.apply(create([1])).apply(waitOn(p.apply(create([]))))).containsInAnyOrder([1]);
  }));

test('a side that comes from the same source is complete first', async () => {
  const done: string[] = [];
  await testPipeline((p) => {
    const source = p.apply(create([1, 2]));
    const signal = source.map((n) => void done.push(`signal ${n}`));
    source.apply(waitOn(signal)).map((n) => void done.push(`main ${n}`));
  });
  expect(done.slice(0, 2).sort()).toEqual(['signal 1', 'signal 2']);
});

test('timestamps and windows are kept', () =>
  testPipeline((p) => {
    const windows = fixedWindows({ size: 10 });
    const main = p.apply(create(['a', 'b'], { timestamps: [1, 11] })).windowInto(windows);
    const waited = main.apply(waitOn(p.apply(create([1], { timestamps: [3] })).windowInto(windows)));
    const stamped = waited.apply(reifyWindows()).map(({ value, timestamp, window }) => ({ value, timestamp, window }));
    assertThat(stamped).containsInAnyOrder([
      { value: 'a', timestamp: 1, window: interval(0, 10) },
      { value: 'b', timestamp: 11, window: interval(10, 20) },
    ]);
  }));

test('a signal in sessions is refused', async () => {
  const wrong = testPipeline((p) => {
    const signal = p.apply(create([1])).windowInto(sessions({ gap: minutes(1) }));
    p.apply(create([1])).apply(waitOn(signal));
  });
  await expect(wrong).rejects.toThrow(/Re-window it first/);
});
