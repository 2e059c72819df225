import type { RestrictionReader, SourceBatch, Timestamp } from '../model/index.ts';
import { show, textOf } from './compare.ts';
import type { Trial } from './law.ts';

/** Checks a batch that a source hands over. */
export function checkBatch<T>(
  trial: Trial,
  { values, timestamps, coordinate }: SourceBatch<T>,
  watermark: Timestamp,
): void {
  const stamps = typeof timestamps === 'number' ? [timestamps] : [...(timestamps ?? [])];
  trial.require(
    typeof timestamps !== 'object' || timestamps.length === values.length,
    'a batch has one timestamp or one per value',
    () => `there are ${stamps.length} for ${values.length} values`,
    "Elements would get each other's event time. Give a Float64Array of the same length.",
  );
  trial.require(
    stamps.every((stamp) => stamp >= watermark),
    'no element lies before the watermark',
    () => `one has ${Math.min(...stamps)} and the watermark is ${watermark}`,
    'It would be late. Advance the watermark only as far as no earlier element can come.',
  );
  // A coordinate is only asked for when something went wrong, which is no time for it to fail.
  for (let i = 0; i < values.length; i++) coordinate?.(i);
}

/** Checks that a restriction can be stored and sent, and its size. */
export function checkRestriction<E, T, R, P>(
  trial: Trial,
  source: RestrictionReader<E, T, R, P>,
  restriction: R,
): void {
  trial.require(
    restriction === undefined || textOf(restriction) !== undefined,
    'a restriction is plain data',
    () => `${show(restriction)} is not`,
    'It is stored and sent. Hold names and numbers, and open files and connections in read.',
  );
  const size = source.size?.(restriction);
  trial.require(
    size === undefined || (Number.isFinite(size) && size >= 0),
    'a size is a number of 0 or more',
    () => `that of ${show(restriction)} is ${size}`,
    'Splitting is planned by it. Give undefined where it is not known.',
  );
}
