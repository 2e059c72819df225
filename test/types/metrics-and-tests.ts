import { counter, create, distribution, gauge, kv, type PipelineResult, stringSet, Pipeline } from 'viga';
import { assertThat } from 'viga/testing';
import { expectType } from './expect-type.ts';

// A metric's value has the type of its kind.
declare const result: PipelineResult;
expectType<number>()(result.metric(counter('orders', 'malformed')).committed);
expectType<{ readonly sum: number; readonly count: number; readonly min: number; readonly max: number }>()(
  result.metric(distribution('orders', 'size')).committed,
);
expectType<number | undefined>()(result.metric(gauge('orders', 'lag'), 'Step').attempted);
expectType<ReadonlySet<string>>()(result.metric(stringSet('orders', 'places')).committed);
// @ts-expect-error: a counter counts
counter('orders', 'malformed').set(1);

// An assertion takes elements of the collection only.
const lengths = new Pipeline().apply(create(['a'])).map((text) => text.length);
assertThat(lengths).containsInAnyOrder([1, 4]);
// @ts-expect-error: the elements are numbers
assertThat(lengths).containsInAnyOrder(['x']);
assertThat(lengths.map((n) => kv(n, 'x'))).satisfies((pairs) => {
  expectType<number | undefined>()(pairs[0]?.key);
});
