import {
  bigint,
  boolean,
  bytes,
  type Coder,
  compileCoder,
  date,
  double,
  fromBytes,
  int,
  iterable,
  type KV,
  kvCoder,
  list,
  nullable,
  number,
  optional,
  row,
  string,
  structuralCoder,
  timestamp,
  toBytes,
  valueState,
} from 'viga';
import { expectType } from './expect-type.ts';

// A row of coders is a coder of rows.
const order = row({ id: string, amount: number, tags: iterable(string) });
expectType<Coder<{ readonly id: string; readonly amount: number; readonly tags: Iterable<string> }>>()(order);
toBytes(order, { id: 'a', amount: 1, tags: ['x'] });
// @ts-expect-error: a field is missing
toBytes(order, { id: 'a', amount: 1 });
// @ts-expect-error: a field has another type
toBytes(order, { id: 'a', amount: '1', tags: [] });

const everything = row({
  int,
  double,
  boolean,
  bigint,
  bytes,
  timestamp,
  date,
  note: optional(string),
  parent: nullable(row({ id: string })),
  items: list(kvCoder(string, int)),
});
const decoded = fromBytes(everything, new Uint8Array());
expectType<number>()(decoded.int);
expectType<number>()(decoded.double);
expectType<boolean>()(decoded.boolean);
expectType<bigint>()(decoded.bigint);
expectType<Uint8Array>()(decoded.bytes);
expectType<number>()(decoded.timestamp);
expectType<Date>()(decoded.date);
expectType<string | undefined>()(decoded.note);
expectType<string | undefined>()(decoded.parent?.id);
expectType<readonly KV<string, number>[]>()(decoded.items);

// A compiled coder has the type of the one it was made from; what nobody declared is unknown.
expectType<typeof order>()(compileCoder(order));
expectType<unknown>()(fromBytes(structuralCoder, new Uint8Array()));

// A coder is neither for a wider nor for a narrower type: it writes and reads.
// @ts-expect-error: it can't write numbers
const wider: Coder<string | number> = string;
// @ts-expect-error: it may read any string
const narrower: Coder<'a'> = string;
void [wider, narrower];

// State takes the coder of its value.
valueState(date);
valueState<Date>(date);
// @ts-expect-error: the value is a string
valueState<string>(date);
