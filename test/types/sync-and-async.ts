import { type KV, type PCollection, type PTransform, ptransform } from 'viga';
import { expectType } from './expect-type.ts';

declare const ids: PCollection<number>;
declare const users: PCollection<KV<string, number>>;
declare function load(id: number): Promise<{ name: string }>;
declare function cached(id: number): string | Promise<string>;

// One signature for sync and async functions: the collection holds what the promise gives.
expectType<PCollection<number>>()(ids.map((id) => id + 1));
expectType<PCollection<{ name: string }>>()(ids.map((id) => load(id)));
expectType<PCollection<string>>()(ids.map(async (id) => (await load(id)).name));
expectType<PCollection<string>>()(ids.map(cached));
expectType<PCollection<number>>()(ids.filter(async (id) => (await load(id)).name !== ''));
expectType<PCollection<string>>()(ids.flatMap(async (id) => [(await load(id)).name]));
expectType<PCollection<KV<string, { name: string }>>>()(users.mapValues((id) => load(id)));
expectType<PCollection<number>>()(
  ids.flatMap(async function* (id) {
    yield id;
  }),
);
expectType<PCollection<string>>()(
  ids.parDo({
    async process(id) {
      return [(await load(id)).name];
    },
  }),
);

// In a generic composite as well, where `Awaited<U>` would spread through the signatures.
const mapLong = <T, U>(fn: (element: T) => U | PromiseLike<U>): PTransform<PCollection<T>, PCollection<U>> =>
  ptransform('MapLong', (input) => input.filter((element) => String(element).length > 1).map(fn));
expectType<PCollection<{ name: string }>>()(ids.apply(mapLong((id: number) => load(id))));
expectType<PCollection<string>>()(ids.apply(mapLong((id: number) => String(id))));

// Timestamps and window functions are sync: a promise is refused.
// @ts-expect-error: a timestamp is a number, not a promise of one
ids.withTimestamps(async (id) => id);
// @ts-expect-error: `flatMap` needs something to iterate over
ids.flatMap((id) => id);
