import type { Mutant } from './mutant.ts';

const MACHINE = 'runners/panes/pane-machine.ts';
const DEFAULTS = 'runners/panes/default-panes.ts';

/** When panes fire, what they hold and what they say of themselves. */
export const PANE_MUTANTS: readonly Mutant[] = [
  {
    id: 'lifted-with-trigger',
    title: 'the quick way of the default trigger is taken with any other',
    edits: [
      {
        file: DEFAULTS,
        find: "trigger.kind === 'default' && timestampCombiner",
        replace: 'trigger.kind.length > 0 && timestampCombiner',
      },
    ],
    tests: ['test/runners/panes/panes.test.ts'],
  },
  {
    id: 'lifted-with-merging',
    title: 'the quick way of windows that never merge is taken with sessions',
    edits: [
      {
        file: DEFAULTS,
        find: '&& (windowFn.merge === undefined || alreadyMerged);',
        replace: '&& (windowFn !== undefined || alreadyMerged);',
      },
    ],
    tests: ['test/runners/panes/merging-panes.test.ts'],
  },
  {
    id: 'fires-too-early',
    title: 'a window is over when the watermark has come to its last instant, not past it',
    edits: [
      {
        file: MACHINE,
        find: 'return this.#spec.time.inputWatermark > endOfWindow(window);',
        replace: 'return this.#spec.time.inputWatermark >= endOfWindow(window);',
      },
    ],
    tests: ['test/runners/panes/same-panes.test.ts'],
  },
  {
    id: 'wrong-pane-index',
    title: 'panes count only those that were not early',
    edits: [{ file: MACHINE, find: 'index: fired,', replace: 'index: firedNotEarly,' }],
    tests: ['test/runners/panes/panes.test.ts'],
  },
  {
    id: 'pane-index-restarts',
    title: 'late panes behind the default trigger begin to count at 0 again',
    edits: [{ file: DEFAULTS, find: 'panes.fired = 1;', replace: 'panes.fired = 0;' }],
    tests: ['test/runners/panes/panes.test.ts'],
  },
  {
    id: 'never-last',
    title: 'the last pane of a window does not say that it is',
    edits: [{ file: MACHINE, find: 'isFirst: fired === 0, isLast,', replace: 'isFirst: fired === 0, isLast: false,' }],
    tests: ['test/runners/panes/panes.test.ts'],
  },
  {
    id: 'modes-swapped',
    title: 'accumulating panes discard, and discarding ones accumulate',
    edits: [
      {
        file: MACHINE,
        find: "const keepsOn = windowing.accumulationMode === 'accumulating' && !isLast;",
        replace: "const keepsOn = windowing.accumulationMode === 'discarding' && !isLast;",
      },
    ],
    tests: ['test/runners/panes/panes.test.ts'],
  },
  {
    id: 'merge-loses-state',
    title: 'a session that two others merge into has the elements of one of them',
    edits: [
      {
        file: MACHINE,
        find: 'held = held === NOTHING ? more : reducer.merge(held, more);',
        replace: 'held = held === NOTHING || reducer === undefined ? more : held;',
      },
    ],
    tests: ['test/runners/panes/merging-panes.test.ts'],
  },
  {
    id: 'merge-loses-hold',
    title: 'a session that others merge into holds the watermark no more',
    edits: [
      { file: MACHINE, find: 'else for (const hold of held) this.#hold(merged, hold);', replace: 'else void held;' },
    ],
    tests: ['test/runners/panes/merging-panes.test.ts'],
  },
  {
    id: 'repeat-without-reset',
    title: 'a repeated trigger is not set back after it has fired',
    edits: [
      {
        file: 'runners/triggers/trigger-machine.ts',
        find: 'onFire(part, state, time); if (isFinished(part, state)) reset(part, state);',
        replace: 'onFire(part, state, time);',
      },
    ],
    tests: ['test/runners/panes/panes.test.ts'],
  },
];
