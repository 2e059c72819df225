import type { Mutant } from './mutant.ts';

const EPOCHS = 'runners/streaming/epochs.ts';
const WRITE = 'runners/sinks/live-write.ts';
const OUTBOX = 'runners/sinks/outbox.ts';
const SAVED = 'runners/streaming/saved-stages.ts';
const READS = 'runners/sources/source-reads.ts';

const FINALIZE = 'this.#notices.tell(rests);';

/** What is saved at a cut, in which order, and who is told of it. */
export const EPOCH_MUTANTS: readonly Mutant[] = [
  {
    id: 'finalize-before-commit',
    title: 'sources are told of an epoch before it is durable',
    row: 1,
    edits: [
      {
        file: EPOCHS,
        find: 'await this.#makeDurable(epoch);',
        replace: `${FINALIZE} await this.#makeDurable(epoch);`,
      },
      {
        file: EPOCHS,
        find: `await this.#callBack(); ${FINALIZE}`,
        replace: 'await this.#callBack();',
      },
    ],
    tests: ['test/runners/streaming/finalize.test.ts'],
  },
  {
    id: 'finalize-not-at-drain',
    title: 'sources are not told of the last epoch, that of a drain',
    row: 2,
    edits: [
      {
        file: EPOCHS,
        find: FINALIZE,
        replace: `if (!loop.isFinished) ${FINALIZE}`,
      },
    ],
    tests: ['test/runners/streaming/finalize.test.ts'],
  },
  {
    id: 'finalize-dropped',
    title: 'sources are never told that what they gave need not come again',
    row: 3,
    edits: [
      {
        file: READS,
        find: 'await this.#reader.finalize?.(rest, this.#context);',
        replace: 'void rest;',
      },
    ],
    tests: ['test/runners/streaming/finalize.test.ts'],
  },
  {
    id: 'finalize-not-repeated',
    title: 'a source that could not be told of the last epoch is not told again',
    row: 2,
    edits: [
      {
        file: 'runners/streaming/source-notices.ts',
        find: 'if (first === undefined) return true;',
        replace: 'if (first === undefined || !isDurable || isDurable) return true;',
      },
    ],
    tests: ['test/runners/streaming/told.test.ts'],
  },
  {
    id: 'ended-not-saved',
    title: 'a source that came to its end at the last cut is not told after a crash',
    edits: [
      {
        file: READS,
        find: 'return [...this.#ended, ...[...this.#splits].filter(({ isDone }) => isDone).map(({ restriction }) => restriction)];',
        replace: 'return [];',
      },
    ],
    tests: ['test/runners/streaming/told.test.ts'],
  },
  {
    id: 'rejected-too-late',
    title:
      'a sink writes an epoch of which it rejects something, and the dead letters are lost by a crash before the next cut',
    edits: [
      {
        file: 'runners/sinks/sink-rejects.ts',
        find: 'if (this.rejected.length > 0) throw this.#end();',
        replace: '',
      },
    ],
    tests: ['test/runners/streaming/rejected-by-sink.test.ts'],
  },
  {
    id: 'rejected-lost',
    title: 'what a sink rejected leaves the outbox, and is no dead letter',
    edits: [
      {
        file: 'runners/sinks/sink-rejects.ts',
        find: 'for (const { element, error } of rejected) this.#pass(element, error);',
        replace: '',
      },
    ],
    tests: ['test/runners/streaming/rejected-by-sink.test.ts'],
  },
  {
    id: 'pending-holds-nothing',
    title: 'calls that go on while their bundle stays open do not hold the watermark',
    edits: [
      {
        file: 'runners/streaming/live-stage.ts',
        find: 'if (this.#lingers) this.#open = this.runtime.rings.earliestPending();',
        replace: 'if (this.#lingers) this.#open = MAX_TIMESTAMP;',
      },
    ],
    tests: ['test/runners/streaming/single-records.test.ts'],
  },
  {
    id: 'newest-epoch-first',
    title: 'a sink gets its newest epoch first, and takes the ones before it for written',
    row: 5,
    edits: [{ file: OUTBOX, find: 'Math.min(...this.#epochs.keys())', replace: 'Math.max(...this.#epochs.keys())' }],
    tests: ['test/io/sqlite/streaming.test.ts'],
  },
  {
    id: 'outbox-forgotten',
    title: 'what a durable epoch had for a sink is not taken up after a crash',
    row: 11,
    edits: [{ file: WRITE, find: 'this.#outbox.restore();', replace: '' }],
    tests: ['test/runners/streaming/outbox.test.ts'],
  },
  {
    id: 'in-flight-not-saved',
    title: 'what is on its way within a step is not saved, and its source stands behind it',
    row: 13,
    edits: [
      {
        file: 'runners/streaming/saved-in-flight.ts',
        find: 'const parts = stage.inFlight();',
        replace: 'const parts = stage.inFlight()?.slice(0, 0);',
      },
    ],
    tests: ['test/runners/streaming/cuts.test.ts'],
  },
  {
    id: 'queue-not-saved',
    title: 'what waits in front of a step is not saved, and its source stands behind it',
    row: 13,
    edits: [
      {
        file: 'runners/streaming/saved-in-flight.ts',
        find: 'const queue = stage.queue.batches().map(savedBatch);',
        replace: 'const queue = stage.queue.batches().slice(0, 0).map(savedBatch);',
      },
    ],
    tests: ['test/runners/streaming/cuts.test.ts'],
  },
  {
    id: 'outbox-quota-ignored',
    title: 'what waits for a sink that is out of reach grows without end',
    row: 21,
    edits: [{ file: EPOCHS, find: 'return this.#waiting > OUTBOX_QUOTA;', replace: 'return false;' }],
    tests: ['test/runners/streaming/outbox-quota.test.ts'],
  },
  {
    id: 'delivered-before-commit',
    title: 'a sink gets what it has of an epoch before that is durable',
    edits: [{ file: EPOCHS, find: 'epoch <= this.#epoch;', replace: 'epoch <= this.#epoch + 1;' }],
    tests: ['test/runners/streaming/outbox.test.ts'],
  },
  {
    id: 'outbox-off-by-one',
    title: 'what comes after a cut is put into the outbox under the epoch before it',
    edits: [
      {
        file: WRITE,
        find: 'await this.flush(true); this.#epoch = epoch + 1;',
        replace: 'await this.flush(true); this.#epoch = epoch;',
      },
    ],
    tests: ['test/runners/streaming/outbox.test.ts'],
  },
  {
    id: 'restart-counts-anew',
    title: 'after a restart the outbox begins at the epoch that is durable, not the one after it',
    edits: [
      {
        file: WRITE,
        find: 'async open(epoch: number): Promise<void> { this.#epoch = epoch + 1;',
        replace: 'async open(epoch: number): Promise<void> { this.#epoch = epoch;',
      },
    ],
    tests: ['test/runners/streaming/outbox.test.ts'],
  },
  {
    id: 'delivered-not-removed',
    title: 'what a sink has stays in the outbox, and is delivered again at each start',
    edits: [{ file: WRITE, find: 'this.#outbox.forgetDelivered();', replace: 'this.#outbox.next;' }],
    tests: ['test/runners/streaming/outbox.test.ts'],
  },
  {
    id: 'older-state-not-refused',
    title: 'a restored backup of the state writes past what the sink has',
    edits: [
      {
        file: WRITE,
        find: 'if (has !== undefined && has > epoch)',
        replace: 'if (has !== undefined && has < 0)',
      },
    ],
    tests: ['test/runners/streaming/outbox.test.ts'],
  },
  {
    id: 'watermarks-not-restored',
    title: 'watermarks begin at their least after a restart, and fall',
    edits: [
      {
        file: SAVED,
        find: 'Object.assign(stage.time, { inputWatermark: saved.inputWatermark, outputWatermark: saved.outputWatermark });',
        replace: '',
      },
    ],
    tests: ['test/testing/simulation/swarm.test.ts'],
  },
  {
    id: 'given-up-cut-repeated',
    title: 'a stop makes a cut again that was given up while a sink was finishing, without what that one had',
    edits: [{ file: EPOCHS, find: 'if (this.#isPreparing) return false;', replace: '' }],
    tests: ['test/runners/streaming/stopped-cut.test.ts'],
  },
  {
    id: 'drain-forgotten',
    title: 'a job that a crash cut while it was drained does not know of it any more',
    edits: [
      {
        file: 'runners/streaming/identity.ts',
        find: 'mark(store, { isDraining: true });',
        replace: 'mark(store, {});',
      },
    ],
    tests: ['test/runners/streaming/drain.test.ts'],
  },
  {
    id: 'orphans-not-refused',
    title: 'state of a step that is gone from the program is dropped without a word',
    row: 28,
    edits: [
      {
        file: 'runners/streaming/upgrade.ts',
        find: "rows.filter(({ verdict }) => verdict === 'orphaned' || verdict === 'needs migration')",
        replace: "rows.filter(({ verdict }) => verdict === 'needs migration')",
      },
    ],
    tests: ['test/runners/streaming/upgrade.test.ts'],
  },
];
