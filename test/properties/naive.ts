// What a random pipeline gives, by the model's definition: whole collections in memory, one step after another.
import {
  BUCKET,
  digest,
  FIXED,
  GAP,
  isKept,
  keyOf,
  later,
  mapped,
  roundedMean,
  sessionLength,
  several,
  SLIDING,
  stampOf,
} from './functions.ts';
import { type Call, failuresOf, hasDeadLetters, type Op, resolve, type Windowing, type WindowKind } from './graphs.ts';

const LOWEST = -8.64e15;
const END_OF_GLOBAL = 8.64e15 - 86_400_000;

/** A window: its name tells it from others. */
export interface NaiveWindow {
  readonly name: string;
  readonly start: number;
  readonly max: number;
}

/** An element: in several windows at once, until a step asks for its window. */
export interface Element {
  readonly value: number;
  readonly timestamp: number;
  readonly windows: readonly NaiveWindow[];
  readonly pane: 'UNKNOWN' | 'ON_TIME';
}

/** What a step did: elements in, out, and failed. */
export type Counts = readonly [elementsIn: number, elementsOut: number, failed: number];

export interface Expected {
  /** By collection, as text; one line for each element and window. */
  readonly outputs: readonly (readonly string[])[];
  readonly letters: ReadonlyMap<string, readonly string[]>;
  readonly counts: ReadonlyMap<string, Counts>;
  /** By step: what its counter is in the end. */
  readonly counters: ReadonlyMap<string, { readonly attempted: number; readonly committed: number }>;
}

const GLOBAL: NaiveWindow = { name: 'global', start: Number.NEGATIVE_INFINITY, max: END_OF_GLOBAL };
const between = (start: number, end: number): NaiveWindow => ({ name: `${start},${end}`, start, max: end - 1 });
/** Windows of the clock end where event time does. */
const clocked = (start: number, size: number): NaiveWindow => between(start, Math.min(start + size, END_OF_GLOBAL + 1));
const floorTo = (t: number, size: number, offset: number): number => {
  const past = (((t - offset) % size) + size) % size;
  return t - past;
};

function windowsOf(kind: WindowKind, t: number): readonly NaiveWindow[] {
  switch (kind) {
    case 'global':
      return [GLOBAL];
    case 'fixed': {
      const start = floorTo(t, FIXED.size, FIXED.offset);
      return [clocked(start, FIXED.size)];
    }
    case 'sliding': {
      const last = floorTo(t, SLIDING.period, SLIDING.offset);
      const starts = Array.from({ length: 10 }, (_, i) => last - i * SLIDING.period);
      return starts.filter((start) => start + SLIDING.size > t).map((start) => clocked(start, SLIDING.size));
    }
    case 'sessions':
      return [clocked(t, GAP)];
    case 'merging':
      return [between(t, t + sessionLength(t))];
    case 'buckets': {
      const n = Math.floor(t / BUCKET);
      return (n % 2 === 0 ? [n, n + 1] : [n]).map((i) => ({ name: `b${i}`, start: i, max: (i + 1) * BUCKET - 1 }));
    }
    default:
      return kind satisfies never;
  }
}

const exploded = (elements: readonly Element[]): readonly Element[] =>
  elements.flatMap((element) => element.windows.map((window) => ({ ...element, windows: [window] })));

const shown = (element: Element): readonly string[] =>
  element.windows.map(({ name }) => `${element.value} @${element.timestamp} [${name}] ${element.pane}`);

/** Groups by key and window; the windows of a key that overlap are one where they merge. */
function groups(elements: readonly Element[], keyed: (value: number) => unknown, windowing: Windowing) {
  const isMerging = (windowing.kind === 'sessions' || windowing.kind === 'merging') && !windowing.isMerged;
  const byKey = Map.groupBy(exploded(elements), ({ value }) => nameOfKey(keyed(value)));
  return [...byKey.values()].flatMap((ofKey) => {
    const merged = isMerging ? overlapping(ofKey.map(({ windows }) => only(windows))) : [];
    const final = (window: NaiveWindow): NaiveWindow =>
      merged.find(({ start, max }) => start <= window.start && window.max <= max) ?? window;
    const byWindow = Map.groupBy(ofKey, ({ windows }) => final(only(windows)).name);
    return [...byWindow.values()].map((group) => {
      const window = final(only(only(group).windows));
      const stamps = group.map(({ timestamp }) => timestamp);
      const { combiner } = windowing;
      const timestamp =
        combiner === 'end-of-window'
          ? window.max
          : Math.min(window.max, combiner === 'earliest' ? Math.min(...stamps) : Math.max(...stamps));
      const values = group.map(({ value }) => value);
      return { values, at: { timestamp, windows: [window], pane: 'ON_TIME' as const } };
    });
  });
}

