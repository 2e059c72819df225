// What a random pipeline gives, by the model's definition: whole collections in memory, one step after another.
import { digest, isKept, keyOf, later, mapped, roundedMean, several, stampOf } from './functions.ts';
import { type Call, failuresOf, hasDeadLetters, type Op, resolve, type Windowing } from './graphs.ts';
import { type Element, exploded, GLOBAL, groups, only, sideWindow, windowsOf } from './naive-windows.ts';

const LOWEST = -8.64e15;

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

/** Evaluates a pipeline. */
export function evaluate(raw: readonly Op[]): Expected {
  const { ops, windowing } = resolve(raw);
  const evaluation = new Evaluation(windowing);
  for (const [i, op] of ops.entries()) evaluation.add(op, `s${i}`);
  const { collections, letters, counts, counters } = evaluation;
  return { outputs: collections.map((elements) => elements.flatMap(shown).sort()), letters, counts, counters };
}

type Elements = readonly Element[];

/** Steps of one input and one output that have no call of their own to fail. */
type OneToOne = Op & {
  readonly op:
    | 'observe'
    | 'bundles'
    | 'window'
    | 'chain'
    | 'stamp'
    | 'split'
    | 'reshuffle'
    | 'distinct'
    | 'group'
    | 'combine';
};

class Evaluation {
  readonly collections: Elements[] = [];
  readonly counts = new Map<string, Counts>();
  readonly counters = new Map<string, { attempted: number; committed: number }>();
  readonly letters = new Map<string, readonly string[]>();
  readonly #windowing: readonly Windowing[];

  constructor(windowing: readonly Windowing[]) {
    this.#windowing = windowing;
  }

