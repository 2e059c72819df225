import type { Mutant } from './mutant.ts';

const STORE = 'host/state-store/sqlite-store.ts';
const WITNESS = 'host/state-store/witness.ts';
const OPEN = 'host/state-store/open-database.ts';

/** The store of a job, and its witness. */
export const STORE_MUTANTS: readonly Mutant[] = [
  {
    id: 'witness-before-commit',
    title: 'the witness is written before the commit that it speaks of',
    edits: [
      {
        file: STORE,
        find: "this.db.exec('COMMIT'); this.#isInTransaction = false; await this.#parts.onCommitted(epoch);",
        replace: "await this.#parts.onCommitted(epoch); this.db.exec('COMMIT'); this.#isInTransaction = false;",
      },
    ],
    tests: ['test/host/state-store.test.ts'],
  },
  {
    id: 'witness-not-synced',
    title: 'the witness may be lost with the power when others were told of its epoch',
    edits: [{ file: WITNESS, find: 'await this.#file.sync();', replace: '' }],
    tests: ['test/host/witness.test.ts'],
  },
  {
    id: 'witness-in-one-slot',
    title: 'the witness is written over itself, so that a torn write leaves none',
    edits: [{ file: WITNESS, find: 'this.#slot = (this.#slot + 1) % SLOTS;', replace: '' }],
    tests: ['test/host/witness.test.ts'],
  },
  {
    id: 'witness-off-by-one',
    title: 'a database that is an epoch behind its witness is taken for the newest',
    edits: [{ file: OPEN, find: 'job.epoch < witnessed.epoch', replace: 'job.epoch < witnessed.epoch - 1' }],
    tests: ['test/host/state-damage.test.ts'],
  },
  {
    id: 'crc-not-checked',
    title: 'a row that was changed on disk is taken for what was written',
    edits: [
      {
        file: 'host/state-store/sqlite-space.ts',
        find: 'if (cellCrc(space, key, value) === crc) return;',
        replace: 'if (cellCrc(space, key, value) === crc || crc !== undefined) return;',
      },
    ],
    tests: ['test/host/state-store.test.ts'],
  },
  {
    id: 'crc-without-key',
    title: 'the crc of a row does not cover its key',
    edits: [
      {
        file: 'host/state-store/schema.ts',
        find: 'crcAfter(value, crcAfter(key, space))',
        replace: 'crcAfter(value, key === value ? 0 : space)',
      },
    ],
    tests: ['test/host/state-store.test.ts'],
  },
  {
    id: 'lock-not-taken',
    title: 'two processes work on one state directory',
    edits: [{ file: OPEN, find: 'PRAGMA locking_mode = EXCLUSIVE;', replace: '' }],
    tests: ['test/host/state-store.test.ts'],
  },
];
