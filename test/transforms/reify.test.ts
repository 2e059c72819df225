import { test } from 'vitest';
import { fixedWindows, interval, NO_FIRING, ON_TIME_AND_ONLY, slidingWindows } from '../../model/index.ts';
import { assertThat, testPipeline } from '../../testing/index.ts';
import { create, reifyTimestamps, reifyWindows } from '../../transforms/index.ts';

test('timestamps become data', () =>
  testPipeline((p) => {
    const stamped = p.apply(create(['a', 'b'], { timestamps: [5, -1] })).apply(reifyTimestamps());
    assertThat(stamped).containsInAnyOrder([
      { value: 'a', timestamp: 5 },
      { value: 'b', timestamp: -1 },
    ]);
  }));

test('an element in two windows comes out once for each', () =>
  testPipeline((p) => {
    const windowed = p.apply(create(['a'], { timestamps: [7] })).windowInto(slidingWindows({ size: 10, period: 5 }));
    const one = { value: 'a', timestamp: 7, pane: NO_FIRING };
    assertThat(windowed.apply(reifyWindows())).containsInAnyOrder([
      { ...one, window: interval(0, 10) },
      { ...one, window: interval(5, 15) },
    ]);
  }));

test('a group has the end of its window and its pane', () =>
  testPipeline((p) => {
    const windowed = p.apply(create(['a'], { timestamps: [7] })).windowInto(fixedWindows({ size: 10 }));
    const groups = windowed
      .keyBy(() => 'k')
      .groupByKey()
      .map(({ key }) => key);
    assertThat(groups.apply(reifyWindows())).containsInAnyOrder([
      { value: 'k', timestamp: 9, window: interval(0, 10), pane: ON_TIME_AND_ONLY },
    ]);
  }));

test('nothing stays nothing', () =>
  testPipeline((p) => {
    assertThat(p.apply(create([])).apply(reifyTimestamps())).isEmpty();
    assertThat(p.apply(create([])).apply(reifyWindows())).isEmpty();
  }));
