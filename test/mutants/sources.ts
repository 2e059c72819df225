import type { Mutant } from './mutant.ts';

const READS = 'runners/sources/source-reads.ts';
const READER = 'runners/sources/split-reader.ts';
const WATERMARK = 'runners/sources/split-watermark.ts';
const STAGE = 'runners/streaming/live-stage.ts';

/** Where sources stand, and what time they say it is. */
export const SOURCE_MUTANTS: readonly Mutant[] = [
  {
    id: 'position-ahead',
    title: 'the position of a source covers what it has read and nobody has taken',
    row: 4,
    edits: [
      {
        file: READER,
        find: 'get restriction(): unknown { return this.#restriction; }',
        replace: 'get restriction(): unknown { return this.#tracker.remaining?.() ?? this.#restriction; }',
      },
    ],
    tests: ['test/runners/streaming/source-cuts.test.ts'],
  },
  {
    id: 'half-taken',
    title: 'a cut falls between what a source has rejected and what it has read with it',
    edits: [{ file: READER, find: 'if (this.#isHalfTaken) return false;', replace: '' }],
    tests: ['test/runners/streaming/source-cuts.test.ts'],
  },
  {
    id: 'start-not-saved',
    title: 'a cut falls while it is found out what an element is to read, and loses that',
    row: 6,
    edits: [
      {
        file: 'runners/streaming/saved-in-flight.ts',
        find: 'const starting = stage.reads?.starting ?? [];',
        replace: 'const starting = (stage.reads?.starting ?? []).slice(0, 0);',
      },
      {
        file: 'runners/streaming/stillness.ts',
        find: '!loop.isBusy && !loop.isStarting;',
        replace: '!loop.isBusy;',
      },
    ],
    tests: ['test/runners/streaming/source-cuts.test.ts'],
  },
  {
    id: 'idle-split-holds',
    title: 'a split that has nothing to read holds back the time of all others',
    row: 14,
    edits: [
      {
        file: 'runners/sources/low-watermark.ts',
        find: 'if (isHere && !one.isIdle && one.watermark === at) return at;',
        replace: 'if (isHere && one.watermark === at) return at;',
      },
    ],
    tests: ['test/runners/streaming/watermarks.test.ts'],
  },
  {
    id: 'idle-for-ever',
    title: 'a split that was idle is left out of the watermark when it reads again',
    row: 14,
    edits: [{ file: WATERMARK, find: 'if (values.length > 0) this.#isIdle = false;', replace: '' }],
    tests: ['test/runners/streaming/watermarks.test.ts'],
  },
  {
    id: 'not-started-is-done',
    title: 'a source that has not begun counts as one that has ended',
    row: 15,
    edits: [{ file: READS, find: 'this.#startingFrom = Math.min(this.#startingFrom, from);', replace: '' }],
    tests: ['test/runners/streaming/epochs.test.ts'],
  },
  {
    id: 'idle-before-first-record',
    title: 'a live source without any record yet is carried on by the clock',
    row: 15,
    edits: [
      {
        file: READS,
        find: 'if (this.#reader.isLive !== true || this.#watermark === MIN_TIMESTAMP) return this.#watermark;',
        replace: `if (this.#reader.isLive !== true) return this.#watermark;
          if (this.#watermark === MIN_TIMESTAMP) return this.#environment.host.clock.now();`,
      },
    ],
    tests: ['test/runners/streaming/watermarks.test.ts'],
  },
  {
    id: 'future-moves-watermark',
    title: 'one timestamp from the future makes all that comes after it late',
    row: 16,
    edits: [
      {
        file: WATERMARK,
        find: 'this.#isLive ? this.#clock.now() + FURTHEST_AHEAD : Number.POSITIVE_INFINITY',
        replace: 'Number.POSITIVE_INFINITY',
      },
    ],
    tests: ['test/runners/streaming/watermarks.test.ts'],
  },
  {
    id: 'watermark-before-batch',
    title: 'a watermark counts as soon as it is said, before what was read with it is taken',
    edits: [
      {
        file: READER,
        find: 'if (this.#handed.length === 0) this.#watermark = this.#estimate.value;',
        replace: 'this.#watermark = this.#estimate.value;',
      },
    ],
    tests: ['test/io/files/watch.test.ts'],
  },
  {
    id: 'bundle-not-finished',
    title: 'bundles are never finished: what finishBundle gives out does not come',
    row: 19,
    edits: [
      {
        file: STAGE,
        find: 'async #finishBundle(): Promise<void> { await this.runtime.finishBundle();',
        replace:
          'async #finishBundle(): Promise<void> { if (this.producers.length > 0) await this.runtime.finishBundle();',
      },
    ],
    tests: ['test/runners/streaming/watermarks.test.ts'],
  },
  {
    id: 'full-queue-drops',
    title: 'a queue that is full drops what comes',
    row: 21,
    edits: [
      {
        file: 'runners/streaming/stage-queue.ts',
        find: 'const batch = this.#builder.take(); this.#batches.push({ batch, earliest: earliestOf(batch) });',
        replace:
          'const batch = this.#builder.take(); if (!this.isFull) this.#batches.push({ batch, earliest: earliestOf(batch) });',
      },
    ],
    tests: ['test/runners/streaming/full-queue.test.ts'],
  },
];
