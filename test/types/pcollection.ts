import { count, create, type KV, type PCollection, Pipeline, type PTransform, ptransform, sum } from 'viga';
import { expectType } from './expect-type.ts';

declare const lines: PCollection<string>;
declare const minCount: number;

// The element of a lambda has the collection's type without an annotation, all along a chain.
const counts = lines
  .flatMap((line) => line.toLowerCase().match(/[a-z]+/g) ?? [], { name: 'Split' })
  .keyBy((word) => word)
  .combinePerKey(count, { name: 'Count' });
expectType<PCollection<KV<string, number>>>()(counts);
expectType<PCollection<KV<string, number>>>()(counts.filter(({ value }) => value >= minCount));
expectType<PCollection<number>>()(lines.map((line) => line.length));
// @ts-expect-error: a string has no such property
lines.map((line) => line.lenght);

// `apply` gives what the transform gives, and refuses a transform of something else.
declare function countPerElement<T>(): PTransform<PCollection<T>, PCollection<KV<T, number>>>;
declare const doubled: PTransform<PCollection<number>, PCollection<number>>;
expectType<PCollection<KV<string, number>>>()(lines.apply(countPerElement()));
expectType<PCollection<KV<number, number>>>()(
  lines.map((line) => line.length).apply(countPerElement(), { name: 'Sizes' }),
);
// @ts-expect-error: its input is a collection of numbers
lines.apply(doubled);
// @ts-expect-error: an option that does not exist
lines.apply(countPerElement(), { label: 'x' });

// A transform may be applied to a collection of a narrower element, never to one of a wider.
declare const describe: PTransform<PCollection<unknown>, PCollection<string>>;
declare const anything: PCollection<unknown>;
expectType<PCollection<string>>()(lines.apply(describe));
// @ts-expect-error: the element may be anything, the transform takes numbers
anything.apply(doubled);
// @ts-expect-error: `expand` is a property, so transforms are not bivariant in their input
const wider: PTransform<PCollection<unknown>, PCollection<number>> = doubled;
void wider;

// `filter` narrows by a type guard, and by what TypeScript takes for one.
declare const perhaps: PCollection<string | undefined>;
const isShort = (line: string): line is 'a' | 'b' => line.length === 1;
expectType<PCollection<'a' | 'b'>>()(lines.filter(isShort));
expectType<PCollection<string>>()(perhaps.filter((line) => line !== undefined));
expectType<PCollection<string>>()(lines.filter((line) => line.length > 1));
// @ts-expect-error: a condition is a boolean
lines.filter((line) => line.length);

// Generic composites are written with methods and infer inside and outside.
const keepFrequent = <T>(least: number): PTransform<PCollection<T>, PCollection<T>> =>
  ptransform('KeepFrequent', (input) =>
    input
      .apply(countPerElement())
      .filter(({ value }) => value >= least)
      .map(({ key }) => key),
  );
expectType<PCollection<string>>()(lines.apply(keepFrequent(2)));

// A pipeline starts with a transform from nothing and refuses one from a collection.
const p = new Pipeline();
expectType<PCollection<number>>()(p.apply(create([1, 2])));
// @ts-expect-error: the transform's input is a collection
p.apply(doubled);

// A collection of strings can be passed where one of unknown is asked for; nobody can write to it.
const upcast: PCollection<unknown> = lines;
void upcast;
// @ts-expect-error: but not the other way round
const downcast: PCollection<string> = anything;
void downcast;

// Combining all elements into one has the combiner's types.
expectType<PCollection<number>>()(lines.combineGlobally(count));
// @ts-expect-error: the sum is one of numbers
lines.combineGlobally(sum);
