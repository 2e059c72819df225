// Functions may be async. Up to `concurrency` calls are under way at once; results stay in the order of their inputs.
import { setTimeout as sleep } from 'node:timers/promises';
import { create, Pipeline } from 'viga';
import { directRunner } from 'viga/runners/direct';

let underWay = 0;
let most = 0;

/** Stands for a service that takes its time, the longer the earlier it is asked. */
async function translate(word: string, order: number): Promise<string> {
  most = Math.max(most, ++underWay);
  await sleep(40 - order * 10);
  underWay--;
  return `${word}!`;
}

const pipeline = new Pipeline();

pipeline
  .apply(create(['uno', 'dos', 'tres', 'cuatro'].map((word, order) => ({ word, order }))))
  .map(({ word, order }) => translate(word, order), { name: 'Translate', concurrency: 2 })
  .map((word) => console.log(word));

await pipeline.run(directRunner());
console.log(`at most ${most} calls at once`);
