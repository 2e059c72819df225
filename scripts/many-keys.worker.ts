// One run of `many-keys`, in a process of its own, whose memory is what is measured. Prints one line of JSON.
import {
  eventTimer,
  fixedWindows,
  generate,
  generateStream,
  hours,
  type KV,
  minutes,
  type PCollection,
  Pipeline,
  sessions,
  sum,
  type Timestamp,
  valueState,
} from 'viga';
import { directRunner } from 'viga/runners/direct';

/** What is kept for each key. */
export type Kind = 'combine' | 'group' | 'hot' | 'hot-session' | 'state' | 'timers' | 'sessions';

/** What the parent passes. */
export interface ManyKeys {
  readonly kind: Kind;
  readonly keys: number;
  readonly memoryLimit: number;
  readonly stateDirectory: string | undefined;
}

const { kind, keys, memoryLimit, stateDirectory } = JSON.parse(process.argv[2] ?? '') as ManyKeys; // see ManyKeys

/** Each key comes twice, in two orders that have nothing to do with that of rows. */
const STRIDES = [7919, 104_729] as const;
const numberAt = (index: number): number =>
  index < keys ? (index * STRIDES[0]) % keys : ((index - keys) * STRIDES[1] + 1) % keys;
const nameOf = (number: number): string => `user-${number}`;
/** What a key comes with for the first time; for the second time it comes with twice as much. */
const amountOf = (number: number): number => 1 + (number % 1_000);
/** When the timer of a key fires. */
const timeOf = (number: number): Timestamp => (number * 31) % minutes(50);

/** What came out of a key: the sum of what it came with, or the time of its timer. */
type Outcome = KV<string, number>;

const spend = (input: PCollection<KV<string, number>>): PCollection<Outcome> =>
  input.parDo({
    name: 'Spend',
    state: { total: valueState<number>() },
    process({ value }, { state }) {
      state.total.write((state.total.read() ?? 0) + value);
    },
    *onWindowExpiration({ key, state }) {
      yield { key, value: state.total.read() ?? 0 };
    },
  });

const remind = (input: PCollection<KV<string, number>>): PCollection<Outcome> =>
  input.parDo({
    name: 'Remind',
    timers: { due: eventTimer() },
    process({ key, value }, { timers }) {
      const number = Number(key.slice(5));
      // It is set twice: the second time counts.
      timers.due.set(value === amountOf(number) ? minutes(55) : timeOf(number));
    },
    onTimer: {
      *due({ key, timestamp }) {
        yield { key, value: timestamp };
      },
    },
  });

/** Sessions of different keys end at different times, so that each owes one of its own. */
const SPAN = minutes(9);

const STEPS: Readonly<
  Record<Exclude<Kind, 'hot' | 'hot-session'>, (input: PCollection<KV<string, number>>) => PCollection<Outcome>>
> = {
  combine: (input) => input.combinePerKey(sum, { name: 'Sum' }),
  sessions: (input) => input.windowInto(sessions({ gap: minutes(10) })).combinePerKey(sum, { name: 'Sum' }),
  group: (input) =>
    input.groupByKey({ name: 'Group' }).map(({ key, value }) => {
      const values = [...value];
      return { key, value: values.length === 2 ? (values[0] ?? 0) + (values[1] ?? 0) : Number.NaN };
    }),
  state: spend,
  timers: remind,
};

/** What comes with each key; the first has half of all values besides, so they have no room in memory. */
const NOTE = 'x'.repeat(100);

/** What comes with a key, with the place of its pair among all. */
type Note = KV<string, { readonly index: number; readonly note: string }>;

/** In one session for each key, for the kind that asks for it. */
const inSessions = (events: PCollection<Note>): PCollection<Note> =>
  kind === 'hot-session'
    ? events
        .withTimestamps(({ value: { index } }) => Math.floor((index / (2 * keys)) * SPAN))
        .windowInto(sessions({ gap: minutes(10) }))
    : events;

/** A bounded grouping in which one key has half of all values: goes through those of each key twice. */
const grouped = (pipeline: Pipeline): PCollection<Outcome> =>
  inSessions(
    pipeline.apply(
      generate({
        count: 2 * keys,
        element: (index) => ({
          key: nameOf(index % 2 === 0 ? index / 2 : 0),
          value: { index, note: `${NOTE}${index}` },
        }),
      }),
      { name: 'Events' },
    ),
  )
    .groupByKey({ name: 'Group' })
    .mapValues((values) => {
      const [once = 0, again = 0] = [0, 0].map((none) => {
        let total = none;
        for (const { index, note } of values) total += note.endsWith(String(index)) ? index : Number.NaN;
        return total;
      });
      return once === again ? once : Number.NaN;
    });

/** What comes out of a key. */
const expectedOf = (number: number): number => {
  if (kind === 'timers') return timeOf(number);
  if (kind === 'hot' || kind === 'hot-session') return number === 0 ? keys ** 2 : 2 * number;
  return 3 * amountOf(number);
};

const seen = new Uint8Array(Math.ceil(keys / 8));
let count = 0;
let wrong = 0;
/** Each key is to come once, with what is expected of it. */
const check = ({ key, value }: Outcome): void => {
  const number = Number(key.slice(5));
  const bit = 1 << (number & 7);
  if (value !== expectedOf(number) || ((seen[number >>> 3] ?? bit) & bit) !== 0) wrong++;
  seen[number >>> 3] = (seen[number >>> 3] ?? 0) | bit;
  count++;
};

const streamed = (pipeline: Pipeline): PCollection<KV<string, number>> =>
  pipeline
    .apply(
      generateStream({
        element: (index): KV<string, number> => {
          const number = numberAt(index);
          return { key: nameOf(number), value: amountOf(number) * (index < keys ? 1 : 2) };
        },
        timestamp: kind === 'sessions' ? (index) => Math.floor((index / (2 * keys)) * SPAN) : () => 0,
        maxElements: 2 * keys,
      }),
      { name: 'Events' },
    )
    .windowInto(fixedWindows({ size: hours(1) }));

const pipeline = new Pipeline();
const outcomes = kind === 'hot' || kind === 'hot-session' ? grouped(pipeline) : STEPS[kind](streamed(pipeline));
outcomes.map(check, { name: 'Check' });

const began = performance.now();
await pipeline.run(directRunner({ memoryLimit, ...(stateDirectory === undefined ? {} : { stateDirectory }) }));
const seconds = (performance.now() - began) / 1_000;
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
const cpuSeconds = (userCPUTime + systemCPUTime) / 1e6;
console.log(JSON.stringify({ count, wrong, seconds, cpuSeconds, peakRssBytes: maxRSS * 1024 }));
