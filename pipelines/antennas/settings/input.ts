import { type Duration, OptionsError } from 'viga';
import type { MessageInput } from '../messages/index.ts';
import type { Values } from './settings.ts';
import { instantOption } from './times.ts';

const LOG = 'log:';
const PARQUET = 'parquet:';

/** Where messages come from. @throws OptionsError for what contradicts that. */
export function inputOf(
  values: Values,
  times: { readonly maxOutOfOrder: Duration; readonly allowedLateness: Duration },
): MessageInput {
  const { input } = values;
  if (input === undefined) return simulation(values, times);
  refuseSimulation(values, input);
  if (input.startsWith(LOG)) return logOf(input, values.mode === 'batch' || values.until === 'end');
  if (!input.startsWith(PARQUET)) return { kind: 'file', files: named(input, 'FILE.jsonl') };
  return { kind: 'parquet', folder: named(input.slice(PARQUET.length), 'parquet:DIR').replace(/(?<=.)\/+$/, '') };
}

function logOf(input: string, endsAtEnd: boolean): MessageInput {
  const at = input.lastIndexOf('#');
  const file = input.slice(LOG.length, Math.max(at, 0));
  const topic = input.slice(at + 1);
  if (at >= 0 && file !== '' && topic !== '') return { kind: 'log', file, topic, endsAtEnd };
  throw new OptionsError(
    'input',
    `'${input}' names no topic of a log. Messages are read there. Give log:FILE#TOPIC, e.g. log:antennas.log#devices.`,
  );
}

function named(name: string, form: string): string {
  if (name !== '') return name;
  throw new OptionsError('input', `it names nothing. Messages are read there. Give ${form}, or leave it out.`);
}

function simulation(
  { ticks = 3_600, start = '2020-09-19T19:00:00Z', disorder, realtime, mode, seed = 1 }: Values,
  { maxOutOfOrder, allowedLateness }: { readonly maxOutOfOrder: Duration; readonly allowedLateness: Duration },
): MessageInput {
  if (!Number.isSafeInteger(ticks) || ticks < 0) {
    throw new OptionsError('ticks', `${ticks} is no whole number from 0. Each is a second. Give e.g. 3600.`);
  }
  if (realtime && mode === 'batch') {
    throw new OptionsError('realtime', 'it makes a batch run wait for nothing. Leave it out, or run --mode=streaming.');
  }
  return {
    kind: 'simulator',
    seed,
    start: instantOption('start', start, 'The first tick is then.'),
    ticks,
    disorder: disorder ?? 'none',
    maxOutOfOrder,
    allowedLateness,
    isRealtime: realtime,
  };
}

/** What only the simulator has. */
function refuseSimulation({ ticks, start, disorder, realtime }: Values, input: string): void {
  const given = Object.entries({ ticks, start, disorder, realtime: realtime || undefined });
  const first = given.find(([, value]) => value !== undefined);
  if (first === undefined) return;
  throw new OptionsError(
    first[0],
    `it is for the simulator, and --input=${input} takes its place. It would do nothing. Leave out one of the two.`,
  );
}
