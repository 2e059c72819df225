import { afterCount, globalWindows, type PCollection, type PTransform, ptransform, repeatedly } from 'viga';

/** A collection whose elements replace each other, as a side input. */
export const globalTable = <T>(): PTransform<PCollection<T>, PCollection<T>> =>
  ptransform('GlobalTable', (elements: PCollection<T>) =>
    elements.windowInto(globalWindows(), { trigger: repeatedly(afterCount(1)), accumulationMode: 'discarding' }),
  );
