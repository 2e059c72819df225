import { checkElements } from './check-arguments.ts';
import { checkWatermarkPolicy } from './check-reader.ts';
import { checkSideInputs } from './check-side-inputs.ts';
import type { DeadLetter } from './dead-letter.ts';
import { PipelineError } from './errors.ts';
import { checkEventTime, type EventTimeOptions, withEventTime } from './event-time.ts';
import { DEAD_LETTERS, MAIN, type Primitive } from './graph.ts';
import type { Named, PCollection } from './pcollection.ts';
import { type OutputSpec, type PBegin, PDone, type Pipeline, type PTransform, ptransform } from './pipeline.ts';
import type { SideInputs } from './side-input.ts';
import type { Sink } from './sink.ts';
import type { RestrictionReader, Source } from './source.ts';
import type { Timestamp } from './time.ts';
import { DEFAULT_WINDOWING, type WindowingStrategy } from './windowing-strategy.ts';

// The steps that are not methods of PCollection: where collections come from, join and end. As in steps.ts, the casts
// give collections the element types that the signatures promise; the graph itself forgets them.

const fromNothing = (isBounded: boolean): OutputSpec => ({ tag: MAIN, windowing: DEFAULT_WINDOWING, isBounded });

/** One empty element at the lowest timestamp: where pipelines without a source start. */
export const impulse = (): PTransform<PBegin, PCollection<Uint8Array>> => ({
  name: 'Impulse',
  expand(pipeline) {
    const spec = { inputs: [], outputs: [fromNothing(true)], primitive: () => ({ kind: 'Impulse' as const }) };
    return pipeline.addStep({ derived: 'Impulse' }, spec)[0] as PCollection<Uint8Array>;
  },
});

/**
 * The elements of an array, with the lowest timestamp or with `timestamps`.
 *
 * @throws PipelineError if there are not as many timestamps as elements, or one is no instant.
 */
export const createElements = <T>(
  elements: readonly T[],
  timestamps?: readonly Timestamp[],
): PTransform<PBegin, PCollection<T>> => ({
  name: 'Create',
  expand(pipeline) {
    const [output] = pipeline.addStep(
      { derived: 'Create' },
      {
        inputs: [],
        outputs: [fromNothing(true)],
        primitive(path) {
          checkElements(path, elements, timestamps);
          // Copied: what the caller does to the array afterwards must not change the pipeline.
          return { kind: 'Create', elements: [...elements], timestamps: timestamps && Float64Array.from(timestamps) };
        },
      },
    );
    return output as PCollection<T>;
  },
});

/** What a read can be asked for. */
export interface ReadOptions<in T = unknown> extends Named, EventTimeOptions<T> {
  /** Gets the records that could not become elements, instead of the run's ending at the first. */
  readonly deadLetters?: (failed: PCollection<DeadLetter<unknown>>) => unknown;
  /** Default true. */
  readonly isBounded?: boolean;
}

/**
 * Reads a {@link Source}. Elements are in the global window and no trigger has fired them.
 *
 * Their timestamps are those that `timestamp` finds in them, or else those that the source gives.
 */
export const read = <T, R, P>(
  source: Source<T, R, P>,
  options: ReadOptions<T> = {},
): PTransform<PBegin, PCollection<T>> => ({
  name: source.name,
  expand(pipeline) {
    return addReading<T>(pipeline, { given: options.name, derived: 'Read' }, options, (hasDeadLetters, path) => {
      checkWatermarkPolicy(path, source.watermark);
      return {
        kind: 'Read',
        // With the event time of its elements set it is still a source.
        source: withEventTime(source, options) as unknown as Source<unknown>,
        hasDeadLetters,
      };
    });
  },
});

function addReading<T>(
  input: Pipeline | PCollection<unknown>,
  name: { readonly given?: string | undefined; readonly derived: string },
  options: ReadOptions<T>,
  primitive: (hasDeadLetters: boolean, path: string) => Primitive,
): PCollection<T> {
  const { deadLetters, isBounded = true } = options;
  const from = 'producer' in input ? input : undefined;
  const pipeline = from?.pipeline ?? (input as Pipeline);
  const main: OutputSpec = {
    tag: MAIN,
    windowing: from?.windowing ?? DEFAULT_WINDOWING,
    isBounded: isBounded && (from?.isBounded ?? true),
  };
  const outputs = deadLetters ? [main, { ...main, tag: DEAD_LETTERS }] : [main];
  const made = pipeline.addStep(name, {
    inputs: from ? [from] : [],
    outputs,
    primitive(path) {
      checkEventTime(path, options);
      return primitive(deadLetters !== undefined, path);
    },
  });
  deadLetters?.(made[1] as PCollection<DeadLetter<unknown>>);
  return made[0] as PCollection<T>;
}

/** What a {@link splittableParDo} can be asked for. */
export interface SplittableOptions<in T = unknown, V extends SideInputs = Record<never, never>> extends ReadOptions<T> {
  /** What `read` sees as `context.sideInputs`, by name; reading an element starts when they are ready for its window. */
  readonly sideInputs?: V;
}

