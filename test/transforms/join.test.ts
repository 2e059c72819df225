import { expect, expectTypeOf, test } from 'vitest';
import {
  fixedWindows,
  interval,
  type KV,
  kv,
  minutes,
  type PCollection,
  type Pipeline,
  sessions,
} from '../../model/index.ts';
import { assertThat, testPipeline } from '../../testing/index.ts';
import {
  create,
  fullJoin,
  innerHashJoin,
  innerJoin,
  leftHashJoin,
  leftJoin,
  rightJoin,
} from '../../transforms/index.ts';

type Sides = readonly [left: PCollection<KV<string, number>>, right: PCollection<KV<string, string>>];

/** x is on both sides, twice on the right; l only on the left, r only on the right. */
const sides = (p: Pipeline): Sides => [
  p.apply(create([kv('x', 1), kv('l', 2)])),
  p.apply(create([kv('x', 'p'), kv('x', 'q'), kv('r', 's')])),
];

const both: readonly KV<string, readonly [number, string]>[] = [kv('x', [1, 'p']), kv('x', [1, 'q'])];

test('an inner join has the pairs of both sides', () =>
  testPipeline((p) => {
    const [left, right] = sides(p);
    const joined = left.apply(innerJoin(right));
    expectTypeOf(joined).toEqualTypeOf<PCollection<KV<string, readonly [left: number, right: string]>>>();
    assertThat(joined).containsInAnyOrder(both);
  }));

test('a left join keeps the left side, a right join the right side, a full join both', () =>
  testPipeline((p) => {
    const [left, right] = sides(p);
    assertThat(left.apply(leftJoin(right))).containsInAnyOrder([...both, kv('l', [2, null])]);
    assertThat(left.apply(rightJoin(right))).containsInAnyOrder([...both, kv('r', [null, 's'])]);
    assertThat(left.apply(fullJoin(right))).containsInAnyOrder([...both, kv('l', [2, null]), kv('r', [null, 's'])]);
  }));

test('a hash join gives what the join gives', () =>
  testPipeline((p) => {
    const [left, right] = sides(p);
    assertThat(left.apply(innerHashJoin(right))).containsInAnyOrder(both);
    assertThat(left.apply(leftHashJoin(right))).containsInAnyOrder([...both, kv('l', [2, null])]);
  }));

test('joins with a side that is empty', () =>
  testPipeline((p) => {
    const [left] = sides(p);
    const none = p.apply(create<KV<string, string>>([]));
    const kept: readonly KV<string, readonly [number, string | null]>[] = [kv('x', [1, null]), kv('l', [2, null])];
    assertThat(left.apply(innerJoin(none))).isEmpty();
    assertThat(left.apply(innerHashJoin(none))).isEmpty();
    assertThat(left.apply(leftJoin(none))).containsInAnyOrder(kept);
    assertThat(left.apply(leftHashJoin(none))).containsInAnyOrder(kept);
    assertThat(none.apply(fullJoin(left))).containsInAnyOrder([kv('x', [null, 1]), kv('l', [null, 2])]);
    assertThat(none.apply(leftHashJoin(left))).isEmpty();
  }));

test('a null value is not taken for a missing one', () =>
  testPipeline((p) => {
    const left = p.apply(create<KV<string, null | undefined>>([kv('x', null), kv('y', undefined)]));
    const right = p.apply(create<KV<string, number | undefined>>([kv('x', undefined), kv('y', 0)]));
    assertThat(left.apply(innerJoin(right))).containsInAnyOrder([kv('x', [null, undefined]), kv('y', [undefined, 0])]);
  }));

test('many pairs of one key all come out', () =>
  testPipeline((p) => {
    const side = p.apply(create(Array.from({ length: 60 }, (_, i) => kv('hot', i))));
    assertThat(side.apply(innerJoin(side))).hasCount(3_600);
  }));

test('windows are joined one by one', () =>
  testPipeline((p) => {
    const windows = fixedWindows({ size: 10 });
    const left = p.apply(create([kv('x', 1), kv('x', 2)], { timestamps: [1, 11] })).windowInto(windows);
    const right = p.apply(create([kv('x', 'p')], { timestamps: [12] })).windowInto(windows);
    const kept = left.apply(leftJoin(right));
    assertThat(kept)
      .inWindow(interval(0, 10))
      .containsInAnyOrder([kv('x', [1, null])]);
    assertThat(kept)
      .inWindow(interval(10, 20))
      .containsInAnyOrder([kv('x', [2, 'p'])]);
    assertThat(left.apply(innerHashJoin(right)))
      .inWindow(interval(10, 20))
      .containsInAnyOrder([kv('x', [2, 'p'])]);
    assertThat(left.apply(innerHashJoin(right)))
      .inWindow(interval(0, 10))
      .isEmpty();
  }));

test('a windowed collection looks things up in a global one', () =>
  testPipeline((p) => {
    const left = p.apply(create([kv('x', 1)], { timestamps: [1] })).windowInto(fixedWindows({ size: 10 }));
    const right = p.apply(create([kv('x', 'p')]));
    assertThat(left.apply(innerHashJoin(right)))
      .inWindow(interval(0, 10))
      .containsInAnyOrder([kv('x', [1, 'p'])]);
  }));

test('a small side in sessions is refused with the fix', async () => {
  const wrong = testPipeline((p) => {
    const [left, right] = sides(p);
    left.apply(innerHashJoin(right.windowInto(sessions({ gap: minutes(1) }))));
  });
  await expect(wrong).rejects.toThrow(/Re-window it first/);
});
