import type { Mutant } from './mutant.ts';

const STORE = 'runners/keyed/keyed-store.ts';
const SCOPE = 'runners/keyed/scope.ts';

/** State and timers. */
export const KEYED_MUTANTS: readonly Mutant[] = [
  {
    id: 'timers-by-owner',
    title: 'timers of a key fire by their names, not by their times',
    edits: [
      {
        file: 'runners/state/held-timer.ts',
        find: 'a.timestamp !== b.timestamp ? a.timestamp < b.timestamp : a.owner !== b.owner',
        replace: 'a.timestamp !== b.timestamp ? a.name < b.name || a.timestamp < b.timestamp : a.owner !== b.owner',
      },
    ],
    tests: ['test/runners/keyed/timers.test.ts'],
  },
  {
    id: 'timers-lost-at-expiry',
    title: 'a window expires before its last timers have fired',
    edits: [
      {
        file: 'runners/keyed/keyed-operator.ts',
        find: 'const event = events.pop(isExpired ? expiry : inputWatermark);',
        replace: 'const event = isExpired ? undefined : events.pop(inputWatermark);',
      },
    ],
    tests: ['test/runners/keyed/timers.test.ts'],
  },
  {
    id: 'state-across-windows',
    title: 'windows of a key share its state',
    edits: [
      {
        file: STORE,
        find: 'enter(window: BoundedWindow, key: unknown): Cell<Kept> | undefined {',
        replace:
          'enter(own: BoundedWindow, key: unknown): Cell<Kept> | undefined { const window = this.#windows.first() ?? own;',
      },
    ],
    tests: ['test/runners/keyed/timers.test.ts'],
  },
  {
    id: 'state-not-removed',
    title: 'the state of a window stays when that has expired',
    edits: [{ file: STORE, find: 'this.#cells.deleteWindow(window);', replace: '' }],
    tests: ['test/runners/keyed/windows.test.ts'],
  },
  {
    id: 'undo-not-applied',
    title: 'what a failed call has written stays',
    edits: [{ file: SCOPE, find: 'for (const undo of this.#undo.toReversed()) undo();', replace: '' }],
    tests: ['test/runners/keyed/calls.test.ts'],
  },
  {
    id: 'undo-in-order',
    title: 'what a failed call has written is taken back from its beginning on',
    edits: [{ file: SCOPE, find: 'of this.#undo.toReversed()', replace: 'of this.#undo' }],
    tests: ['test/runners/keyed/calls.test.ts'],
  },
  {
    id: 'timers-set-again-stay',
    title: 'a timer on disk fires although it was set anew in memory',
    edits: [
      {
        file: 'runners/state/timer-run.ts',
        find: 'above.has(block.nameAt(at))) goes.push(at);',
        replace: 'false) goes.push(at);',
      },
    ],
    tests: ['test/runners/state/timer-table.test.ts'],
  },
  {
    id: 'timers-not-saved',
    title: 'timers are forgotten at a restart',
    edits: [
      {
        file: STORE,
        find: 'save(): void { for (const table of this.#tables) table.save(); }',
        replace: 'save(): void { for (const table of this.#tables) if (table !== this.events) table.save(); }',
      },
    ],
    tests: ['test/runners/keyed/restart.test.ts'],
  },
  {
    id: 'calls-overlap',
    title: 'calls of one key overlap while they wait',
    edits: [{ file: SCOPE, find: 'if (busy !== undefined) return busy;', replace: '' }],
    tests: ['test/runners/keyed/calls.test.ts'],
  },
];
