import type { Mutant } from './mutant.ts';

const LEDGER = 'io/sqlite-file/ledger.ts';
const PUBLISH = 'io/publishing/pane-publish.ts';
const FILES = 'io/publishing/place-files.ts';

/** How sinks make an epoch visible once. */
export const SINK_MUTANTS: readonly Mutant[] = [
  {
    id: 'ledger-not-asked',
    title: 'rows are written again when the answer to their commit was lost',
    row: 9,
    edits: [
      {
        file: 'io/sqlite/deliver.ts',
        find: 'if (this.#guard.has(db, place, key, epoch)) return;',
        replace: 'this.#guard.has(db, place, key, epoch);',
      },
    ],
    tests: ['test/io/sqlite/deliver.test.ts'],
  },
  {
    id: 'ledger-off-by-one',
    title: 'the last epoch of the ledger is written again',
    edits: [{ file: LEDGER, find: 'return last >= epoch;', replace: 'return last > epoch;' }],
    tests: ['test/io/sqlite/deliver.test.ts'],
  },
  {
    id: 'ledger-without-step',
    title: 'all steps of a job share a row of the ledger',
    edits: [
      {
        file: LEDGER,
        find: 'const found = entry.get(jobId, step, stage);',
        replace: 'const found = entry.get(jobId, step.slice(0, 0), stage);',
      },
      { file: LEDGER, find: '.run( jobId, step, stage,', replace: '.run( jobId, step.slice(0, 0), stage,' },
    ],
    tests: ['test/io/sqlite/deliver.test.ts'],
  },
  {
    id: 'ledger-of-others',
    title: 'a ledger that another copy of the job has moved is written past',
    edits: [
      {
        file: LEDGER,
        find: 'if (last <= epoch || last === known) return last >= epoch;',
        replace: 'if (last >= -1) return last >= epoch;',
      },
    ],
    tests: ['test/io/sqlite/deliver.test.ts'],
  },
  {
    id: 'ledger-apart',
    title: 'rows are committed before the ledger says so',
    edits: [
      {
        file: 'io/sqlite/deliver.ts',
        find: 'this.#guard.enter(db, key,',
        replace: "db.exec('COMMIT; BEGIN'); this.#guard.enter(db, key,",
      },
    ],
    tests: ['test/io/sqlite/deliver.test.ts'],
  },
  {
    id: 'empty-commit-fails',
    title: 'the commit of a run that has no rows fails',
    row: 12,
    edits: [
      { file: 'io/sqlite/commit.ts', find: 'if (rows > 0) db.exec(moveStatement', replace: 'db.exec(moveStatement' },
    ],
    tests: ['test/io/sqlite/write.test.ts'],
  },
  {
    id: 'upsert-keeps-first',
    title: 'of rows with the same keys an upsert keeps the first',
    edits: [
      {
        file: 'io/sqlite/write-settings.ts',
        find: "const action = sets.length === 0 ? 'NOTHING'",
        replace: "const action = sets.length > -1 ? 'NOTHING'",
      },
    ],
    tests: ['test/io/sqlite/deliver.test.ts'],
  },
  {
    id: 'staged-removed-on-doubt',
    title: 'a publish that failed half-way loses what it had staged',
    row: 9,
    edits: [
      {
        file: 'io/files/pane-writer.ts',
        find: 'if (!(await isBegun(fileSystem, publication))) await staging.remove();',
        replace: 'await isBegun(fileSystem, publication); await staging.remove();',
      },
    ],
    tests: ['test/io/files/panes-crash.test.ts'],
  },
  {
    id: 'swept-before-published',
    title: 'what a durable epoch has staged is swept before it is published',
    edits: [
      {
        file: PUBLISH,
        find: 'if (epoch !== undefined && epoch > job.epoch) await',
        replace: 'if (epoch !== undefined && epoch >= job.epoch) await',
      },
    ],
    tests: ['test/io/files/panes-crash.test.ts'],
  },
  {
    id: 'left-over-not-swept',
    title: 'what was staged for an epoch that never became durable stays',
    edits: [
      {
        file: PUBLISH,
        find: 'if (epoch !== undefined && epoch > job.epoch) await',
        replace: 'if (epoch !== undefined && epoch > job.epoch + 1_000) await',
      },
    ],
    tests: ['test/io/files/panes-crash.test.ts'],
  },
  {
    id: 'manifest-before-files',
    title: 'the manifest of an epoch names its files before they are there',
    edits: [
      {
        file: PUBLISH,
        find: 'await placeFiles(fileSystem, publication); await writeEntry(fileSystem, publication);',
        replace: 'await writeEntry(fileSystem, publication); await placeFiles(fileSystem, publication);',
      },
    ],
    tests: ['test/io/files/panes-crash.test.ts'],
  },
  {
    id: 'file-not-synced',
    title: 'a staged file is not on stable storage when the cut is made',
    edits: [
      { file: 'io/files/output-file.ts', find: "await onDisk(this.#path, 'write', this.#disk.sync());", replace: '' },
    ],
    tests: ['test/io/files/panes-power-loss.test.ts'],
  },
  {
    id: 'directory-not-synced',
    title: 'the new names of published files are not on stable storage when staging is removed',
    edits: [
      {
        file: FILES,
        find: "await inGroups([...changed], (directory) => onDisk(directory, 'write', fileSystem.syncDirectory(directory)));",
        replace: 'void changed;',
      },
    ],
    tests: ['test/io/files/panes-power-loss.test.ts'],
  },
  {
    id: 'staging-not-synced',
    title: 'the names of staged files are not on stable storage when the cut is made',
    edits: [{ file: 'io/files/pane-writer.ts', find: 'await staging.sync();', replace: '' }],
    tests: ['test/io/files/panes-power-loss.test.ts'],
  },
];
