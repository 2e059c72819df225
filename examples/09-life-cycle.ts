// A DoFn with a life cycle: setup opens once what process needs, teardown closes it, whatever ends the run.
import { create, Pipeline } from 'viga';
import { directRunner } from 'viga/runners/direct';

/** Stands for the client of a database. */
class Client {
  readonly #names = new Map([
    [1, 'Ann'],
    [2, 'Bob'],
  ]);

  async lookUp(id: number): Promise<string> {
    return this.#names.get(id) ?? 'nobody';
  }

  close(): void {
    console.log('closed');
  }
}

const pipeline = new Pipeline();

pipeline
  .apply(create([1, 2, 3]))
  .parDo({
    name: 'LookUp',
    setup: () => {
      console.log('opened');
      return new Client();
    },
    // What setup returned is the resource.
    async process(id: number, { resource }) {
      return [`${id} is ${await resource.lookUp(id)}`];
    },
    teardown: (client) => client.close(),
  })
  .map((line) => console.log(line));

await pipeline.run(directRunner());
