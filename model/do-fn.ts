import type { DeadLetter, RetryPolicy } from './dead-letter.ts';
import type { Emitters, OutputAt, OutputTags } from './outputs.ts';
import type { PCollection } from './pcollection.ts';
import type { SideInputs, SideValues } from './side-input.ts';
import type { Cells, StateSpecs } from './state.ts';
import type { Duration, Timestamp } from './time.ts';
import type { Timers, TimerSpecs } from './timer.ts';
import type { KV, PaneInfo } from './values.ts';
import type { BoundedWindow } from './window-fn.ts';

/** What a function knows of the element it is given. */
export interface ElementContext<V = Record<never, never>> {
  readonly timestamp: Timestamp;
  /** The window of this call: an element in several windows is processed once in each by a function that asks. */
  readonly window: BoundedWindow;
  readonly pane: PaneInfo;
  readonly sideInputs: SideValues<V>;
}

/**
 * Asks for something to be done when all that the present bundle did is durable: to tell a system that what was read from it
 * need not come again, say (Beam model, "Bundle finalization").
 *
 * It is called once, after the epoch of the bundle was committed and before a later one is; without a state directory at the
 * end of a bounded run. It is not called for a bundle or a call that failed, and not again after a crash: what is durable may
 * not depend on it. What it throws is told as a warning.
 */
export type AfterCommit = (callback: () => void | PromiseLike<void>) => void;

/** What `process` of a DoFn knows and can do. */
export interface DoFnContext<S, M, X, V, R> extends ElementContext<V> {
  readonly state: Cells<S>;
  readonly timers: Timers<M>;
  readonly emit: Emitters<X>;
  /** What `setup` returned. */
  readonly resource: R;
  readonly afterCommit: AfterCommit;
}

/** What a timer's function knows and can do. */
export interface TimerContext<T, S, M, X, R> {
  readonly key: T extends KV<infer K, unknown> ? K : never;
  readonly timestamp: Timestamp;
  readonly window: BoundedWindow;
  readonly tag: string;
  readonly state: Cells<S>;
  readonly timers: Timers<M>;
  readonly emit: Emitters<X>;
  readonly resource: R;
  readonly afterCommit: AfterCommit;
}

/** What `startBundle` and `finishBundle` know and can do. */
export interface BundleContext<R> {
  readonly resource: R;
  readonly afterCommit: AfterCommit;
}

/** What `process` may return: nothing, or outputs in any form that can be iterated, now or later. */
export type Yielded<O> =
  | void
  | Iterable<O | OutputAt<O>>
  | PromiseLike<void | Iterable<O | OutputAt<O>>>
  | AsyncIterable<O | OutputAt<O>>;

/** What a step whose function is never async can be asked for besides it. */
export interface SyncStepOptions<T> {
  /** A name that is unique in its scope. Default: the kind of step, with the function's name where it has one. */
  readonly name?: string;
  /**
   * Gets the elements that failed, instead of the run's ending. A failed call leaves no trace: none of its outputs is
   * passed on.
   */
  readonly deadLetters?: (failed: PCollection<DeadLetter<T>>) => unknown;
}

/** What an element-wise step can be asked for besides its function. */
export interface StepOptions<T, V extends SideInputs = Record<never, never>> extends SyncStepOptions<T> {
  readonly sideInputs?: V;
  /** How many promises of this step may be pending. Default 64. */
  readonly concurrency?: number;
  /** Pass results on as they settle, not in the order of their inputs. Default false. */
  readonly unordered?: boolean;
  /** Tries a failed call again. */
  readonly retry?: RetryPolicy;
}

/**
 * A function over elements with a life cycle, state, timers, side inputs and several outputs (Beam model, "ParDo").
 *
 * The life of an instance is `setup (startBundle process* finishBundle)+ teardown`; bundles of an instance never
 * overlap, and its calls follow each other unless it declares `concurrency`.
 */
export interface DoFn<
  T,
  O,
  S extends StateSpecs,
  M extends TimerSpecs,
  X extends OutputTags,
  V extends SideInputs,
  R = undefined,
> extends StepOptions<T, V> {
  readonly state?: S;
  readonly timers?: M;
  readonly outputs?: X;
  /** Once per worker; what it returns is `resource` everywhere else. */
  readonly setup?: () => R | PromiseLike<R>;
  readonly startBundle?: (context: BundleContext<R>) => void | PromiseLike<void>;
  readonly process: (element: T, context: DoFnContext<S, M, X, V, R>) => Yielded<O>;
  /** May emit with `outputAt(value, timestamp, window)`, as there is no element to take these from. */
  readonly finishBundle?: (context: BundleContext<R>) => Yielded<O>;
  readonly teardown?: (resource: R) => void | PromiseLike<void>;
  readonly onTimer?: { readonly [N in keyof NoInfer<M>]: (context: TimerContext<T, S, M, X, R>) => Yielded<O> };
  /** Called once per key and window when its state is about to be removed. */
  readonly onWindowExpiration?: (context: Omit<TimerContext<T, S, M, X, R>, 'timers' | 'tag'>) => Yielded<O>;
  /** How far an output's timestamp may lie before its input's. Default 0. */
  readonly allowedTimestampSkew?: Duration;
  /** Asks for the elements of each key in order of their timestamps. */
  readonly requiresTimeSortedInput?: boolean;
}

/** A DoFn as runners see it, its types forgotten. */
// oxlint-disable-next-line typescript/no-explicit-any -- runners carry values of any type between functions that know theirs.
export type AnyDoFn = DoFn<any, any, any, any, any, any, any>;
