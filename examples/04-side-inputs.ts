// A side input is a whole collection that a function may look into while it works on the elements of another.
import { asMap, asSingleton, create, kv, mean, Pipeline } from 'viga';
import { directRunner } from 'viga/runners/direct';

const pipeline = new Pipeline();

const rates = pipeline.apply(create([kv('EUR', 1), kv('USD', 0.5), kv('COP', 0.25)]), { name: 'Rates' });
const orders = pipeline.apply(
  create([
    { id: 'a', currency: 'USD', amount: 10 },
    { id: 'b', currency: 'COP', amount: 64 },
    { id: 'c', currency: 'EUR', amount: 3 },
  ]),
  { name: 'Orders' },
);

const inEuros = orders.map(
  ({ id, currency, amount }, { sideInputs }) => ({ id, euros: amount * (sideInputs.rates.get(currency) ?? 1) }),
  { name: 'Convert', sideInputs: { rates: asMap(rates) } },
);

// A side input may be the result of a computation: here the mean of all orders.
const average = inEuros.map(({ euros }) => euros).combineGlobally(mean);

inEuros
  .filter(({ euros }, { sideInputs }) => euros > sideInputs.average, { sideInputs: { average: asSingleton(average) } })
  .map(({ id, euros }) => console.log(`${id} is above the average: ${euros} EUR`));

await pipeline.run(directRunner());
