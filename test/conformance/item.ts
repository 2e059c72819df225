import type { LogEntry, Pipeline, PipelineResult, StandardOptions } from '../../index.ts';
import type { Check } from './check.ts';

/** An item of the checklist by its number, `7.2/001` for the first. */
export type ItemId = `7.2/${string}`;

/** What a builder is told, on whatever worker it is called: see definition.ts. */
export interface CaseOptions extends StandardOptions {
  readonly item: string;
  /** The first case of an item is 1. */
  readonly case: number;
  /** A directory of this run alone, made by who writes to it. */
  readonly scratch: string;
}

/** Adds steps to a pipeline. Depends on its arguments only, as a worker calls it again. */
export type Builder = (pipeline: Pipeline, options: CaseOptions) => void;

/** What is left of a run that succeeded. */
export interface Finished {
  readonly result: PipelineResult;
  /** What the run told besides its result, in the order in which it came. */
  readonly warnings: readonly string[];
  /** What its steps wrote to the console. */
  readonly logs: readonly LogEntry[];
  /** The names of what it wrote to its scratch directory. */
  readonly files: readonly string[];
}

/** What is left of a run that did not. */
export interface Failed {
  readonly error: Error;
  /** The names of what it wrote to its scratch directory. */
  readonly files: readonly string[];
}

/** One pipeline, and how building and running it must end on every runner. */
export type Case =
  | {
      /**
       * To drain: the run is told to, once an element has gone through each step. To survive: the process is killed in the
       * middle, and another goes on with what the first one kept.
       */
      readonly must: 'succeed' | 'drain' | 'survive a kill';
      readonly build: Builder;
      readonly verify: (check: Check, finished: Finished) => void;
    }
  | {
      /** To be cancelled: the run is told to stop as soon as an element has gone through it. */
      readonly must: 'fail' | 'be refused' | 'be cancelled';
      readonly build: Builder;
      readonly verify: (check: Check, failed: Failed) => void;
    };

/** One item of the checklist: what it says, in a sentence, and the pipelines that show it. */
export interface Item {
  readonly id: ItemId;
  readonly title: string;
  /** None where the item can't be expressed with what there is yet. */
  readonly cases: readonly Case[];
  /** Whether the cases run at the same time; otherwise one follows the other. */
  readonly together: boolean;
}

export const itemId = (number: number): ItemId => `7.2/${String(number).padStart(3, '0')}`;

export const item = (number: number, title: string, ...cases: readonly Case[]): Item => ({
  id: itemId(number),
  title,
  cases,
  together: false,
});

/** An item whose pipelines run side by side on one runner. */
export const itemOfPipelinesSideBySide = (number: number, title: string, ...cases: readonly Case[]): Item => ({
  ...item(number, title, ...cases),
  together: true,
});

/** The run succeeds, all its assertions hold, and so does what `verify` checks of the result. */
export const succeeds = (
  build: Builder,
  verify: (check: Check, finished: Finished) => void = () => undefined,
): Case => ({ must: 'succeed', build, verify });

/**
 * The run succeeds although its process is killed once the pipeline has written a file named {@link KILL_ME}. Only for
 * runners whose jobs go on after a crash; others are not asked.
 */
export const survives = (build: Builder): Case => ({ must: 'survive a kill', build, verify: () => undefined });

/** Written by a pipeline when something of it has become durable. */
export const KILL_ME = 'kill-me';

/** The run succeeds although its input has no end, as it is told to drain. */
export const drains = (build: Builder): Case => ({ must: 'drain', build, verify: () => undefined });

/** The run fails with an error whose message, causes included, has a place for each of the patterns. */
export const fails = (build: Builder, ...patterns: readonly RegExp[]): Case => ({
  must: 'fail',
  build,
  verify: (check, { error }) => patterns.forEach((pattern) => check.matches(messages(error), pattern)),
});

/** The run fails, and has left what `verify` checks. */
export const failsLeaving = (build: Builder, verify: (check: Check, failed: Failed) => void): Case => ({
  must: 'fail',
  build,
  verify,
});

/** The run ends as cancelled when it is told to, and has left what `verify` checks. */
export const cancelled = (build: Builder, verify: (check: Check, failed: Failed) => void): Case => ({
  must: 'be cancelled',
  build,
  verify(check, failed) {
    check.equal(failed.error.name, 'CancelledError');
    verify(check, failed);
  },
});

/** The pipeline can't even be built: a PipelineError whose message has a place for each of the patterns. */
export const refused = (build: Builder, ...patterns: readonly RegExp[]): Case => ({
  must: 'be refused',
  build,
  verify(check, { error }) {
    check.equal(error.name, 'PipelineError');
    patterns.forEach((pattern) => check.matches(messages(error), pattern));
  },
});

function messages(error: Error): string {
  return error.cause instanceof Error ? `${error.message}\n${messages(error.cause)}` : error.message;
}
