import { PipelineError, showValue } from './errors.ts';
import type { Pipeline } from './pipeline.ts';
import type { SideInputs } from './side-input.ts';
import { waitsForEver } from './windowing-strategy.ts';

/** @throws PipelineError for a side input that is no view, of another pipeline, never ready, or in windows that merge. */
export function checkSideInputs(step: string, pipeline: Pipeline, sideInputs: SideInputs): void {
  for (const [name, view] of Object.entries(sideInputs)) {
    if (Object(view).collection === undefined) {
      throw new PipelineError(
        step,
        `the side input '${name}' is ${typeof view === 'object' ? 'no view' : showValue(view)}. How it is to be looked into is not known. Pass e.g. asList(collection) or asMap(collection).`,
      );
    }
    view.collection.assertBelongsTo(pipeline, step);
    const { windowing, isBounded } = view.collection;
    if (!isBounded && waitsForEver(windowing)) {
      throw new PipelineError(
        step,
        `the side input '${name}' never ends and is in the global window without a trigger. It would never be ready, and elements would wait for it for ever. Give its windowInto a trigger, e.g. windowInto(globalWindows(), { trigger: repeatedly(afterCount(1)), ... }), or other windows.`,
      );
    }
    if (windowing.windowFn.merge === undefined) continue;
    throw new PipelineError(
      step,
      `the side input '${name}' has merging windows (${windowing.windowFn.name}). An element's window can't be matched with windows that still change. Re-window it first, e.g. windowInto(fixedWindows(...)) or globalWindows().`,
    );
  }
}
