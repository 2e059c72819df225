// The first pipeline: how often does each word occur?
import { count, create, Pipeline } from 'viga';
import { directRunner } from 'viga/runners/direct';

const pipeline = new Pipeline();

pipeline
  .apply(create(['to be or not to be', 'that is the question']))
  .flatMap((line) => line.split(' '))
  .keyBy((word) => word)
  .combinePerKey(count)
  .map(({ key, value }) => console.log(`${key} ${value}`));

await pipeline.run(directRunner());
