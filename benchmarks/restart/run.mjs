// node benchmarks/restart/run.mjs KEYS STATE_DIR fill|go-on: the process that is killed, and the one that goes on.
import { count, fixedWindows, generateStream, hours, Pipeline, valueState, write } from '../../dist/index.js';
import { directRunner } from '../../dist/runners/direct/index.js';

const [keys, stateDirectory, phase] = [Number(process.argv[2]), process.argv[3], process.argv[4]];

const pipeline = new Pipeline();
// Each user has a count in state, and one in an hour that does not end.
const visits = pipeline
  .apply(generateStream({ element: (index) => `u${index % keys}`, timestamp: () => 0 }), { name: 'Visits' })
  .windowInto(fixedWindows({ size: hours(1) }))
  .keyBy((user) => user);
visits
  .parDo({
    name: 'Again',
    state: { visits: valueState() },
    process(_user, { state }) {
      const visit = (state.visits.read() ?? 0) + 1;
      state.visits.write(visit);
      // What was given out before the kill would be delivered again, without a look at any state.
      return phase === 'fill' || visit === 1 ? [] : [visit];
    },
  })
  .apply(write(sink('Visited')));
visits.combinePerKey(count, { name: 'PerHour' }).apply(write(sink('Hours')));
await pipeline.run(directRunner({ stateDirectory }), phase === 'fill' ? { onProgress: killWhenFilled() } : {});

/** Tells its parent of the first output, and ends. */
function sink(name) {
  return {
    kind: 'sink',
    name,
    guarantee: 'append',
    open: async () => ({
      write({ values }) {
        if (values.length === 0) return;
        const { user, system } = process.cpuUsage();
        const told = { cpuSeconds: Number(((user + system) / 1e6).toFixed(3)), out: 1, check: values[0] };
        process.send(told, () => process.exit());
      },
      prepare: async () => null,
      abort: async () => undefined,
    }),
    commit: async () => undefined,
  };
}

/** Kills the process as soon as an epoch holds the state of all keys. */
function killWhenFilled() {
  let epochThen;
  return ({ steps, epoch = { number: 0 } }) => {
    const visited = steps.find(({ step }) => step === 'Again')?.elementsIn ?? 0;
    if (visited < keys) return;
    epochThen ??= epoch.number;
    // The one that was being cut when the last key came may hold less.
    if (epoch.number > epochThen + 1) process.kill(process.pid, 'SIGKILL');
  };
}
