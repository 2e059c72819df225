import { PipelineError, showValue } from './errors.ts';
import type { Pipeline } from './pipeline.ts';
import type { SideInputs } from './side-input.ts';

/** @throws PipelineError for a side input that is no view, of another pipeline, or in windows that merge. */
export function checkSideInputs(step: string, pipeline: Pipeline, sideInputs: SideInputs): void {
  for (const [name, view] of Object.entries(sideInputs)) {
    if (Object(view).collection === undefined) {
      throw new PipelineError(
        step,
        `the side input '${name}' is ${typeof view === 'object' ? 'no view' : showValue(view)}. How it is to be looked into is not known. Pass e.g. asList(collection) or asMap(collection).`,
      );
    }
    view.collection.assertBelongsTo(pipeline, step);
    if (view.collection.windowing.windowFn.merge === undefined) continue;
    throw new PipelineError(
      step,
      `the side input '${name}' has merging windows (${view.collection.windowing.windowFn.name}). An element's window can't be matched with windows that still change. Re-window it first, e.g. windowInto(fixedWindows(...)) or globalWindows().`,
    );
  }
}
