// What a benchmark is asked for: JOB SIZE [FILE], and flags with their values after '=' or as the next word.
import { parseArgs } from 'node:util';

export const USAGE = `JOB SIZE [FILE] [--memory-limit=BYTES] [--keys=N] [--state-dir=DIR]
       npm run -s bench -- nexmark EVENTS [--query=N] [--mode=batch|streaming] [--generators=N]
                               [--state-dir=DIR]`;

/** @throws Error for flags that are none. */
export function benchArguments(args) {
  const { positionals, values } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      'memory-limit': { type: 'string' },
      keys: { type: 'string' },
      'state-dir': { type: 'string' },
      query: { type: 'string' },
      mode: { type: 'string' },
      generators: { type: 'string' },
    },
  });
  const [job, size, file] = positionals;
  return {
    job,
    size: Number(size),
    file,
    keys: values.keys === undefined ? undefined : Number(values.keys),
    stateDirectory: values['state-dir'],
    memoryLimit: bytesOf(values['memory-limit']),
    query: values.query === undefined ? undefined : Number(values.query || Number.NaN),
    mode: values.mode,
    generators: values.generators === undefined ? undefined : Number(values.generators),
  };
}

/** The same as a command line. */
export function asFlags({ keys, stateDirectory, memoryLimit, query, mode, generators }) {
  const flags = { keys, 'state-dir': stateDirectory, 'memory-limit': memoryLimit, query, mode, generators };
  return Object.entries(flags).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`]));
}

function bytesOf(text) {
  if (text === undefined) return undefined;
  const match = /^(\d+)(MB)?$/.exec(text);
  if (match === null) throw new Error(`--memory-limit is ${text} but must be bytes, or megabytes as in 512MB`);
  return Number(match[1]) * (match[2] === undefined ? 1 : 1e6);
}
