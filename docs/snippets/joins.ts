import assert from 'node:assert/strict';
import { create, innerHashJoin, kv, leftJoin, Pipeline } from 'viga';
import { directRunner } from 'viga/runners/direct';
import { assertThat } from 'viga/testing';

const pipeline = new Pipeline();
const names = pipeline.apply(create([kv(1, 'Ann'), kv(2, 'Bob')]), { name: 'Names' });
const items = pipeline.apply(create([kv(1, 'tea'), kv(1, 'milk'), kv(3, 'rice')]), { name: 'Items' });

// #region pairs
const bought = items.apply(leftJoin(names)).map(({ value: [item, name] }) => `${item}: ${name ?? 'unknown'}`);
const known = items.apply(innerHashJoin(names)).map(({ value: [item, name] }) => `${item}: ${name}`);
// #endregion
assertThat(bought).containsInAnyOrder(['tea: Ann', 'milk: Ann', 'rice: unknown']);
assertThat(known).containsInAnyOrder(['tea: Ann', 'milk: Ann']);

assert.equal((await pipeline.run(directRunner())).state, 'DONE');