function nameOfKey(key: unknown): string {
  if (typeof key === 'bigint') return `${key}n`;
  if (key instanceof Date) return `date ${key.getTime()}`;
  return JSON.stringify(typeof key === 'object' && key !== null && 'a' in key ? ['object', key.a] : key);
}

function overlapping(windows: readonly NaiveWindow[]): readonly NaiveWindow[] {
  const merged: NaiveWindow[] = [];
  for (const window of [...windows].sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last === undefined || window.start > last.max) merged.push(window);
    else merged[merged.length - 1] = between(last.start, Math.max(last.max, window.max) + 1);
  }
  return merged;
}

const only = <T>([first]: readonly T[]): T => {
  if (first === undefined) throw new Error('nothing there');
  return first;
};

/** Evaluates a pipeline. */
export function evaluate(raw: readonly Op[]): Expected {
  const { ops, windowing } = resolve(raw);
  const collections: (readonly Element[])[] = [];
  const counts = new Map<string, Counts>();
  const counters = new Map<string, { attempted: number; committed: number }>();
  const letters = new Map<string, readonly string[]>();
  const at = (i: number): readonly Element[] => collections[i] ?? [];
  const windowingAt = (i: number): Windowing =>
    windowing[i] ?? { kind: 'global', combiner: 'end-of-window', isMerged: false };

  /** One step of user code: what each call gives, and what its failures leave. */
  const calls = (
    step: string,
    input: number,
    call: Call,
    observes: boolean,
    give: (e: Element) => readonly Element[],
  ) => {
    const all = observes ? exploded(at(input)) : at(input);
    const failed = hasDeadLetters(call) ? all.filter(({ value }) => failuresOf(call, value) > 0) : [];
    const succeeded = all.filter((element) => !failed.includes(element));
    const out = succeeded.flatMap(give);
    const seen = new Set(succeeded.map(({ value }) => value));
    const retried = [...seen].reduce((sum, value) => sum + failuresOf(call, value), 0);
    counts.set(step, [at(input).length, out.length, failed.length]);
    const tries = succeeded.length + retried + failed.length * call.attempts;
    if (all.length > 0)
      counters.set(step, { attempted: tries + 100 * succeeded.length, committed: 101 * succeeded.length });
    collections.push(out);
    if (!hasDeadLetters(call)) return;
    letters.set(
      step,
      failed.map(
        ({ value, timestamp, windows }) =>
          `${value} failed in ${step} @${timestamp} [${only(windows).name}] ${call.attempts} no ${value}`,
      ),
    );
    return failed;
  };

  ops.forEach((op, i) => {
    const step = `s${i}`;
    switch (op.op) {
      case 'create':
        collections.push(
          op.values.map((value, j) => ({
            value,
            timestamp: op.timestamps?.[j] ?? LOWEST,
            windows: [GLOBAL],
            pane: 'UNKNOWN',
          })),
        );
        break;
      case 'read':
        collections.push(
          Array.from({ length: op.count }, (_, value) => ({
            value,
            timestamp: value * 5,
            windows: [GLOBAL],
            pane: 'UNKNOWN',
          })),
        );
        break;
      case 'map':
      case 'mapValues':
      case 'filter':
      case 'flatMap': {
        const failed = calls(step, op.in, op.call, false, (element) =>
          op.op === 'filter'
            ? isKept(element.value, op.n)
              ? [element]
              : []
            : op.op === 'flatMap'
              ? several(element.value, op.n).map((value) => ({ ...element, value }))
              : [{ ...element, value: mapped(element.value, op.n) }],
        );
        if (failed) collections.push(failed);
        break;
      }
      case 'observe': {
        const input = exploded(at(op.in));
        collections.push(
          input.map((element) => {
            const { start, max } = only(element.windows);
            const place =
              (max % 89) + (Number.isFinite(start) ? Math.abs(start % 83) : 0) + Math.abs(element.timestamp % 79);
            return { ...element, value: (element.value + place + (element.pane === 'ON_TIME' ? 1 : 0)) % 997 };
          }),
        );
        counts.set(step, [at(op.in).length, input.length, 0]);
        break;
      }
      case 'chain':
        collections.push(at(op.in).map((element) => ({ ...element, value: element.value + 45 + op.n })));
        break;
      case 'reshuffle':
        collections.push(at(op.in));
        counts.set(step, [at(op.in).length, at(op.in).length, 0]);
        break;
      case 'split':
        collections.push(
          at(op.in).flatMap((element) => several(element.value, op.n).map((value) => ({ ...element, value }))),
        );
        break;
      case 'distinct':
        collections.push(
          groups(at(op.in), (value) => value, windowingAt(op.in)).map(({ values, at: place }) => ({
            value: only(values),
            ...place,
          })),
        );
        break;
      case 'parDo': {
        const main = (element: Element): readonly Element[] =>
          several(element.value, op.n).map((value, j) => ({
            ...element,
            value,
            timestamp: j === 0 ? later(element.timestamp, op.delta) : element.timestamp,
          }));
        const failed = calls(step, op.in, op.call, true, main);
        const succeeded = exploded(at(op.in)).filter(
          (element) => !failed?.includes(element) && !isFailed(op.call, element),
        );
        const odd = succeeded
          .filter(({ value }) => value % 2 === 1)
          .map((element) => ({ ...element, timestamp: later(element.timestamp, (op.n % 2) * op.delta) }));
        collections.push(odd);
        const [elementsIn = 0, out = 0, lost = 0] = counts.get(step) ?? [];
        counts.set(step, [elementsIn, out + odd.length, lost]);
        if (failed) collections.push(failed);
        break;
      }
      case 'bundles': {
        const input = exploded(at(op.in));
        collections.push(input.map((element) => ({ ...element, value: mapped(element.value, 1), pane: 'UNKNOWN' })));
        counts.set(step, [at(op.in).length, input.length, 0]);
        break;
      }
      case 'window': {
        const input = exploded(at(op.in));
        collections.push(input.map((element) => ({ ...element, windows: windowsOf(op.kind, element.timestamp) })));
        counts.set(step, [at(op.in).length, input.length, 0]);
        break;
      }
      case 'stamp':
        collections.push(at(op.in).map((element) => ({ ...element, timestamp: stampOf(element.value, op.n) })));
        break;
      case 'group':
      case 'combine': {
        const out = groups(at(op.in), (value) => keyOf(value, op.n, op.keys), windowingAt(op.in)).map(
          ({ values, at: place }) => ({ value: reduced(op, values), ...place }),
        );
        collections.push(out);
        counts.set(`${step} group`, [at(op.in).length, out.length, 0]);
        break;
      }
      case 'flatten': {
        const out = op.ins.flatMap((input) => [...at(input)]);
        collections.push(out);
        counts.set(step, [out.length, out.length, 0]);
        break;
      }
      case 'join':
        collections.push(joined(at(op.in), at(op.other), op.how, windowingAt(op.in)));
        break;
      case 'side': {
        const kind = windowingAt(op.side).kind;
        const side = exploded(at(op.side));
        const input = exploded(at(op.in));
        collections.push(
          input.map((element) => {
            const seen = sideWindow(kind, only(element.windows).max);
            const values = side.filter(({ windows }) => only(windows).name === seen).map(({ value }) => value);
            return { ...element, value: (element.value + viewed(op.view, values, element.value)) % 997 };
          }),
        );
        counts.set(step, [at(op.in).length, input.length, 0]);
        break;
      }
      default:
        op satisfies never;
    }
  });
  return { outputs: collections.map((elements) => elements.flatMap(shown).sort()), letters, counts, counters };
}

