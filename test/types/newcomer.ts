import {
  asMap,
  coGroupByKey,
  count,
  countPerElement,
  create,
  distinct,
  fixedWindows,
  flatten,
  innerJoin,
  kv,
  type KV,
  max,
  mean,
  min,
  minutes,
  type PCollection,
  Pipeline,
  sessions,
  sum,
} from 'viga';
import { directRunner } from 'viga/runners/direct';
import { expectType } from './expect-type.ts';

// What stopped newcomers of other SDKs, one after the other, must compile here without a cast or an annotation.
const p = new Pipeline();
interface Visit {
  readonly user: string;
  readonly page: string;
  readonly at: number;
  readonly bytes: bigint;
}
declare const recorded: readonly Visit[];
const visits = p.apply(create(recorded));

// `apply` does not lose the types: a field that is misspelt after it is found.
const counted = visits.map(({ page }) => page).apply(countPerElement());
expectType<PCollection<string>>()(counted.map(({ key, value }) => `${key}: ${value}`));
// @ts-expect-error: a KV has a value
counted.map(({ valeu }) => valeu);

// What is used first is exported from the root: create, combiners, transforms; a runner is one import away.
expectType<PCollection<number>>()(visits.map(({ at }) => at).combineGlobally(mean));
for (const fn of [sum, min, max]) expectType<PCollection<number>>()(visits.map(({ at }) => at).combineGlobally(fn));
expectType<PCollection<number>>()(visits.combineGlobally(count));
expectType<PCollection<Visit>>()(visits.apply(distinct()));
void p.run(directRunner());

// Names are optional: two steps of one kind, and a lambda of any length, need none.
visits.map(({ user }) => user);
visits.map(({ page }) => page.trim().toLowerCase().replaceAll('/', ' ').split(' ').filter(Boolean).join('/'));

// A helper, a constant, an instance or an import may be used in a lambda: closures are never serialized.
const limit = minutes(30);
const formatter = new Intl.NumberFormat('en');
expectType<PCollection<string>>()(visits.map(({ at }) => formatter.format(Math.min(at, limit))));

// An async function gives its result, not a promise.
expectType<PCollection<number>>()(visits.map(async ({ at }) => at));

// A Map, a Set, a bigint are elements like any others.
expectType<PCollection<Map<string, number> | Set<number>>>()(
  p.apply(create<Map<string, number> | Set<number>>([new Map([['a', 1]]), new Set([1])])),
);

// Any type is a key, bigints and objects too.
expectType<PCollection<KV<bigint, Iterable<Visit>>>>()(visits.keyBy(({ bytes }) => bytes).groupByKey());
expectType<PCollection<KV<{ user: string; page: string }, number>>>()(
  visits.keyBy(({ user, page }) => ({ user, page })).combinePerKey(count),
);

// Timestamps are numbers, and sessions need no cast.
const sessionized = visits
  .withTimestamps(({ at }) => at)
  .windowInto(sessions({ gap: minutes(10) }))
  .keyBy(({ user }) => user)
  .groupByKey();
expectType<PCollection<KV<string, Iterable<Visit>>>>()(sessionized);
visits.windowInto(fixedWindows({ size: minutes(1) }));

// Side inputs as maps, flatten, and joins with the types of both sides.
const names = p.apply(create([kv('u1', 'Ana')]));
expectType<PCollection<string | undefined>>()(
  visits.map(({ user }, { sideInputs }) => sideInputs.names.get(user), { sideInputs: { names: asMap(names) } }),
);
const byUser = visits.keyBy(({ user }) => user);
expectType<PCollection<readonly [string, Visit]>>()(
  names.apply(innerJoin(byUser)).map(({ value: [name, visit] }) => [name, visit] as const),
);
expectType<PCollection<string>>()(coGroupByKey({ names, byUser }).flatMap(({ value }) => value.names));
expectType<PCollection<Visit>>()(flatten([visits, visits]));
