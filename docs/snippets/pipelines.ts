import assert from 'node:assert/strict';
import { count, create, type PCollection, Pipeline } from 'viga';
import { directRunner } from 'viga/runners/direct';

// #region build
const pipeline = new Pipeline();
const numbers: PCollection<number> = pipeline.apply(create([1, 2, 3, 4]));
const even = numbers.filter((n) => n % 2 === 0, { name: 'Even' });
const squares = even.map((n) => n * n, { name: 'Square' });
// #endregion

const collected: number[] = [];
squares.map((n) => collected.push(n));

// #region run
const result = await pipeline.run(directRunner());
const square = result.steps.find(({ step }) => step === 'Square');
console.log(`${square?.elementsIn} in, ${square?.elementsOut} out`); // 2 in, 2 out
// #endregion

assert.deepEqual(collected, [4, 16]);
assert.equal(square?.elementsOut, 2);

// #region names
const words = new Pipeline();
words
  .apply(create(['a', 'b', 'a']))
  .keyBy((word) => word) // step KeyBy
  .combinePerKey(count, { name: 'Count words' }) // step Count words
  .map(({ value }) => value) // step Map
  .map((n) => n + 1); // step Map-2
// #endregion

const paths = words.graph.steps.map(({ path }) => path);
assert.deepEqual(paths.slice(-4), ['KeyBy', 'Count words', 'Map', 'Map-2']);
