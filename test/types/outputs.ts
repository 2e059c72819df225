import { type KV, outputAt, type Outputs, outputTag, type PCollection, seconds } from 'viga';
import { expectType } from './expect-type.ts';

declare const numbers: PCollection<number>;

// One output: a collection. Several: a record of `main` and one collection per tag.
expectType<PCollection<string>>()(numbers.parDo({ process: (n) => [String(n)] }));
const split = numbers.parDo({
  outputs: { odd: outputTag<number>(), names: outputTag<string>() },
  process(n, { emit }) {
    if (n % 2 === 1) emit.odd(n);
    emit.names('x', 5);
    return [{ n }];
  },
});
expectType<
  Outputs<{ n: number }, { odd: ReturnType<typeof outputTag<number>>; names: ReturnType<typeof outputTag<string>> }>
>()(split);
expectType<PCollection<{ n: number }>>()(split.main);
expectType<PCollection<number>>()(split.odd);
expectType<PCollection<string>>()(split.names);
// @ts-expect-error: no such output
void split.even;

// A DoFn that yields nothing gives a collection of nothing, which nobody can misuse.
const nothing = numbers.parDo({ process() {} });
expectType<PCollection<never>>()(nothing);
// @ts-expect-error: with one output there is no record
void numbers.parDo({ process: (n) => [n] }).main;

// In generic composites both forms infer: the return type takes no part in it.
function onlyFirst<K, V>(pairs: PCollection<KV<K, V>>): PCollection<V> {
  return pairs.parDo({ process: ({ value }) => [value] });
}
function rejecting<T>(input: PCollection<T>): { main: PCollection<T>; rejected: PCollection<string> } {
  return input.parDo({
    outputs: { rejected: outputTag<string>() },
    process(element, { emit }) {
      emit.rejected('why');
      return [element];
    },
  });
}
expectType<PCollection<boolean>>()(onlyFirst(numbers.map((n) => ({ key: n, value: n > 1 }))));
expectType<PCollection<number>>()(rejecting(numbers).main);

// What is yielded with a timestamp of its own is still the element.
expectType<PCollection<number>>()(
  numbers.parDo({ process: (n: number, { timestamp }) => [outputAt(n, timestamp + seconds(1))] }),
);

// Failed elements come as dead letters of the element's type.
numbers.map((n) => n / 2, {
  deadLetters: (failed) => {
    expectType<PCollection<number>>()(failed.map(({ element }) => element));
    expectType<PCollection<string>>()(failed.map(({ error }) => error.message));
  },
});
