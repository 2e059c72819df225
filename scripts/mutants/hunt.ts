import type { Mutant } from '../../test/mutants/index.ts';
import { type Failure, type Outcome, runTests } from './run-tests.ts';
import type { Workspace } from './workspace.ts';

/** What became of a planted bug. */
export interface Verdict {
  readonly mutant: Mutant;
  /** The test that saw it; undefined if none did. */
  readonly caughtBy: Failure | undefined;
  /** Whether it kept the tests from ending, which is seen as well. */
  readonly isHung: boolean;
}

/** About the text of the sources, which a patch changes: they say nothing of what the program does. */
const ABOUT_TEXT = ['test/mutants/**', 'test/{api,architecture,docs,lint,size,two-commands}.test.ts'];
/** What these find depends on the seed that they draw. */
const BY_CHANCE = ['test/properties/**'];

/** Milliseconds in which some tests, and all, end on a busy machine. */
const LIMIT = { some: 240_000, all: 1_800_000 };

/** Looks for the test that sees a planted bug: first where it should be seen, then everywhere. */
export class Hunt {
  readonly #workspace: Workspace;
  readonly #signal: AbortSignal;
  readonly #unreliable = new Set<string>();
  /** Files that were seen to pass without any. */
  readonly #reliable = new Set<string>();

  constructor(workspace: Workspace, signal: AbortSignal) {
    this.#workspace = workspace;
    this.#signal = signal;
  }

  /** Test files that fail without any bug planted: what they say of one is not heard. */
  get unreliable(): readonly string[] {
    return [...this.#unreliable];
  }

  async find(mutant: Mutant): Promise<Verdict> {
    for (const files of [...mutant.tests.map((file) => [file]), []]) {
      const outcome = await this.#withBug(mutant, files);
      if (outcome.kind === 'broken') throw new Error(`${mutant.id}: ${outcome.message}`);
      if (outcome.kind === 'hung') return { mutant, caughtBy: undefined, isHung: true };
      if (outcome.kind === 'failed') return { mutant, caughtBy: outcome, isHung: false };
    }
    return { mutant, caughtBy: undefined, isHung: false };
  }

  /** A failure counts if the same file passes where no bug is planted. */
  async #withBug(mutant: Mutant, files: readonly string[]): Promise<Outcome> {
    for (;;) {
      const takeOut = this.#workspace.plant(mutant);
      let outcome: Outcome;
      try {
        outcome = await this.#run(files);
      } finally {
        takeOut();
      }
      if (outcome.kind !== 'failed' || (await this.#passesWithout(outcome.file))) return outcome;
      this.#unreliable.add(outcome.file);
    }
  }

  async #passesWithout(file: string): Promise<boolean> {
    if (this.#reliable.has(file)) return true;
    const passes = (await this.#run([file])).kind === 'passed';
    if (passes) this.#reliable.add(file);
    return passes;
  }

  #run(files: readonly string[]): Promise<Outcome> {
    return runTests({
      directory: this.#workspace.directory,
      files,
      leftOut: [...ABOUT_TEXT, ...BY_CHANCE, ...this.#unreliable],
      limit: files.length > 0 ? LIMIT.some : LIMIT.all,
      signal: this.#signal,
    });
  }
}
