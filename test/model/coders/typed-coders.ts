import fc from 'fast-check';
import {
  bigint,
  boolean,
  bytes,
  type Coder,
  date,
  double,
  int,
  kvCoder,
  list,
  nullable,
  number,
  optional,
  row,
  string,
  structuralCoder,
  timestamp,
} from '../../../model/index.ts';

/** A coder with values that it takes. */
export interface Typed {
  readonly coder: Coder<unknown>;
  readonly values: fc.Arbitrary<unknown>;
}

// A coder is invariant in its type; here each only gets values of its own arbitrary.
const typed = <T>(coder: Coder<T>, values: fc.Arbitrary<unknown>): Typed => ({
  coder: coder as Coder<unknown>,
  values,
});

// Without -0, which comes back as 0.
const doubles = fc.double().map((value) => value + 0);

/** Each leaf coder with values at its edges. */
export const leaves: readonly Typed[] = [
  typed(string, fc.string({ unit: 'binary' })),
  typed(int, fc.maxSafeInteger()),
  typed(number, doubles),
  typed(double, fc.oneof(doubles, fc.integer())),
  typed(boolean, fc.boolean()),
  typed(bigint, fc.bigInt()),
  typed(bytes, fc.uint8Array()),
  typed(timestamp, fc.integer()),
  typed(date, fc.date({ noInvalidDate: true })),
  typed(structuralCoder, fc.oneof(fc.string(), fc.constant(undefined), fc.array(fc.integer()))),
];

const names = fc.oneof(
  fc.string({ maxLength: 5 }),
  fc.constantFrom('id', 'constructor', '__proto__', 'a b', '"', '\u2028'),
);

const PLAIN = { noNullPrototype: true } as const;

/** Coders of random shapes, each with values of that shape. */
export const coders: fc.Arbitrary<Typed> = fc.letrec<{ any: Typed; leaf: Typed; row: Typed; kv: Typed; inner: Typed }>(
  (tie) => ({
    any: fc.oneof({ depthSize: 'small', withCrossShrink: true }, tie('leaf'), tie('row'), tie('kv'), tie('inner')),
    leaf: fc.constantFrom(...leaves),
    row: fc.dictionary(names, tie('any'), { maxKeys: 6 }).map((fields) => {
      const entries = Object.entries(fields);
      return typed(
        row(Object.fromEntries(entries.map(([name, { coder }]) => [name, coder]))),
        fc.record(Object.fromEntries(entries.map(([name, { values }]) => [name, values])), PLAIN),
      );
    }),
    kv: fc.tuple(tie('leaf'), tie('any')).map(([key, value]) => {
      return typed(kvCoder(key.coder, value.coder), fc.record({ key: key.values, value: value.values }, PLAIN));
    }),
    inner: fc.tuple(fc.constantFrom('list', 'nullable', 'optional'), tie('any')).map(([kind, { coder, values }]) => {
      if (kind === 'list') return typed(list(coder), fc.array(values, { maxLength: 4 }));
      if (kind === 'nullable') return typed(nullable(coder), fc.option(values));
      return typed(optional(coder), fc.option(values, { nil: undefined }));
    }),
  }),
).any;

/** A random coder with some of its values. */
export const coderWithValues: fc.Arbitrary<readonly [Coder<unknown>, readonly unknown[]]> = coders.chain(
  ({ coder, values }) => fc.tuple(fc.constant(coder), fc.array(values, { minLength: 1, maxLength: 5 })),
);
