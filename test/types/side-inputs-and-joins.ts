import {
  asIterable,
  asList,
  asMap,
  asMultimap,
  asSingleton,
  coGroupByKey,
  fullJoin,
  innerJoin,
  type KV,
  leftJoin,
  type Multimap,
  type PCollection,
} from 'viga';
import { expectType } from './expect-type.ts';

interface User {
  readonly id: string;
}
interface Order {
  readonly user: string;
  readonly currency: string;
  readonly amount: number;
}
declare const orders: PCollection<Order>;
declare const users: PCollection<KV<string, User>>;
declare const rates: PCollection<KV<string, number>>;
const byUser = orders.keyBy((order) => order.user);

// The lambda comes first, though the type of its context comes from the options after it.
const converted = orders.map((order, { sideInputs }) => order.amount * (sideInputs.rates.get(order.currency) ?? 1), {
  name: 'Convert',
  sideInputs: { rates: asMap(rates) },
});
expectType<PCollection<number>>()(converted);

// Each view has its own type, in map, flatMap, filter and parDo.
const views = {
  only: asSingleton(converted),
  all: asIterable(converted),
  listed: asList(converted),
  rates: asMap(rates),
  many: asMultimap(rates),
};
orders.flatMap(
  (_, { sideInputs }) => {
    expectType<number>()(sideInputs.only);
    expectType<Iterable<number>>()(sideInputs.all);
    expectType<readonly number[]>()(sideInputs.listed);
    expectType<ReadonlyMap<string, number>>()(sideInputs.rates);
    expectType<Multimap<string, number>>()(sideInputs.many);
    expectType<readonly number[]>()(sideInputs.many.get('EUR'));
    // @ts-expect-error: not declared
    void sideInputs.prices;
    return [];
  },
  { sideInputs: views },
);
expectType<PCollection<Order>>()(
  orders.filter(({ amount }, { sideInputs }) => amount > sideInputs.least, {
    sideInputs: { least: asSingleton(converted) },
  }),
);
orders.parDo({
  sideInputs: { least: asSingleton(converted) },
  process(_, { sideInputs }) {
    expectType<number>()(sideInputs.least);
  },
});
// @ts-expect-error: a map is made of key-value pairs
asMap(converted);
// @ts-expect-error: the default has the type of the element
asSingleton(converted, { defaultValue: 'none' });
orders.map((order, { sideInputs }) => {
  // @ts-expect-error: none is declared
  void sideInputs.rates;
  return order;
});

// Joins keep the types of both sides.
const cogrouped = coGroupByKey({ users, orders: byUser });
expectType<PCollection<KV<string, { readonly users: Iterable<User>; readonly orders: Iterable<Order> }>>>()(
  cogrouped.map(({ key, value }) => ({ key, value: { users: value.users, orders: value.orders } }) as const),
);
expectType<PCollection<Iterable<User>>>()(cogrouped.map(({ value }) => value.users));
expectType<PCollection<Iterable<Order>>>()(cogrouped.map(({ value }) => value.orders));
expectType<PCollection<string>>()(cogrouped.map(({ key }) => key));
// @ts-expect-error: keys of different types never meet
coGroupByKey({ users, byAmount: orders.keyBy((order) => order.amount) });
expectType<PCollection<[User, Order]>>()(
  users.apply(innerJoin(byUser)).map(({ value: [user, order] }): [User, Order] => [user, order]),
);
users.apply(leftJoin(byUser)).map(({ value: [user, order] }) => {
  expectType<User>()(user);
  expectType<Order | null>()(order);
  return user;
});
users.apply(fullJoin(byUser)).map(({ value: [user, order] }) => {
  expectType<User | null>()(user);
  expectType<Order | null>()(order);
  return user;
});
// @ts-expect-error: keys of different types never meet
users.apply(innerJoin(orders.keyBy((order) => order.amount)));
