// An element that makes a function throw ends the run, unless the step is asked to put such elements aside. A dead letter
// holds all that is needed to find out why, and to try again.
import { create, Pipeline } from 'viga';
import { directRunner } from 'viga/runners/direct';

const pipeline = new Pipeline();

pipeline
  .apply(create(['{"user":"ann","amount":3}', '{"user":"bob"', '{"user":"cy","amount":4}']))
  .map((line): { user: string; amount: number } => JSON.parse(line), {
    name: 'Parse',
    // What fails for a passing reason is tried again first.
    retry: { attempts: 2, backoff: 1 },
    deadLetters: (failed) =>
      failed.map(({ element, error, step, attempts }) =>
        console.log(`${step} gave up on ${element} after ${attempts} attempts: ${error.name}`),
      ),
  })
  .map(({ user, amount }) => console.log(`${user} pays ${amount}`));

await pipeline.run(directRunner());
