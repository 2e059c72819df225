// Panes as the sections about triggers and timers speak of them.
import {
  type Firing,
  type PaneInfo,
  type PCollection,
  type Pipeline,
  reifyWindows,
  seconds,
  type TimestampedValue,
} from '../../index.ts';
import { at } from '../../testing/index.ts';
import { oneByOne } from './arrivals.ts';
import { grouped, tens } from './collections.ts';

/** What one firing gave. */
export interface Pane {
  readonly values: readonly number[];
  readonly pane: PaneInfo;
}

export const early = (index: number): PaneInfo => ({
  timing: 'EARLY',
  index,
  onTimeIndex: -1,
  isFirst: index === 0,
  isLast: false,
});

export const onTime = (index: number, isLast: boolean): PaneInfo => ({
  timing: 'ON_TIME',
  index,
  onTimeIndex: 0,
  isFirst: index === 0,
  isLast,
});

export const late = (index: number, onTimeIndex: number, isLast = false): PaneInfo => ({
  timing: 'LATE',
  index,
  onTimeIndex,
  isFirst: index === 0,
  isLast,
});

/** The panes of a grouping. */
export const panes = (groups: PCollection<readonly number[]>): PCollection<Pane> =>
  groups.apply(reifyWindows()).map(({ value, pane }) => ({ values: value, pane }));

/** The numbers from 1 on, one after another, in the window of the first ten seconds, in groups. */
export const numbers = (p: Pipeline, count: number, firing: Firing): PCollection<readonly number[]> => {
  const arriving = oneByOne(
    p,
    Array.from({ length: count }, (_, i) => i + 1),
  );
  return grouped(arriving.windowInto(tens, { ...firing, name: 'Window' }));
};

/** Numbers that are their own instants in seconds. */
export const instants = (...values: readonly number[]): readonly TimestampedValue<number>[] =>
  values.map((value) => at(seconds(value), value));
