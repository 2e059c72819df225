// Random bounded pipelines as data: what pipelines.ts builds with Viga and naive.ts evaluates by itself.
import fc from 'fast-check';

export type WindowKind = 'global' | 'fixed' | 'sliding' | 'sessions' | 'buckets' | 'merging';
export type Combiner = 'end-of-window' | 'earliest' | 'latest';

/** How the elements of a collection are windowed. */
export interface Windowing {
  readonly kind: WindowKind;
  readonly combiner: Combiner;
  readonly isMerged: boolean;
  /** Whether time may stand where an element came from already: an earlier timestamp is late in streaming then. */
  readonly isBehind: boolean;
}

/** How a user function takes its time, and what becomes of its failures. */
export interface Call {
  readonly mode: 'sync' | 'async' | 'mixed';
  readonly concurrency: number | undefined;
  readonly unordered: boolean;
  /** Elements whose value is 2 more than a multiple of this fail. */
  readonly failsEach: number;
  /** So often for each value; at least `attempts` makes dead letters of them. */
  readonly failures: number;
  readonly attempts: number;
}

/** One transform over collections of whole numbers, its inputs by index. */
export type Op =
  | { readonly op: 'create'; readonly values: readonly number[]; readonly timestamps: readonly number[] | undefined }
  | { readonly op: 'read'; readonly count: number; readonly batch: number; readonly isLate: boolean }
  | { readonly op: 'map' | 'filter' | 'mapValues'; readonly in: number; readonly call: Call; readonly n: number }
  | { readonly op: 'flatMap'; readonly in: number; readonly call: Call; readonly form: number; readonly n: number }
  | { readonly op: 'observe' | 'chain' | 'reshuffle' | 'split' | 'distinct'; readonly in: number; readonly n: number }
  | { readonly op: 'parDo'; readonly in: number; readonly call: Call; readonly n: number; readonly delta: number }
  | { readonly op: 'bundles'; readonly in: number; readonly isAsync: boolean }
  | { readonly op: 'window'; readonly in: number; readonly kind: WindowKind; readonly combiner: Combiner }
  | { readonly op: 'stamp'; readonly in: number; readonly n: number }
  | { readonly op: 'group'; readonly in: number; readonly keys: number; readonly n: number }
  | {
      readonly op: 'combine';
      readonly in: number;
      readonly keys: number;
      readonly n: number;
      readonly fn: 'sum' | 'list' | 'mean';
    }
  | { readonly op: 'flatten'; readonly ins: readonly number[] }
  | {
      readonly op: 'join';
      readonly in: number;
      readonly other: number;
      readonly how: 'inner' | 'left' | 'right' | 'full';
    }
  | { readonly op: 'side'; readonly in: number; readonly side: number; readonly view: View; readonly isAsync: boolean };

export type View = 'iterable' | 'list' | 'map' | 'multimap' | 'singleton';

/** What a failing function does: it fails for these values, as often. */
export const failuresOf = ({ failsEach, failures }: Call, value: number): number =>
  failsEach > 0 && value % failsEach === 2 % failsEach ? failures : 0;

export const hasDeadLetters = ({ failsEach, failures, attempts }: Call): boolean =>
  failsEach > 0 && failures >= attempts;

const GLOBAL: Windowing = { kind: 'global', combiner: 'end-of-window', isMerged: false, isBehind: false };

const sameWindows = (a: Windowing | undefined, b: Windowing | undefined): boolean => a?.kind === b?.kind;

const merges = ({ kind }: Windowing): boolean => kind === 'sessions' || kind === 'merging';

/**
 * The windowing of each collection: an op gives one, and where it has dead letters or a second output another one behind it.
 * Indices wrap around; a step that its inputs do not allow takes others that they do.
 */
export function resolve(raw: readonly Op[]): { readonly ops: readonly Op[]; readonly windowing: readonly Windowing[] } {
  const windowing: Windowing[] = [];
  const ops: Op[] = [];
  const sizes: number[] = [];
  for (const step of raw) {
    const wanted = resolved(step, windowing);
    const isLarge = sizeOf(wanted, sizes) > LARGEST;
    const op: Op = isLarge ? { op: 'create', values: [1, 2, 3], timestamps: undefined } : wanted;
    ops.push(op);
    const outputs = outputsOf(op, windowing);
    windowing.push(...outputs);
    sizes.push(...outputs.map(() => sizeOf(op, sizes)));
  }
  return { ops, windowing };
}

/** A step that would give more elements, once per window, is left out: joins of joins have millions. */
const LARGEST = 3_000;

/** About how many elements a step gives. */
function sizeOf(op: Op, sizes: readonly number[]): number {
  const at = (i: number): number => sizes[i] ?? 0;
  switch (op.op) {
    case 'create':
      return op.values.length;
    case 'read':
      return op.count;
    case 'flatten':
      return op.ins.reduce((sum, i) => sum + at(i), 0);
    case 'join':
      return at(op.in) + at(op.other) + (at(op.in) * at(op.other)) / 5;
    case 'window':
      return at(op.in) * (op.kind === 'sliding' || op.kind === 'buckets' ? 3 : 1);
    case 'flatMap':
    case 'parDo':
    case 'split':
      return at(op.in) * 2;
    default:
      return at(op.in);
  }
}

