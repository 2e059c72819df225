import { type } from 'arktype';
import * as v from 'valibot';
import { type InferOutput, type PCollection, Pipeline, type StandardSchemaV1 } from 'viga';
import { readCsv } from 'viga/io/csv';
import { readJsonLines } from 'viga/io/json';
import { z } from 'zod';
import { expectType } from './expect-type.ts';

// A schema of any library that follows Standard Schema says what the element is after validation.
const ofZod = z.object({ id: z.string(), user: z.string(), amount: z.number(), at: z.coerce.date() });
const ofValibot = v.object({
  id: v.string(),
  amount: v.number(),
  at: v.pipe(
    v.string(),
    v.transform((text) => new Date(text)),
  ),
});
const ofArktype = type({ id: 'string', amount: 'number', at: 'string.date.parse' });

declare function elementOf<S extends StandardSchemaV1>(schema: S): InferOutput<S>;
expectType<{ id: string; user: string; amount: number; at: Date }>()(elementOf(ofZod));
expectType<{ id: string; amount: number; at: Date }>()(elementOf(ofValibot));
expectType<{ id: string; amount: number; at: Date }>()(elementOf(ofArktype));

// @ts-expect-error: what is no schema is refused
elementOf({ id: 'string' });

// Readers give collections of what the schema lets through.
const p = new Pipeline();
const orders = p.apply(readJsonLines({ files: 'orders/*.jsonl', schema: ofZod }));
expectType<PCollection<{ id: string; user: string; amount: number; at: Date }>>()(orders);
expectType<PCollection<{ id: string; amount: number; at: Date }>>()(
  p.apply(readJsonLines({ files: 'orders/*.jsonl', schema: ofValibot })),
);
expectType<PCollection<{ id: string; amount: number; at: Date }>>()(
  p.apply(readJsonLines({ files: 'orders/*.jsonl', schema: ofArktype })),
);
expectType<PCollection<Date>>()(p.apply(readCsv({ files: 'orders/*.csv', schema: ofZod })).map(({ at }) => at));

// Without one nothing is claimed that was not checked.
expectType<PCollection<unknown>>()(p.apply(readJsonLines({ files: 'orders/*.jsonl' })));
expectType<PCollection<{ readonly id: string; readonly amount: string }>>()(
  p.apply(readCsv({ files: 'orders/*.csv', columns: ['id', 'amount'] })),
);
// @ts-expect-error: an order has no such field
orders.map(({ price }) => price);
// @ts-expect-error: files are named
readJsonLines({ schema: ofZod });
