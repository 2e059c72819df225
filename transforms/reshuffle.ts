import { type KV, type PCollection, type PTransform, reshuffleStep } from '../model/index.ts';

/**
 * Ends the fusion of steps: what comes before is finished and stored before what comes after starts.
 *
 * Elements, timestamps, windows and panes are unchanged. Put it behind a step that is costly or not repeatable, so that it
 * is not run again with the steps that follow.
 *
 * @example
 * import { create, Pipeline, reshuffle } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * assertThat(p.apply(create([1, 2])).apply(reshuffle())).containsInAnyOrder([1, 2]);
 * await p.run(directRunner());
 */
export const reshuffle = <T>(): PTransform<PCollection<T>, PCollection<T>> => reshuffleStep('Reshuffle');

/**
 * Spreads elements over all workers, whatever they are: behind a step that turns few elements into many.
 *
 * Elements, timestamps, windows and panes are unchanged.
 *
 * @example
 * import { create, Pipeline, redistributeArbitrarily } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * const numbers = p.apply(create([3])).flatMap((n) => Array.from({ length: n }, (_, i) => i));
 * assertThat(numbers.apply(redistributeArbitrarily())).containsInAnyOrder([0, 1, 2]);
 * await p.run(directRunner());
 */
export const redistributeArbitrarily = <T>(): PTransform<PCollection<T>, PCollection<T>> =>
  reshuffleStep('RedistributeArbitrarily');

/**
 * Spreads key-value pairs over all workers, those of one key to the same.
 *
 * Elements, timestamps, windows and panes are unchanged.
 *
 * @example
 * import { create, kv, Pipeline, redistributeByKey } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * assertThat(p.apply(create([kv('a', 1)])).apply(redistributeByKey())).containsInAnyOrder([kv('a', 1)]);
 * await p.run(directRunner());
 */
export const redistributeByKey = <K, V>(): PTransform<PCollection<KV<K, V>>, PCollection<KV<K, V>>> =>
  reshuffleStep('RedistributeByKey');
