import { type KV, kv, type PCollection, type PTransform, ptransform } from '../model/index.ts';
import { coGroupByKey } from './co-group-by-key.ts';

/** A value of the left collection and one of the right that have the same key. */
type Pair<L, R> = readonly [left: L, right: R];

/** Up to this many pairs of a key are made at once; more come one by one, so that they need no memory. */
const AT_ONCE = 1_000;

/**
 * Joins two keyed collections, per window: a pair for each combination of a left and a right value with the same key.
 *
 * The collections have the same windows. Where one of them is small, {@link innerHashJoin} needs no shuffle.
 *
 * @example
 * import { create, innerJoin, kv, Pipeline } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * const users = p.apply(create([kv(1, 'Ana'), kv(2, 'Eva')]), { name: 'Users' });
 * const orders = p.apply(create([kv(1, 'tea'), kv(3, 'nuts')]), { name: 'Orders' });
 * assertThat(users.apply(innerJoin(orders))).containsInAnyOrder([kv(1, ['Ana', 'tea'])]);
 * await p.run(directRunner());
 */
export const innerJoin = <K, L, R>(
  right: PCollection<KV<K, R>>,
): PTransform<PCollection<KV<K, L>>, PCollection<KV<K, Pair<L, R>>>> =>
  ptransform('InnerJoin', (left) => joined(left, right, [], []));

/**
 * Joins two keyed collections and keeps left values without partner: their right value is null.
 *
 * @example
 * import { create, kv, leftJoin, Pipeline } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * const users = p.apply(create([kv(1, 'Ana'), kv(2, 'Eva')]), { name: 'Users' });
 * const orders = p.apply(create([kv(1, 'tea'), kv(3, 'nuts')]), { name: 'Orders' });
 * assertThat(users.apply(leftJoin(orders))).containsInAnyOrder([kv(1, ['Ana', 'tea']), kv(2, ['Eva', null])]);
 * await p.run(directRunner());
 */
export const leftJoin = <K, L, R>(
  right: PCollection<KV<K, R>>,
): PTransform<PCollection<KV<K, L>>, PCollection<KV<K, Pair<L, R | null>>>> =>
  ptransform('LeftJoin', (left) => joined(left, right, [], NOTHING));

/**
 * Joins two keyed collections and keeps right values without partner: their left value is null.
 *
 * @example
 * import { create, kv, Pipeline, rightJoin } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * const users = p.apply(create([kv(1, 'Ana'), kv(2, 'Eva')]), { name: 'Users' });
 * const orders = p.apply(create([kv(1, 'tea'), kv(3, 'nuts')]), { name: 'Orders' });
 * assertThat(users.apply(rightJoin(orders))).containsInAnyOrder([kv(1, ['Ana', 'tea']), kv(3, [null, 'nuts'])]);
 * await p.run(directRunner());
 */
export const rightJoin = <K, L, R>(
  right: PCollection<KV<K, R>>,
): PTransform<PCollection<KV<K, L>>, PCollection<KV<K, Pair<L | null, R>>>> =>
  ptransform('RightJoin', (left) => joined(left, right, NOTHING, []));

/**
 * Joins two keyed collections and keeps values without partner on both sides: null stands in the place of the partner.
 *
 * @example
 * import { create, fullJoin, kv, Pipeline } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * const users = p.apply(create([kv(1, 'Ana'), kv(2, 'Eva')]), { name: 'Users' });
 * const orders = p.apply(create([kv(1, 'tea'), kv(3, 'nuts')]), { name: 'Orders' });
 * assertThat(users.apply(fullJoin(orders))).containsInAnyOrder([
 *   kv(1, ['Ana', 'tea']),
 *   kv(2, ['Eva', null]),
 *   kv(3, [null, 'nuts']),
 * ]);
 * await p.run(directRunner());
 */
export const fullJoin = <K, L, R>(
  right: PCollection<KV<K, R>>,
): PTransform<PCollection<KV<K, L>>, PCollection<KV<K, Pair<L | null, R | null>>>> =>
  ptransform('FullJoin', (left) => joined(left, right, NOTHING, NOTHING));

/** What a missing partner is replaced by. */
const NOTHING: readonly null[] = [null];

/** A join; `noLeft` and `noRight` stand in for the values of a side that has none: nothing, or a null. */
const joined = <K, L, R, A, B>(
  left: PCollection<KV<K, L>>,
  right: PCollection<KV<K, R>>,
  noLeft: readonly A[],
  noRight: readonly B[],
): PCollection<KV<K, Pair<L | A, R | B>>> =>
  coGroupByKey({ left, right }).flatMap(
    ({ key, value }) => pairs(key, orElse<L | A>(value.left, noLeft), orElse<R | B>(value.right, noRight)),
    { name: 'Pairs' },
  );

function orElse<T>(values: Iterable<T>, nothing: Iterable<T>): Iterable<T> {
  for (const _value of values) return values;
  return nothing;
}

function pairs<K, L, R>(key: K, lefts: Iterable<L>, rights: Iterable<R>): Iterable<KV<K, Pair<L, R>>> {
  const all = onePerPair(key, lefts, rights);
  const isSmall = Array.isArray(lefts) && Array.isArray(rights) && lefts.length * rights.length <= AT_ONCE;
  return isSmall ? [...all] : all;
}

function* onePerPair<K, L, R>(key: K, lefts: Iterable<L>, rights: Iterable<R>): Iterable<KV<K, Pair<L, R>>> {
  for (const left of lefts) for (const right of rights) yield kv(key, [left, right]);
}
