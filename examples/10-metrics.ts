// Metrics count what a pipeline sees on its way. Handles are made once; each update finds the step that is running.
import { counter, create, distribution, Pipeline } from 'viga';
import { directRunner } from 'viga/runners/direct';

const empty = counter('orders', 'empty');
const items = distribution('orders', 'items');

const pipeline = new Pipeline();

pipeline.apply(create([['tea'], [], ['milk', 'rice', 'salt']])).filter(
  (order) => {
    items.update(order.length);
    if (order.length === 0) empty.inc();
    return order.length > 0;
  },
  { name: 'DropEmpty' },
);

const result = await pipeline.run(directRunner());

const { sum, count, max } = result.metric(items).committed;
console.log(`${count} orders with ${sum} items, ${max} at most; ${result.metric(empty).committed} empty`);
const drop = result.steps.find(({ step }) => step === 'DropEmpty');
console.log(`DropEmpty: ${drop?.elementsIn} in, ${drop?.elementsOut} out`);