  add(op: Op, step: string): void {
    this.collections.push(...this.#outputs(op, step));
  }

  #outputs(op: Op, step: string): readonly Elements[] {
    switch (op.op) {
      case 'create':
        return [op.values.map((value, i) => sourceElement(value, op.timestamps?.[i] ?? LOWEST))];
      case 'read':
        return [Array.from({ length: op.count }, (_, value) => sourceElement(value, value * 5))];
      case 'map':
      case 'mapValues':
      case 'filter':
      case 'flatMap': {
        const { out, failed } = this.#calls(step, this.#at(op.in), op, (element) => elementWise(op, element));
        return failed === undefined ? [out] : [out, failed];
      }
      case 'parDo':
        return this.#parDo(op, step);
      case 'flatten': {
        const out = op.ins.flatMap((input) => this.#at(input));
        this.counts.set(step, [out.length, out.length, 0]);
        return [out];
      }
      case 'join':
        return [joined(this.#at(op.in), this.#at(op.other), op.how, this.#windowingAt(op.in))];
      case 'side':
        return [this.#side(op, step)];
      default:
        return [this.#one(op, step)];
    }
  }

  #one(op: OneToOne, step: string): Elements {
    const input = this.#at(op.in);
    switch (op.op) {
      case 'observe':
        return this.#each(op.in, step, observed);
      case 'bundles':
        return this.#each(op.in, step, (element) => ({ ...element, value: mapped(element.value, 1), pane: 'UNKNOWN' }));
      case 'window':
        return this.#each(op.in, step, (element) => ({ ...element, windows: windowsOf(op.kind, element.timestamp) }));
      case 'chain':
        return input.map((element) => ({ ...element, value: element.value + 45 + op.n }));
      case 'stamp':
        return input.map((element) => ({ ...element, timestamp: stampOf(element.value, op.n) }));
      case 'split':
        return input.flatMap((element) => several(element.value, op.n).map((value) => ({ ...element, value })));
      case 'reshuffle':
        this.counts.set(step, [input.length, input.length, 0]);
        return input;
      case 'distinct':
        return groups(input, (value) => value, this.#windowingAt(op.in)).map(({ values, at }) => ({
          value: only(values),
          ...at,
        }));
      case 'group':
      case 'combine': {
        const keyed = groups(input, (value) => keyOf(value, op.n, op.keys), this.#windowingAt(op.in));
        this.counts.set(`${step} group`, [input.length, keyed.length, 0]);
        return keyed.map(({ values, at }) => ({ value: reduced(op, values), ...at }));
      }
      default:
        return op satisfies never;
    }
  }

  /** A step that gives one element for each and each window. */
  #each(input: number, step: string, give: (element: Element) => Element): Elements {
    const all = exploded(this.#at(input));
    this.counts.set(step, [this.#at(input).length, all.length, 0]);
    return all.map(give);
  }

  #parDo(op: Op & { op: 'parDo' }, step: string): readonly Elements[] {
    const input = exploded(this.#at(op.in));
    const { out, failed, succeeded } = this.#calls(step, input, op, (element) =>
      several(element.value, op.n).map((value, j) => ({
        ...element,
        value,
        timestamp: j === 0 ? later(element.timestamp, op.delta) : element.timestamp,
      })),
    );
    const odd = succeeded
      .filter(({ value }) => value % 2 === 1)
      .map((element) => ({ ...element, timestamp: later(element.timestamp, (op.n % 2) * op.delta) }));
    this.counts.set(step, [this.#at(op.in).length, out.length + odd.length, input.length - succeeded.length]);
    return failed === undefined ? [out, odd] : [out, odd, failed];
  }

  #side(op: Op & { op: 'side' }, step: string): Elements {
    const { kind } = this.#windowingAt(op.side);
    const side = exploded(this.#at(op.side));
    return this.#each(op.in, step, (element) => {
      const seen = sideWindow(kind, only(element.windows).max);
      const values = side.filter(({ windows }) => only(windows).name === seen).map(({ value }) => value);
      return { ...element, value: (element.value + viewed(op.view, values, element.value)) % 997 };
    });
  }

  /** One step of user code: what each call gives, and what its failures leave. */
  #calls(step: string, input: Elements, { call }: { readonly call: Call }, give: (element: Element) => Elements) {
    const succeeded = input.filter((element) => !isFailed(call, element));
    const failed = input.filter((element) => isFailed(call, element));
    const out = succeeded.flatMap(give);
    const seen = new Set(succeeded.map(({ value }) => value));
    const retried = [...seen].reduce((sum, value) => sum + failuresOf(call, value), 0);
    this.counts.set(step, [input.length, out.length, failed.length]);
    const tries = succeeded.length + retried + failed.length * call.attempts;
    if (input.length > 0) {
      this.counters.set(step, { attempted: tries + 100 * succeeded.length, committed: 101 * succeeded.length });
    }
    if (!hasDeadLetters(call)) return { out, succeeded, failed: undefined };
    this.letters.set(
      step,
      failed.map(
        ({ value, timestamp, windows }) =>
          `${value} failed in ${step} @${timestamp} [${only(windows).name}] ${call.attempts} no ${value}`,
      ),
    );
    return { out, succeeded, failed };
  }

  #at(i: number): Elements {
    return this.collections[i] ?? [];
  }

  #windowingAt(i: number): Windowing {
    return this.#windowing[i] ?? { kind: 'global', combiner: 'end-of-window', isMerged: false, isBehind: false };
  }
}

const sourceElement = (value: number, timestamp: number): Element => ({
  value,
  timestamp,
  windows: [GLOBAL],
  pane: 'UNKNOWN',
});

const shown = (element: Element): readonly string[] =>
  element.windows.map(({ name }) => `${element.value} @${element.timestamp} [${name}] ${element.pane}`);

function elementWise(op: Op & { op: 'map' | 'mapValues' | 'filter' | 'flatMap' }, element: Element): Elements {
  const { value } = element;
  if (op.op === 'filter') return isKept(value, op.n) ? [element] : [];
  if (op.op === 'flatMap') return several(value, op.n).map((one) => ({ ...element, value: one }));
  return [{ ...element, value: mapped(value, op.n) }];
}

/** What a function that looks at window, timestamp and pane makes of its element. */
function observed(element: Element): Element {
  const { start, max } = only(element.windows);
  const place = (max % 89) + (Number.isFinite(start) ? Math.abs(start % 83) : 0) + Math.abs(element.timestamp % 79);
  return { ...element, value: (element.value + place + (element.pane === 'ON_TIME' ? 1 : 0)) % 997 };
}

const isFailed = (call: Call, { value }: Element): boolean => hasDeadLetters(call) && failuresOf(call, value) > 0;

function reduced(op: Op & { op: 'group' | 'combine' }, values: readonly number[]): number {
  if (op.op === 'group' || op.fn === 'list') return digest(values);
  return op.fn === 'mean' ? roundedMean(values) : values.reduce((a, b) => a + b, 0) % 997;
}

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
