import { type } from 'arktype';
import * as v from 'valibot';
import type { InferOutput, StandardSchemaV1 } from 'viga';
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
