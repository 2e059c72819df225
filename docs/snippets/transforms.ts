import assert from 'node:assert/strict';
import { count, countPerElement, create, kv, type KV, type PCollection, Pipeline, ptransform, sum } from 'viga';
import { directRunner } from 'viga/runners/direct';
import { assertThat } from 'viga/testing';

const pipeline = new Pipeline();

// #region element-wise
const lines = pipeline.apply(create(['3 apples', '2 pears', 'none']));
const amounts = lines
  .map((line) => line.split(' '))
  .filter((fields) => fields.length === 2)
  .flatMap(([amount, fruit]) => (fruit === undefined ? [] : [kv(fruit, Number(amount))]));
// #endregion
assertThat(amounts).containsInAnyOrder([kv('apples', 3), kv('pears', 2)]);

// #region per-key
const perFruit: PCollection<KV<string, number>> = amounts.combinePerKey(sum);
const groups: PCollection<KV<string, Iterable<number>>> = amounts.groupByKey();
const total: PCollection<number> = amounts.map(({ value }) => value).combineGlobally(sum);
// #endregion
assertThat(perFruit).containsInAnyOrder([kv('apples', 3), kv('pears', 2)]);
assertThat(groups.mapValues((values) => [...values])).containsInAnyOrder([kv('apples', [3]), kv('pears', [2])]);
assertThat(total).containsInAnyOrder([5]);

// #region composite
/** Counts how many words have each length. */
const lengths = ptransform('Lengths', (words: PCollection<string>) =>
  words.keyBy((word) => word.length).combinePerKey(count),
);

const counted = pipeline.apply(create(['to', 'be', 'not']), { name: 'Words' }).apply(lengths);
const seen = pipeline.apply(create(['a', 'b', 'a']), { name: 'Letters' }).apply(countPerElement());
// #endregion
assertThat(counted).containsInAnyOrder([kv(2, 2), kv(3, 1)]);
assertThat(seen).containsInAnyOrder([kv('a', 2), kv('b', 1)]);

assert.equal((await pipeline.run(directRunner())).state, 'DONE');
