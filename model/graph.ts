import type { CombineFn } from './combine-fn.ts';
import type { RetryPolicy } from './dead-letter.ts';
import type { AnyDoFn, ElementContext } from './do-fn.ts';
import { PipelineError, showValue } from './errors.ts';
import type { PCollection } from './pcollection.ts';
import type { SideInputs } from './side-input.ts';
import type { Sink } from './sink.ts';
import type { RestrictionReader, Source } from './source.ts';
import type { TestStreamEvent } from './test-stream.ts';
import type { Duration, Timestamp } from './time.ts';
import type { AnyWindowFn } from './window-fn.ts';

/** The tag of a step's main output. */
export const MAIN = 'main';

/** The tag of the output that a step with `deadLetters` has. A user's tag can't hold a colon, so it never clashes. */
export const DEAD_LETTERS = 'viga:deadLetters';

/** What runners see of {@link StepOptions}: the same for all element-wise steps. */
export interface StepTraits {
  readonly sideInputs: SideInputs;
  readonly concurrency: number | undefined;
  readonly unordered: boolean;
  readonly retry: RetryPolicy | undefined;
  readonly hasDeadLetters: boolean;
}

type Lambda = (element: unknown, context: ElementContext) => unknown;

/**
 * The contract between the model and a runner: all that a step can be.
 *
 * A runner that knows these knows every transform, since all others are made of them.
 */
export type Primitive =
  | { readonly kind: 'Impulse' }
  | { readonly kind: 'Create'; readonly elements: readonly unknown[]; readonly timestamps: Float64Array | undefined }
  | { readonly kind: 'TestStream'; readonly events: readonly TestStreamEvent[] }
  | { readonly kind: 'Read'; readonly source: Source<unknown>; readonly hasDeadLetters: boolean }
  | {
      readonly kind: 'SplittableParDo';
      readonly reader: RestrictionReader<unknown, unknown, unknown, unknown>;
      readonly hasDeadLetters: boolean;
      readonly sideInputs: SideInputs;
    }
  | { readonly kind: 'Map' | 'FlatMap' | 'Filter'; readonly fn: Lambda; readonly traits: StepTraits }
  | { readonly kind: 'KeyBy'; readonly fn: (element: unknown) => unknown; readonly traits: StepTraits }
  | { readonly kind: 'MapValues'; readonly fn: (value: unknown, key: unknown) => unknown; readonly traits: StepTraits }
  | {
      readonly kind: 'WithTimestamps';
      readonly fn: (element: unknown) => Timestamp;
      readonly allowedTimestampSkew: Duration;
      readonly traits: StepTraits;
    }
  | { readonly kind: 'ParDo'; readonly doFn: AnyDoFn; readonly traits: StepTraits }
  | { readonly kind: 'AssignWindows'; readonly windowFn: AnyWindowFn }
  | { readonly kind: 'GroupByKey' }
  | {
      readonly kind: 'CombinePerKey';
      readonly fn: CombineFn<unknown, unknown, unknown>;
      /** In how many parts a hot key is combined first; a hint, as it never changes the result. */
      readonly hotKeyFanout: number | undefined;
    }
  | { readonly kind: 'Flatten' }
  | { readonly kind: 'Reshuffle' }
  | { readonly kind: 'Write'; readonly sink: Sink<unknown>; readonly hasDeadLetters: boolean };

/** One step of a pipeline. */
export interface Step {
  readonly id: number;
  /** Names of the scopes and of the step, joined by `/`; unique, the same each time the pipeline is built. */
  readonly path: string;
  /** Whether some part of the path was numbered because a derived name repeated. */
  readonly hasNumberedName: boolean;
  readonly primitive: Primitive;
  readonly inputs: readonly PCollection<unknown>[];
  /** By tag; {@link MAIN} first. */
  readonly outputs: ReadonlyMap<string, PCollection<unknown>>;
  /** Where the user's code made the step; its stack is only formatted when an error is shown. */
  readonly callSite: Error;
}

/** All steps of a pipeline, producers before consumers. */
export interface Graph {
  readonly steps: readonly Step[];
}

/** A name that the user gave, which must be unique in its scope, or one that Viga derived, which is numbered. */
export interface StepName {
  readonly given?: string | undefined;
  readonly derived: string;
}

/** A scope of names: a composite transform, or the pipeline itself. */
export class NameScope {
  readonly path: string;
  readonly isNumbered: boolean;
  readonly #taken = new Set<string>();

  constructor(path: string, isNumbered: boolean) {
    this.path = path;
    this.isNumbered = isNumbered;
  }

  /** Takes a name in this scope and gives the scope that it opens. */
  enter(name: StepName): NameScope {
    const { given, derived } = name;
    if (given !== undefined) return this.#open(this.#claimGiven(given), this.isNumbered);
    let unique = derived;
    for (let n = 2; this.#taken.has(unique); n++) unique = `${derived}-${n}`;
    this.#taken.add(unique);
    return this.#open(unique, this.isNumbered || unique !== derived);
  }

  #open(name: string, isNumbered: boolean): NameScope {
    return new NameScope(this.path === '' ? name : `${this.path}/${name}`, isNumbered);
  }

  #claimGiven(name: string): string {
    if (typeof name !== 'string' || name === '' || /[/\p{Cc}]/u.test(name)) {
      throw new PipelineError(
        this.path === '' ? undefined : this.path,
        `'${showValue(name).replace(/^"|"$/g, '')}' is not a step's name. Names are joined by '/' to paths of one line, so each is a text of a character or more without '/'. Choose another name.`,
      );
    }
    if (this.#taken.has(name)) {
      throw new PipelineError(
        this.path === '' ? name : `${this.path}/${name}`,
        'another step already has this name. Saved state is found by name, so a given name must be unique in its scope. Rename one of the two.',
      );
    }
    this.#taken.add(name);
    return name;
  }
}

/** The derived name of a step: its kind, with the function's name where it has one that tells something. */
export const derivedName = (kind: string, fn: { readonly name: string }): string =>
  fn.name === '' || UNTOLD.has(fn.name) || fn.name.includes('/') ? kind : `${kind}(${fn.name})`;

// Names that a function gets from the option or parameter that holds it say nothing of what it does.
const UNTOLD: ReadonlySet<string> = new Set(['fn', 'process', 'anonymous', 'assign', 'keep', 'key', 'timestamp']);
