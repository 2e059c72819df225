import type { Mutant } from './mutant.ts';

const WRITE = 'runners/sinks/live-write.ts';
const SAVED = 'runners/streaming/saved-stages.ts';
const SIMULATED = ['test/testing/simulation/exhaustive.test.ts', 'test/testing/simulation/swarm.test.ts'];

/** What is right as long as a process lives, and wrong for the one after it, or for what a disk has changed. */
export const RESTART_MUTANTS: readonly Mutant[] = [
  {
    id: 'whole-prepared-again',
    title: 'a job that begins again after its whole was prepared puts an empty one in its place',
    edits: [
      {
        file: WRITE,
        find: 'this.#isPrepared = this.#environment.marks?.get(PREPARED) !== undefined;',
        replace: 'this.#isPrepared = false;',
      },
    ],
    tests: ['test/io/files/whole-job.test.ts', ...SIMULATED],
  },
  {
    id: 'rejected-in-queue-lost',
    title: 'what a sink rejected at a cut is on its way to the dead letters, and not saved there',
    edits: [{ file: 'runners/streaming/epochs.ts', find: 'this.#saved.inFlight.saveQueues();', replace: '' }],
    tests: ['test/runners/streaming/rejected-by-sink.test.ts', ...SIMULATED],
  },
  {
    id: 'rejecting-goes-on',
    title: 'a sink that has rejected something of an epoch is given it again before the cut that takes it out',
    edits: [{ file: WRITE, find: '&& isDurable(next) && !this.waitsForCut', replace: '&& isDurable(next)' }],
    tests: ['test/runners/streaming/rejected-by-sink.test.ts', ...SIMULATED],
  },
  {
    id: 'rejects-never-cut',
    title: 'what was taken out of the outbox at a cut counts as waiting for it for ever',
    edits: [{ file: 'runners/sinks/sink-rejects.ts', find: 'takenOut.isInCut = true;', replace: '' }],
    tests: ['test/runners/streaming/rejected-by-sink.test.ts', ...SIMULATED],
  },
  {
    id: 'delivered-takes-next',
    title: 'with an epoch that a sink has the next one leaves the outbox',
    edits: [
      {
        file: 'runners/sinks/outbox.ts',
        find: 'for (const at of delivered) this.#space?.deleteRange(keyOf(at, 0), keyOf(at + 1, 0));',
        replace: 'for (const at of delivered) this.#space?.deleteRange(keyOf(at, 0), keyOf(at + 2, 0));',
      },
    ],
    tests: ['test/runners/streaming/outbox.test.ts', ...SIMULATED],
  },
  {
    id: 'gate-not-saved',
    title: 'what waits for its side inputs is not saved',
    edits: [{ file: SAVED, find: 'stage.gate?.save();', replace: '' }],
    tests: ['test/runners/streaming/side-inputs.test.ts', ...SIMULATED],
  },
  {
    id: 'last-row-of-list-lost',
    title: 'after a restart the last row of a list is taken for one that is still to be written',
    edits: [
      {
        file: 'runners/state/list-cells.ts',
        find: 'this.#tails.hasCold ? this.#counter.upcoming : undefined',
        replace: 'this.#tails.hasCold ? this.#counter.upcoming - 1 : undefined',
      },
    ],
    tests: ['test/runners/keyed/restart.test.ts', ...SIMULATED],
  },
  {
    id: 'deleted-entry-comes-back',
    title: 'an entry of a map that is deleted before it was read after a restart is there again',
    edits: [
      {
        file: 'runners/state/map-cells.ts',
        find: 'if (entry?.isStored ?? of.hasCold)',
        replace: 'if (entry?.isStored ?? false)',
      },
    ],
    tests: ['test/runners/state/collections.test.ts', 'test/runners/keyed/restart.test.ts'],
  },
  {
    id: 'holds-counted-anew',
    title: 'a timestamp that is owed on disk and owed again in memory is owed once',
    edits: [
      {
        file: 'runners/panes/hold-rows.ts',
        find: '(stored === undefined ? 0 : new ByteReader(stored).readVarint()) + count',
        replace: 'count + 0 * (stored === undefined ? 0 : new ByteReader(stored).readVarint())',
      },
    ],
    tests: ['test/runners/panes/holds.test.ts'],
  },
  {
    id: 'ordered-windows-stay',
    title: 'windows of a step in order of time stay in memory when they are over',
    edits: [
      {
        file: 'runners/keyed/keyed-store.ts',
        find: 'this.sorted?.cells.deleteWindow(window);',
        replace: '',
      },
    ],
    tests: ['test/runners/keyed/released.test.ts'],
  },
  {
    id: 'staged-not-compared',
    title: 'a staged file that the disk has changed is published',
    edits: [
      {
        file: 'io/publishing/place-files.ts',
        find: 'staging === own ? stat.size === file.size : await hasContent(fileSystem, staged, file)',
        replace: 'own !== null && stat.size === file.size',
      },
    ],
    tests: ['test/io/files/damaged-staging.test.ts'],
  },
  {
    id: 'documents-not-compared',
    title: 'a journal or a manifest that the disk has changed is acted on',
    edits: [
      {
        file: 'io/publishing/document.ts',
        find: 'return said === checksumOf(rest) ? rest : undefined;',
        replace: 'return said === null ? undefined : rest;',
      },
    ],
    tests: ['test/io/files/damaged-staging.test.ts'],
  },
];
