// What the builders of the registry have in common: elements at instants, windows of ten seconds, groups as lists, and the
// panes that Beam's model names, spelled out.
import {
  create,
  fixedWindows,
  interval,
  type IntervalWindow,
  kv,
  type KV,
  type PaneInfo,
  type PCollection,
  type Pipeline,
  seconds,
} from '../../index.ts';

/** Elements at instants given in seconds. */
export const at = <T>(p: Pipeline, ...elements: readonly (readonly [instant: number, value: T])[]): PCollection<T> =>
  p.apply(
    create(
      elements.map(([, value]) => value),
      { timestamps: elements.map(([instant]) => seconds(instant)) },
    ),
  );

/** One pair of one key: a single call shows what its state does. */
export const onePair = (p: Pipeline): PCollection<KV<string, number>> => p.apply(create([kv('k', 1)]));

/** The window from one second up to, not including, another. */
export const within = (from: number, to: number): IntervalWindow => interval(seconds(from), seconds(to));

/** Windows of ten seconds. */
export const tens = fixedWindows({ size: seconds(10) });

/** All elements of each window in one group. */
export const grouped = <T>(input: PCollection<T>): PCollection<readonly T[]> =>
  listed(input.keyBy(() => 'all').groupByKey()).map(({ value }) => value);

/** Groups as sorted arrays. */
export const listed = <K, V>(groups: PCollection<KV<K, Iterable<V>>>): PCollection<KV<K, readonly V[]>> =>
  groups.mapValues((values) => [...values].sort());

/** The pane of an element that no trigger has fired. */
export const NOT_FIRED: PaneInfo = { timing: 'UNKNOWN', index: 0, onTimeIndex: 0, isFirst: true, isLast: true };

/** The only pane of a window that fires when the watermark passes its end. */
export const ON_TIME: PaneInfo = { timing: 'ON_TIME', index: 0, onTimeIndex: 0, isFirst: true, isLast: true };
