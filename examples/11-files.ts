// From CSV to JSON lines. A schema says what a row is; rows that it refuses are set aside with their file and line. Output
// appears whole, at the end of the run.
import { readFileSync } from 'node:fs';
import { Pipeline } from 'viga';
import { readCsv } from 'viga/io/csv';
import { writeJsonLines } from 'viga/io/json';
import { directRunner } from 'viga/runners/direct';
import { z } from 'zod';

const Order = z.object({ id: z.coerce.number(), customer: z.string(), amount: z.coerce.number() });

const output = 'out/examples/orders.jsonl';
const pipeline = new Pipeline();

pipeline
  .apply(
    readCsv({
      files: 'examples/data/*.csv',
      schema: Order,
      deadLetters: (refused) => refused.map(({ coordinate }) => console.log(`refused ${coordinate}`)),
    }),
  )
  .filter(({ amount }) => amount > 5)
  .apply(writeJsonLines({ files: output }));

await pipeline.run(directRunner());
console.log(readFileSync(output, 'utf8').trimEnd());