/**
 * A splittable DoFn: each element names something to read, a file for example, which is read in parts.
 *
 * What is read keeps the windows of its element; it has the timestamps that `timestamp` finds or the reader gives, or else
 * the element's. An element in several windows is read once for all of them, but once for each where there are side inputs.
 *
 * @throws PipelineError if a side input is windowed by a merging window function.
 */
export const splittableParDo = <E, T, R, P, V extends SideInputs = Record<never, never>>(
  reader: RestrictionReader<E, T, R, P, V>,
  options: SplittableOptions<T, V> = {},
): PTransform<PCollection<E>, PCollection<T>> => ({
  name: reader.name,
  expand(input) {
    const { name, sideInputs = {} } = options;
    return addReading<T>(input, { given: name, derived: 'SplittableParDo' }, options, (hasDeadLetters, path) => {
      checkSideInputs(path, input.pipeline, sideInputs);
      checkWatermarkPolicy(path, reader.watermark);
      return {
        kind: 'SplittableParDo',
        // It is only given elements of this collection, and restrictions and trackers that it made itself.
        reader: withEventTime(reader, options) as unknown as RestrictionReader<unknown, unknown, unknown, unknown>,
        hasDeadLetters,
        sideInputs,
      };
    });
  },
});

/** What a write can be asked for. */
export interface WriteOptions<T> extends Named {
  /** Gets the elements that can't be written, instead of the run's ending at the first. */
  readonly deadLetters?: (failed: PCollection<DeadLetter<T>>) => unknown;
}

/** Writes a collection to a {@link Sink}. */
export const write = <T, C>(sink: Sink<T, C>, options: WriteOptions<T> = {}): PTransform<PCollection<T>, PDone> => ({
  name: sink.name,
  expand(input) {
    const { deadLetters } = options;
    const made = input.pipeline.addStep(
      { given: options.name, derived: 'Write' },
      {
        inputs: [input],
        outputs: deadLetters ? [{ tag: DEAD_LETTERS, windowing: input.windowing, isBounded: input.isBounded }] : [],
        primitive: () => ({
          kind: 'Write',
          // It is only given elements of this collection, and committables that its own writer made.
          sink: sink as unknown as Sink<unknown>,
          hasDeadLetters: deadLetters !== undefined,
        }),
      },
    );
    deadLetters?.(made[0] as PCollection<DeadLetter<T>>);
    return new PDone(input.pipeline);
  },
});

/**
 * All elements of several collections in one, unchanged; a collection given twice counts twice.
 *
 * @throws PipelineError if the collections are windowed by different window functions, or if there is none and no
 * `pipeline`.
 */
export function flatten<T>(
  collections: readonly PCollection<T>[],
  options: Named & { readonly pipeline?: Pipeline } = {},
): PCollection<T> {
  const given: unknown = collections;
  if (!Array.isArray(given)) {
    throw new PipelineError(
      undefined,
      'flatten was given no array. It takes its collections in one. Pass flatten([first, second]).',
    );
  }
  const pipeline = options.pipeline ?? collections[0]?.pipeline;
  if (pipeline === undefined) {
    throw new PipelineError(
      options.name,
      'flatten was given no collection. There is nothing to tell its pipeline by. Pass { pipeline } where the list may be empty.',
    );
  }
  const [output] = pipeline.addStep(
    { given: options.name, derived: 'Flatten' },
    {
      inputs: collections,
      outputs: [
        {
          tag: MAIN,
          windowing: collections[0]?.windowing ?? DEFAULT_WINDOWING,
          isBounded: collections.every(({ isBounded }) => isBounded),
        },
      ],
      primitive(path) {
        refuseMixedWindows(path, collections);
        return { kind: 'Flatten' };
      },
    },
  );
  return output as PCollection<T>;
}

function refuseMixedWindows(step: string, collections: readonly PCollection<unknown>[]): void {
  const [first, ...others] = collections;
  const describe = ({ windowFn }: WindowingStrategy): string => JSON.stringify([windowFn.name, windowFn.spec]);
  const other = others.find(({ windowing }) => first && describe(windowing) !== describe(first.windowing));
  if (first === undefined || other === undefined) return;
  throw new PipelineError(
    step,
    `${first.producer} is windowed by ${first.windowing.windowFn.name} and ${other.producer} by ${other.windowing.windowFn.name}, or by other sizes. A collection has one kind of windows. Call windowInto with the same window function on each first.`,
  );
}

/**
 * A cut in the fusion of steps: what comes before is finished and stored before what comes after starts.
 *
 * Elements, timestamps, windows and panes are unchanged.
 */
export const reshuffleStep = <T>(name = 'Reshuffle'): PTransform<PCollection<T>, PCollection<T>> =>
  ptransform(name, (input: PCollection<T>) => {
    const [output] = input.pipeline.addStep(
      { derived: 'Reshuffle' },
      {
        inputs: [input],
        outputs: [{ tag: MAIN, windowing: input.windowing, isBounded: input.isBounded }],
        primitive: () => ({ kind: 'Reshuffle' }),
      },
    );
    return output as PCollection<T>;
  });
