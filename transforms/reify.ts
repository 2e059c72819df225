import {
  type BoundedWindow,
  type PaneInfo,
  type PCollection,
  type PTransform,
  ptransform,
  type TimestampedValue,
} from '../model/index.ts';

/** An element with its timestamp and pane, and one of its windows. */
export interface ReifiedValue<out T> extends TimestampedValue<T> {
  readonly window: BoundedWindow;
  readonly pane: PaneInfo;
}

/**
 * Puts each element's timestamp beside it, as data. An element in several windows comes out once for each.
 *
 * @example
 * import { create, Pipeline, reifyTimestamps } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * const stamped = p.apply(create(['a'], { timestamps: [5] })).apply(reifyTimestamps());
 * assertThat(stamped).containsInAnyOrder([{ value: 'a', timestamp: 5 }]);
 * await p.run(directRunner());
 */
export const reifyTimestamps = <T>(): PTransform<PCollection<T>, PCollection<TimestampedValue<T>>> =>
  ptransform('ReifyTimestamps', (input) =>
    input.map((value, { timestamp }) => ({ value, timestamp }), { name: 'Timestamp' }),
  );

/**
 * Puts each element's timestamp, window and pane beside it, as data. An element in several windows comes out once for each.
 *
 * @example
 * import { create, fixedWindows, interval, Pipeline, reifyWindows } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * const words = p.apply(create(['a'], { timestamps: [5] })).windowInto(fixedWindows({ size: 10 }));
 * assertThat(words.apply(reifyWindows()).map(({ window }) => window)).containsInAnyOrder([interval(0, 10)]);
 * await p.run(directRunner());
 */
export const reifyWindows = <T>(): PTransform<PCollection<T>, PCollection<ReifiedValue<T>>> =>
  ptransform('ReifyWindows', (input) =>
    input.map((value, { timestamp, window, pane }) => ({ value, timestamp, window, pane }), { name: 'Window' }),
  );
