import type { Mutant } from './mutant.ts';

const STAGE = 'runners/streaming/live-stage.ts';
const MACHINE = 'runners/panes/pane-machine.ts';
const GROUPING = 'runners/panes/pane-grouping.ts';
const LOOP = 'runners/streaming/live-loop.ts';
const KEYED = 'runners/keyed/keyed-store.ts';

/** What holds a watermark, and what is late by it. */
export const TIME_MUTANTS: readonly Mutant[] = [
  {
    id: 'hold-lost-panes',
    title: 'what waits in panes does not hold the watermark behind them',
    edits: [
      {
        file: MACHINE,
        find: 'this.#release(panes); holds.add(timestamp); panes.hold = timestamp;',
        replace: 'void holds;',
      },
    ],
    tests: ['test/runners/panes/panes.test.ts'],
  },
  {
    id: 'hold-lost-default-panes',
    title: 'what waits for the default trigger does not hold the watermark behind it',
    edits: [
      {
        file: GROUPING,
        find: 'return Math.min(this.#holds.earliest(), this.#quick?.hold() ?? MAX_TIMESTAMP);',
        replace: 'return Math.min(this.#holds.earliest(), MAX_TIMESTAMP);',
      },
    ],
    tests: ['test/runners/panes/panes.test.ts'],
  },
  {
    id: 'hold-not-saved',
    title: 'holds of panes are forgotten at a restart',
    edits: [{ file: GROUPING, find: 'this.#holds.save();', replace: '' }],
    tests: ['test/runners/panes/same-panes.test.ts'],
  },
  {
    id: 'hold-lost-timer',
    title: 'a timer in event time does not hold the watermark at its output timestamp',
    edits: [
      {
        file: KEYED,
        find: 'const timers = Math.min(this.events.hold(), this.clocks.hold());',
        replace: 'const timers = this.clocks.hold();',
      },
    ],
    tests: ['test/runners/keyed/calls.test.ts'],
  },
  {
    id: 'hold-lost-window-end',
    title: 'what onWindowExpiration will give out does not hold the watermark',
    edits: [
      {
        file: KEYED,
        find: 'return Math.min(timers, this.firstToExpire()?.maxTimestamp ?? MAX_TIMESTAMP);',
        replace: 'return timers;',
      },
    ],
    tests: ['test/runners/keyed/timers.test.ts'],
  },
  {
    id: 'hold-lost-gate',
    title: 'what waits for its side inputs does not hold the watermark',
    edits: [
      { file: STAGE, find: 'this.queue.earliest(), gate?.hold() ?? MAX_TIMESTAMP', replace: 'this.queue.earliest()' },
    ],
    tests: ['test/runners/streaming/side-inputs.test.ts'],
  },
  {
    id: 'hold-lost-queue',
    title: 'what waits in a queue does not hold the watermark',
    edits: [{ file: STAGE, find: 'Math.min(front, this.queue.earliest(), gate', replace: 'Math.min(front, gate' }],
    tests: ['test/testing/test-stream.test.ts'],
  },
  {
    id: 'hold-lost-async',
    title: 'time moves on while a bundle waits for promises',
    edits: [
      { file: STAGE, find: 'if (this.busy !== undefined) return;', replace: '' },
      {
        file: STAGE,
        find: 'raise(time, input, keyed?.timed, this.#open,',
        replace: 'raise(time, input, keyed?.timed,',
      },
    ],
    tests: ['test/runners/streaming/watermarks.test.ts'],
  },
  {
    id: 'side-input-early',
    title: 'a side input is ready before its window has fired or ended',
    edits: [
      {
        file: 'runners/streaming/side-view.ts',
        find: 'this.time.inputWatermark > window.maxTimestamp;',
        replace: 'this.time.inputWatermark >= window.maxTimestamp;',
      },
    ],
    tests: ['test/runners/streaming/side-inputs.test.ts'],
  },
  {
    id: 'late-by-output-watermark',
    title: 'elements are dropped as late by the watermark that those behind see',
    edits: [
      {
        file: MACHINE,
        find: 'return this.#spec.time.inputWatermark > this.expiryOf(window);',
        replace: 'return this.#spec.time.outputWatermark > this.expiryOf(window);',
      },
    ],
    tests: ['test/runners/panes/panes.test.ts'],
  },
  {
    id: 'late-by-element',
    title: 'elements of windows that are over are dropped without any lateness',
    edits: [
      {
        file: MACHINE,
        find: 'return Math.min(maxTimestamp + this.#spec.windowing.allowedLateness, END_OF_GLOBAL_WINDOW);',
        replace: 'return Math.min(maxTimestamp, END_OF_GLOBAL_WINDOW);',
      },
    ],
    tests: ['test/runners/panes/panes.test.ts'],
  },
  {
    id: 'late-drops-uncounted',
    title: 'late elements are dropped without being counted',
    row: 16,
    edits: [
      {
        file: 'runners/run/drops.ts',
        find: 'this.#counts.set(key, count);',
        replace: 'void count;',
      },
    ],
    tests: ['test/runners/streaming/watermarks.test.ts'],
  },
  {
    id: 'firing-waits-for-stage',
    title:
      'a grouping does not fire while the stage behind it is at work, and what is late meanwhile has a pane before',
    edits: [
      {
        file: LOOP,
        find: 'this.#lastFirst.find(({ grouping, queue }) => grouping?.isDue === true && !queue.isFull);',
        replace:
          'this.#lastFirst.find(({ grouping, queue, busy }) => busy === undefined && grouping?.isDue === true && !queue.isFull);',
      },
      {
        file: LOOP,
        find: 'return ({ behind }) => !due.some((one) => behind.includes(one));',
        replace: 'return ({ behind }) => !due.some((one) => behind.includes(one) && false);',
      },
      {
        file: 'runners/panes/slot-panes.ts',
        find: '&& !this.#isStillToFire(window)',
        replace: '',
      },
    ],
    tests: ['test/runners/streaming/busy-behind.test.ts', 'test/testing/simulation/exhaustive.test.ts'],
  },
  {
    id: 'cut-waits-for-firing',
    title: 'a cut waits until all that is due has fired, however much that is',
    edits: [
      {
        file: 'runners/streaming/stillness.ts',
        find: "loop.begin(isBeginning ? 'all' : begins);",
        replace: "loop.begin(isBeginning || begins === 'nothing' ? 'all' : begins);",
      },
    ],
    tests: ['test/runners/streaming/cut-in-firing.test.ts'],
  },
];
