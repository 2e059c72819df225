import type { CombineFn } from './combine-fn.ts';
import { PipelineError } from './errors.ts';
import type { Named, PCollection } from './pcollection.ts';
import { type PTransform, ptransform } from './pipeline.ts';
import { flatten, impulse } from './primitives.ts';
import { asIterable } from './side-input.ts';
import { globalWindows } from './window-fn.ts';

/** What combineGlobally can be asked for. */
export interface CombineGloballyOptions extends Named {
  /** Give nothing for an empty window, in place of the combiner's value of nothing. */
  readonly withoutDefaults?: boolean;
  /** In how many parts the elements are combined first; a hint, as it never changes the result. */
  readonly fanout?: number;
}

/**
 * Combines all elements under one key; an empty global window gets the combiner's value of nothing.
 *
 * That value comes from an impulse that looks at the combined collection as a side input (Beam: Combine.globally).
 */
export function combineGloballyTransform<I, A, O>(
  fn: CombineFn<I, A, O>,
  { withoutDefaults = false, fanout }: CombineGloballyOptions,
): PTransform<PCollection<I>, PCollection<O>> {
  return ptransform(
    fn?.name === undefined ? 'CombineGlobally' : `CombineGlobally(${fn.name})`,
    (input: PCollection<I>) => {
      const isGlobal = input.windowing.windowFn.spec.kind === 'global';
      if (!isGlobal && !withoutDefaults) {
        throw new PipelineError(
          input.pipeline.pathOf(`CombinePerKey(${fn.name})`),
          `the input is in windows (${input.windowing.windowFn.name}) and withoutDefaults is not set. Windows without elements are not known, so they can't get the combiner's value of nothing. Pass { withoutDefaults: true }.`,
        );
      }
      const combined = input
        .keyBy(() => null)
        .combinePerKey(fn, fanout === undefined ? {} : { hotKeyFanout: fanout })
        .map((pair) => pair.value, { name: 'Values' });
      if (withoutDefaults) return combined;
      const ofNothing = input.pipeline
        .apply(impulse())
        .windowInto(globalWindows(), {
          trigger: input.windowing.trigger,
          accumulationMode: input.windowing.accumulationMode,
          allowDataLoss: true,
        })
        .flatMap(
          (_, { sideInputs }) => {
            for (const _combined of sideInputs.combined) return [];
            return [valueOfNothing(fn)];
          },
          { name: 'DefaultIfEmpty', sideInputs: { combined: asIterable(combined) } },
        );
      return flatten([combined, ofNothing]);
    },
  );
}

function valueOfNothing<A, O>(fn: CombineFn<never, A, O>): O {
  const output = fn.extractOutput(fn.createAccumulator());
  if (typeof Object(output).then !== 'function') return output;
  throw new TypeError(
    `the combiner ${fn.name} gave a promise. Values are combined at once. Make its functions sync, and call what is async in a map(...) after it.`,
  );
}
