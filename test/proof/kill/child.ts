// Runs a job until it is done, drained (SIGTERM) or killed, and says on standard output how far it is: child.ts JOB INPUT ROUND INTERVAL
//
// Marks are written synchronously, so the last one tells where the process was when it was killed.
import { writeSync } from 'node:fs';
import { nodeHost } from '../../../host/index.ts';
import type { Host, Sink, StateStore } from '../../../model/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { buildJob } from './jobs.ts';
import { JOBS, placesIn } from './places.ts';

const [, , jobArgument, input = '', round = '', interval = ''] = process.argv;
const job = JOBS.find((name) => name === jobArgument);
if (job === undefined) throw new Error(`there is no job ${jobArgument}`);

const mark = (what: string): void => void writeSync(1, `${what}\n`);

const machine = nodeHost();
const host: Host = {
  ...machine,
  async openStateStore(directory) {
    mark('opening');
    const store = await machine.openStateStore(directory);
    mark('restoring');
    return watched(store);
  },
};

function watched(store: StateStore): StateStore {
  const commit = store.commit.bind(store);
  return Object.assign(store, {
    async commit(epoch: number) {
      await commit(epoch);
      mark('committed');
    },
  });
}

const places = placesIn(input, round);
const pipeline = buildJob(job, places);
for (const { primitive } of pipeline.graph.steps) {
  // A graph can't be changed by its users; here it is, so that the moment is known at which a sink has something.
  if (primitive.kind === 'Write') Object.assign(primitive, { sink: marked(primitive.sink) });
}

function marked(sink: Sink<unknown>): Sink<unknown> {
  const { deliver } = sink;
  return {
    ...sink,
    async commit(committable, context) {
      await delivering();
      await sink.commit(committable, context);
      mark('delivered');
    },
    ...(deliver !== undefined && {
      async deliver(delivery, context) {
        await delivering();
        await deliver(delivery, context);
        mark('delivered');
      },
    }),
  };
}

/** The epoch is durable, and the sink does not have it: long enough to be killed just then. */
async function delivering(): Promise<void> {
  mark('delivering');
  await new Promise((resolve) => setTimeout(resolve, 10));
  mark('writing');
}

const runner = directRunner({ host, streaming: true, stateDirectory: places.state, epochInterval: Number(interval) });
let isRunning = false;
const drain = new AbortController();
process.once('SIGTERM', () => {
  mark('draining');
  drain.abort();
});
const { state } = await pipeline.run(runner, {
  drain: drain.signal,
  onProgress({ steps }) {
    if (!isRunning && steps.some(({ elementsOut }) => elementsOut > 0)) mark('running');
    isRunning ||= steps.some(({ elementsOut }) => elementsOut > 0);
  },
});
mark(state === 'DONE' || state === 'DRAINED' ? 'done' : `ended ${state}`);
