// Collections with the same kind of key are joined by coGroupByKey: all values of a key, collection by collection.
import { coGroupByKey, create, Pipeline } from 'viga';
import { directRunner } from 'viga/runners/direct';

const pipeline = new Pipeline();

const users = pipeline
  .apply(
    create([
      { id: 1, name: 'Ann' },
      { id: 2, name: 'Bob' },
    ]),
    { name: 'Users' },
  )
  .keyBy((user) => user.id, { name: 'UserById' });
const orders = pipeline
  .apply(
    create([
      { user: 1, item: 'tea' },
      { user: 1, item: 'milk' },
      { user: 3, item: 'rice' },
    ]),
    { name: 'Orders' },
  )
  .keyBy((order) => order.user, { name: 'OrderByUser' });

coGroupByKey({ users, orders }).map(({ key, value }) => {
  const [user] = value.users;
  const items = [...value.orders].map(({ item }) => item).sort();
  console.log(`${key} ${user?.name ?? 'unknown'}: ${items.join(', ') || 'nothing'}`);
});

await pipeline.run(directRunner());
