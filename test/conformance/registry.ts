// The conformance registry: what Beam's model asks of a runner, one item per line of the checklist, each with pipelines
// that show it on any runner. Sections are in sections/, what a runner can't do yet in ledger.ts.
import type { Item } from './item.ts';
import { doFns } from './sections/a-do-fn.ts';
import { elements } from './sections/a-elements.ts';
import { views } from './sections/b-views.ts';
import { windowedViews } from './sections/b-windowed-views.ts';
import { grouping } from './sections/c-group-by-key.ts';
import { groupingRelatives } from './sections/c-relatives.ts';
import { flattening } from './sections/d-flatten.ts';
import { combining } from './sections/e-combine.ts';
import { windows } from './sections/f-windows.ts';
import { paneTimes } from './sections/g-time.ts';
import { triggers } from './sections/g-triggers.ts';
import { stateCells } from './sections/h-state-cells.ts';
import { stateScope } from './sections/h-state-scope.ts';
import { timers } from './sections/i-timers.ts';
import { endless } from './sections/j-endless.ts';
import { splittable } from './sections/j-splittable.ts';
import { rest } from './sections/k-rest.ts';
import { runs } from './sections/k-runs.ts';

/** All items, in the order of their ids. */
export const registry: readonly Item[] = [
  ...elements,
  ...doFns,
  ...views,
  ...windowedViews,
  ...grouping,
  ...groupingRelatives,
  ...flattening,
  ...combining,
  ...windows,
  ...triggers,
  ...paneTimes,
  ...stateCells,
  ...stateScope,
  ...timers,
  ...splittable,
  ...endless,
  ...rest,
  ...runs,
].sort((a, b) => (a.id < b.id ? -1 : 1));