const isFailed = (call: Call, { value }: Element): boolean => hasDeadLetters(call) && failuresOf(call, value) > 0;

function reduced(op: Op & { op: 'group' | 'combine' }, values: readonly number[]): number {
  if (op.op === 'group' || op.fn === 'list') return digest(values);
  return op.fn === 'mean' ? roundedMean(values) : values.reduce((a, b) => a + b, 0) % 997;
}

/** Beam's rule: the earliest window of the side input that holds the last instant of the main window. */
const sideWindow = (kind: WindowKind, max: number): string =>
  only([...windowsOf(kind, max)].sort((a, b) => a.max - b.max)).name;

/** What the function of a `side` step makes of its side input. */
function viewed(view: string, values: readonly number[], value: number): number {
  const ofKey = values.filter((one) => one % 3 === value % 3);
  if (view === 'singleton') return values.reduce((a, b) => a + b, 0) % 997;
  if (view === 'map') return ofKey.length === 0 ? 5 : ofKey.reduce((a, b) => a + b, 0) % 997;
  return view === 'multimap' ? digest(ofKey) : digest(values);
}

function joined(
  left: readonly Element[],
  right: readonly Element[],
  how: 'inner' | 'left' | 'right' | 'full',
  windowing: Windowing,
): readonly Element[] {
  // Both sides under one key: which side a value is from is kept as its sign, so zero is moved.
  const both = [
    ...left.map((element) => ({ ...element, value: element.value + 1 })),
    ...right.map((element) => ({ ...element, value: -element.value - 1 })),
  ];
  return groups(both, (value) => (Math.abs(value) - 1) % 5, windowing).flatMap(({ values, at }) => {
    const of = (sign: number) => values.filter((value) => value * sign > 0).map((value) => Math.abs(value) - 1);
    const [lefts, rights] = [of(1), of(-1)];
    const orNone = (side: readonly number[], isKeptAlone: boolean) => (side.length === 0 && isKeptAlone ? [500] : side);
    const l = orNone(lefts, how === 'right' || how === 'full');
    const r = orNone(rights, how === 'left' || how === 'full');
    return l.flatMap((a) => r.map((b) => ({ value: (a * 31 + b) % 997, ...at })));
  });
}
