// Windows divide a collection by time: the groupings that follow work within each.
import { create, fixedWindows, formatWindow, hours, minutes, Pipeline, sum } from 'viga';
import { directRunner } from 'viga/runners/direct';

interface Sale {
  readonly shop: string;
  readonly amount: number;
  readonly at: number;
}

const day = Date.parse('2026-03-06T00:00:00Z');
const sales: readonly Sale[] = [
  { shop: 'Lyon', amount: 12, at: day + hours(9) },
  { shop: 'Lyon', amount: 8, at: day + hours(9) + minutes(59) },
  { shop: 'Lyon', amount: 5, at: day + hours(10) },
  { shop: 'Nice', amount: 7, at: day + hours(10) + minutes(30) },
];

const pipeline = new Pipeline();

pipeline
  .apply(create(sales))
  .withTimestamps((sale) => sale.at)
  .windowInto(fixedWindows({ size: hours(1) }))
  .map((sale) => ({ key: sale.shop, value: sale.amount }))
  .combinePerKey(sum)
  // A function that asks for its context is told the window.
  .map(({ key, value }, { window }) => console.log(`${formatWindow(window)} ${key} ${value}`));

await pipeline.run(directRunner());
