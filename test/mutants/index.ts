// Planted bugs: patches of the engine that the ordinary suite must notice. `npm run -s mutants` applies each to a copy of
// the sources and runs the suite there; patches.test.ts keeps them applicable.
import { EPOCH_MUTANTS } from './epochs.ts';
import { KEYED_MUTANTS } from './keyed.ts';
import type { Mutant } from './mutant.ts';
import { PANE_MUTANTS } from './panes.ts';
import { RESTART_MUTANTS } from './restarts.ts';
import { SINK_MUTANTS } from './sinks.ts';
import { SOURCE_MUTANTS } from './sources.ts';
import { STORE_MUTANTS } from './store.ts';
import { TIME_MUTANTS } from './time.ts';

export { FAILURES } from './failures.ts';
export { apply, type Edit, type Mutant } from './mutant.ts';

/** All of them, in the order in which they are run. */
export const MUTANTS: readonly Mutant[] = [
  ...EPOCH_MUTANTS,
  ...STORE_MUTANTS,
  ...SINK_MUTANTS,
  ...SOURCE_MUTANTS,
  ...TIME_MUTANTS,
  ...PANE_MUTANTS,
  ...KEYED_MUTANTS,
  ...RESTART_MUTANTS,
];