function resolved(op: Op, windowing: readonly Windowing[]): Op {
  const count = windowing.length;
  if (op.op === 'create' || op.op === 'read') return op;
  if (op.op === 'flatten') {
    const [first] = op.ins;
    if (first === undefined || count === 0) return { op: 'flatten', ins: [] };
    const like = windowing[first % count];
    return { op: 'flatten', ins: op.ins.map((i) => i % count).filter((i) => sameWindows(windowing[i], like)) };
  }
  if (count === 0) return { op: 'create', values: [1, 2, 3], timestamps: undefined };
  const at = op.in % count;
  const main = windowing[at] ?? GLOBAL;
  if (op.op === 'join') {
    const wanted = op.other % count;
    return { ...op, in: at, other: sameWindows(windowing[wanted], main) ? wanted : at };
  }
  if (op.op === 'stamp' && main.isBehind) return { op: 'observe', in: at, n: op.n };
  if (op.op === 'side') {
    const side = windowing.findIndex((one, i) => i >= op.side % count && !merges(one));
    if (side < 0) return { op: 'observe', in: at, n: 1 };
    const view = op.view === 'singleton' && windowing[side]?.kind !== 'global' ? 'iterable' : op.view;
    return { ...op, in: at, side, view };
  }
  return { ...op, in: at };
}

function outputsOf(op: Op, windowing: readonly Windowing[]): readonly Windowing[] {
  if (op.op === 'create' || op.op === 'read') return [GLOBAL];
  if (op.op === 'flatten') return [{ ...(windowing[op.ins[0] ?? -1] ?? GLOBAL), isBehind: true }];
  const main = windowing[op.in] ?? GLOBAL;
  const behind = { ...main, isBehind: true };
  const grouped = merges(main) ? { ...behind, isMerged: true } : behind;
  switch (op.op) {
    case 'window':
      return [{ kind: op.kind, combiner: op.combiner, isMerged: false, isBehind: main.isBehind }];
    case 'group':
    case 'combine':
    case 'distinct':
    case 'join':
      return [grouped];
    case 'reshuffle':
    case 'side':
      return [behind];
    case 'parDo':
      return hasDeadLetters(op.call) ? [main, main, main] : [main, main];
    case 'map':
    case 'filter':
    case 'flatMap':
    case 'mapValues':
      return hasDeadLetters(op.call) ? [main, main] : [main];
    default:
      return [main];
  }
}

const index = fc.nat(30);
const small = fc.integer({ min: 1, max: 7 });
const combiner = fc.constantFrom<Combiner>('end-of-window', 'earliest', 'latest');
const windowKind = fc.constantFrom<WindowKind>('global', 'fixed', 'sliding', 'sessions', 'buckets', 'merging');

const call: fc.Arbitrary<Call> = fc.record({
  mode: fc.constantFrom('sync' as const, 'async' as const, 'mixed' as const),
  concurrency: fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined }),
  unordered: fc.boolean(),
  failsEach: fc.constantFrom(0, 0, 3, 5),
  failures: fc.integer({ min: 1, max: 3 }),
  attempts: fc.integer({ min: 1, max: 3 }),
});

const create: fc.Arbitrary<Op> = fc.array(fc.tuple(fc.nat(30), fc.nat(200)), { maxLength: 40 }).chain((elements) =>
  fc.boolean().map((isTimed) => ({
    op: 'create' as const,
    values: elements.map(([value]) => value),
    timestamps: isTimed ? elements.map(([, timestamp]) => timestamp) : undefined,
  })),
);

const step: fc.Arbitrary<Op> = fc.oneof(
  create,
  fc.record({ op: fc.constant('read' as const), count: fc.nat(30), batch: small, isLate: fc.boolean() }),
  fc.record({
    op: fc.constantFrom('map' as const, 'filter' as const, 'mapValues' as const),
    in: index,
    call,
    n: small,
  }),
  fc.record({ op: fc.constant('flatMap' as const), in: index, call, form: fc.nat(5), n: small }),
  fc.record({
    op: fc.constantFrom('observe', 'chain', 'reshuffle', 'split', 'distinct') as fc.Arbitrary<'observe'>,
    in: index,
    n: small,
  }),
  fc.record({ op: fc.constant('parDo' as const), in: index, call, n: small, delta: fc.nat(20) }),
  fc.record({ op: fc.constant('bundles' as const), in: index, isAsync: fc.boolean() }),
  fc.record({ op: fc.constant('window' as const), in: index, kind: windowKind, combiner }),
  fc.record({ op: fc.constant('stamp' as const), in: index, n: small }),
  fc.record({ op: fc.constant('group' as const), in: index, keys: fc.nat(5), n: small }),
  fc.record({
    op: fc.constant('combine' as const),
    in: index,
    keys: fc.nat(5),
    n: small,
    fn: fc.constantFrom('sum' as const, 'list' as const, 'mean' as const),
  }),
  fc.record({ op: fc.constant('flatten' as const), ins: fc.array(index, { maxLength: 4 }) }),
  fc.record({
    op: fc.constant('join' as const),
    in: index,
    other: index,
    how: fc.constantFrom('inner' as const, 'left' as const, 'right' as const, 'full' as const),
  }),
  fc.record({
    op: fc.constant('side' as const),
    in: index,
    side: index,
    view: fc.constantFrom<View>('iterable', 'list', 'map', 'multimap', 'singleton'),
    isAsync: fc.boolean(),
  }),
);

/** Random pipelines: steps over the collections before them, the first of which are created. */
export const graphs: fc.Arbitrary<readonly Op[]> = fc
  .tuple(create, fc.array(step, { minLength: 1, maxLength: 12 }))
  .map(([first, steps]) => resolve([first, ...steps]).ops);
