import {
  encodeKey,
  formatTrigger,
  type Graph,
  hashKey,
  type Primitive,
  type Source,
  type Step,
  type WindowingStrategy,
} from '../../model/index.ts';
import { isKeyed } from '../execution/index.ts';

/**
 * What a step keeps from epoch to epoch, as far as a later program has to agree with it: parts by name, each in words.
 *
 * Parts whose names begin with `~` may change: nothing that was kept is read differently.
 */
export type Shape = Readonly<Record<string, string>>;

/** The shapes of all steps of a graph that keep something, by path. */
export function shapesOf({ steps }: Graph): ReadonlyMap<string, Shape> {
  return new Map(
    steps.flatMap((step) => {
      const shape = shapeOf(step);
      return shape === undefined ? [] : [[step.path, shape] as const];
    }),
  );
}

function shapeOf(step: Step): Shape | undefined {
  const { primitive, inputs } = step;
  switch (primitive.kind) {
    case 'Read':
      return { source: primitive.source.name, ...placeOf(primitive.source) };
    case 'SplittableParDo':
      return { reader: primitive.reader.name, ...placeOf(primitive.reader) };
    case 'Write':
      return { sink: primitive.sink.name, '~location': primitive.sink.location ?? '' };
    case 'GroupByKey':
      return { groups: 'values', ...windowingShape(inputs[0]?.windowing) };
    case 'CombinePerKey':
      return { groups: `combined by ${primitive.fn.name}`, ...windowingShape(inputs[0]?.windowing) };
    case 'ParDo':
      return isKeyed(step) ? keyedShape(primitive, inputs[0]?.windowing) : undefined;
    default:
      return undefined;
  }
}

/** Where something is read, and what of it: positions mean nothing elsewhere. A filter may hold what nobody else may see. */
const placeOf = ({ location = '', filter }: Pick<Source<unknown>, 'location' | 'filter'>): Shape => ({
  location,
  filter: filter === undefined ? 'none' : `the one with check sum ${hashKey(encodeKey(filter)).toString(16)}`,
});

function windowingShape(windowing: WindowingStrategy | undefined): Shape {
  if (windowing === undefined) return {};
  const { windowFn, trigger, accumulationMode, allowedLateness, timestampCombiner } = windowing;
  return {
    windows: `${windowFn.name} ${JSON.stringify(windowFn.spec)}`,
    trigger: formatTrigger(trigger),
    panes: accumulationMode,
    timestamps: timestampCombiner,
    '~allowed lateness': String(allowedLateness),
  };
}

function keyedShape({ doFn }: Extract<Primitive, { kind: 'ParDo' }>, windowing: WindowingStrategy | undefined): Shape {
  // Declared by users with names of their own; what each is, is on it.
  const state = Object.entries((doFn.state ?? {}) as Record<string, { kind: string; combineFn?: { name: string } }>);
  const timers = Object.entries((doFn.timers ?? {}) as Record<string, { domain: string }>);
  return {
    windows: `${windowing?.windowFn.name} ${JSON.stringify(windowing?.windowFn.spec)}`,
    ...Object.fromEntries(
      state.map(([name, { kind, combineFn }]) => [`state ${name}`, combineFn ? `${kind} of ${combineFn.name}` : kind]),
    ),
    ...Object.fromEntries(timers.map(([name, { domain }]) => [`timer ${name}`, domain])),
  };
}
