import { count, kv, type KV, type PCollection, sum } from 'viga';
import { expectType } from './expect-type.ts';

declare const words: PCollection<string>;
interface Point {
  x: number;
  y: number;
}
declare const points: PCollection<Point>;

// A literal infers as a KV; a pair in brackets would be an array.
const ones = words.map((word) => ({ key: word, value: 1 }));
expectType<PCollection<{ key: string; value: number }>>()(ones);
expectType<PCollection<KV<string, number>>>()(words.map((word) => kv(word, 1)));
expectType<PCollection<KV<string, Iterable<number>>>>()(ones.groupByKey());
const pairs = words.map((word) => [word, 1]);
expectType<PCollection<(string | number)[]>>()(pairs);

// Keyed methods are refused on what has no key and value.
// @ts-expect-error: a string has no key
words.groupByKey();
// @ts-expect-error: an array is not a KV
pairs.groupByKey();
// @ts-expect-error: nothing to combine per key
words.combinePerKey(count);
// @ts-expect-error: no values to map
words.mapValues((value) => value);

// Combiners take the type of the values.
expectType<PCollection<KV<string, number>>>()(ones.combinePerKey(sum));
expectType<PCollection<KV<string, number>>>()(words.keyBy((word) => word).combinePerKey(count));
// @ts-expect-error: the sum is one of numbers, the values are strings
words.keyBy((word) => word).combinePerKey(sum);
expectType<PCollection<KV<string, string>>>()(ones.mapValues((value, key) => `${key}${value}`));

// Any type may be a key; interfaces too, which an index signature would refuse.
expectType<PCollection<KV<Point, Iterable<Point>>>>()(points.keyBy((point) => point).groupByKey());
expectType<PCollection<KV<bigint, Point>>>()(points.keyBy(({ x }) => BigInt(x)));
expectType<PCollection<KV<readonly [number, number], Point>>>()(points.keyBy(({ x, y }) => [x, y] as const));

// A KV is read-only.
words
  .keyBy((word) => word)
  .map((pair) => {
    // @ts-expect-error: other steps may hold the same element
    pair.key = 'x';
    return pair;
  });
