import type { CombineFn } from './combine-fn.ts';
import type { AnyDoFn, DoFn, ElementContext, StepOptions, SyncStepOptions } from './do-fn.ts';
import { combineGloballyTransform, type CombineGloballyOptions } from './combine-globally.ts';
import { PipelineError } from './errors.ts';
import type { Outputs, OutputTags } from './outputs.ts';
import type { OutputSpec, Pipeline, PTransform, PValue } from './pipeline.ts';
import {
  addCombinePerKey,
  addFlatMap,
  addFilter,
  addGroupByKey,
  addKeyBy,
  addMap,
  addMapValues,
  addParDo,
  addWindowInto,
  addWithTimestamps,
} from './steps.ts';
import type { SideInputs } from './side-input.ts';
import type { StateSpecs } from './state.ts';
import type { Duration, Timestamp } from './time.ts';
import type { TimerSpecs } from './timer.ts';
import type { KV } from './values.ts';
import type { BoundedWindow, WindowFn } from './window-fn.ts';
import type { Firing, WindowingStrategy } from './windowing-strategy.ts';

/** A sentence shown by the compiler where a call makes no sense. */
export interface VigaTypeError<Message extends string> {
  readonly vigaTypeError: Message;
}

type Keyed<T, S, M> = [T] extends [KV<unknown, unknown>]
  ? unknown
  : [keyof S | keyof M] extends [never]
    ? unknown
    : { readonly state: VigaTypeError<'state and timers are kept per key: call keyBy(...) before parDo(...)'> };

/** A timer without a function would fire and nothing be done; which functions there must be is said by DoFn. */
type Handled<M> = [keyof M] extends [never] ? unknown : { readonly onTimer: object };

/** What only has a name. */
export interface Named {
  readonly name?: string;
}

type None = Record<never, never>;

/**
 * A collection of elements of type `T`, each with a timestamp, windows and a pane; the result of a step.
 *
 * Its methods are the core of the model; everything else is a transform that {@link apply} takes. Functions may be async
 * where their type says so; they get the element, and if they declare a second parameter, its {@link ElementContext}.
 */
export class PCollection<out T> {
  readonly pipeline: Pipeline;
  /** The path of the step that makes it. */
  readonly producer: string;
  /** Which output of that step it is. */
  readonly tag: string;
  readonly windowing: WindowingStrategy;
  readonly isBounded: boolean;
  // Makes T matter to the type checker; never there at run time.
  declare private readonly element: T;

  /** @internal */
  constructor(pipeline: Pipeline, producer: string, spec: OutputSpec) {
    this.pipeline = pipeline;
    this.producer = producer;
    this.tag = spec.tag;
    this.windowing = spec.windowing;
    this.isBounded = spec.isBounded;
  }

  /** @internal */
  assertBelongsTo(pipeline: Pipeline, step: string): void {
    if (this.pipeline === pipeline) return;
    throw new PipelineError(
      step,
      `its input, an output of ${this.producer}, belongs to another pipeline. Pipelines run apart and share no elements. Build both steps on one pipeline.`,
    );
  }

  /** Applies a transform. `options.name` takes the place of the transform's own name. */
  apply<O extends PValue | void>(transform: PTransform<PCollection<T>, O>, options: Named = {}): O {
    return this.pipeline.applyTo(this, transform, options);
  }

  /**
   * Turns each element into one other. Timestamp, windows and pane are kept.
   *
   * @throws PipelineError if a side input is windowed by a merging window function.
   */
  map<U, V extends SideInputs = None>(
    fn: (element: T, context: ElementContext<V>) => U | PromiseLike<U>,
    options: StepOptions<T, V> = {},
  ): PCollection<U> {
    return addMap(this, fn, options);
  }

  /**
   * Turns each element into any number of others. Timestamp, windows and pane are kept.
   *
   * Return an array where you can: it is the fastest form of iterable.
   */
  flatMap<U, V extends SideInputs = None>(
    fn: (
      element: T,
      context: ElementContext<V>,
    ) => Iterable<U> | AsyncIterable<U> | PromiseLike<Iterable<U> | AsyncIterable<U>>,
    options: StepOptions<T, V> = {},
  ): PCollection<U> {
    return addFlatMap(this, fn, options);
  }

  /** Keeps the elements for which `keep` gives true; narrows the type if `keep` is a type guard. */
  filter<U extends T, V extends SideInputs = None>(
    keep: (element: T, context: ElementContext<V>) => element is U,
    options?: StepOptions<T, V>,
  ): PCollection<U>;
  filter<V extends SideInputs = None>(
    keep: (element: T, context: ElementContext<V>) => boolean | PromiseLike<boolean>,
    options?: StepOptions<T, V>,
  ): PCollection<T>;
  filter<V extends SideInputs = None>(
    keep: (element: T, context: ElementContext<V>) => boolean | PromiseLike<boolean>,
    options: StepOptions<T, V> = {},
  ): PCollection<T> {
    return addFilter(this, keep, options);
  }

  /** Gives each element a key. Keys are equal when their canonical bytes are: objects by content, whatever the field order. */
  keyBy<K>(key: (element: T) => K, options: SyncStepOptions<T> = {}): PCollection<KV<K, T>> {
    return addKeyBy(this, key, options);
  }

  /** Turns the value of each key-value pair into another; the key stays. */
  mapValues<K, V, U>(
    this: PCollection<KV<K, V>>,
    fn: (value: V, key: K) => U | PromiseLike<U>,
    options: Omit<StepOptions<KV<K, V>>, 'sideInputs'> = {},
  ): PCollection<KV<K, U>> {
    return addMapValues(this, fn, options);
  }

  /**
   * Groups elements with equal keys, per window.
   *
   * `PCollection<KV<K, V>>` to `PCollection<KV<K, Iterable<V>>>`. The values have no order and may be iterated again. The
   * output is in the window of its inputs, at that window's end (Beam model, "GroupByKey and windowing"). To reduce the
   * values prefer {@link combinePerKey}: it keeps one accumulator in place of all values.
   *
   * @throws PipelineError if the input is unbounded, in the global window and without trigger: no pane would ever fire.
   */
  groupByKey<K, V>(this: PCollection<KV<K, V>>, options: Named = {}): PCollection<KV<K, Iterable<V>>> {
    return addGroupByKey(this, options);
  }

  /**
   * Combines the values of each key, per window, as they come.
   *
   * @throws PipelineError as {@link groupByKey} does.
   */
  combinePerKey<K, V, A, O>(
    this: PCollection<KV<K, V>>,
    fn: CombineFn<V, A, O>,
    options: Named & { readonly hotKeyFanout?: number } = {},
  ): PCollection<KV<K, O>> {
    return addCombinePerKey(this, fn, options);
  }

  /**
   * Combines all elements, per window, into one.
   *
   * In the global window an empty collection gives the combiner's value of nothing, 0 for a sum. Other windows that are
   * empty are not known, so there `withoutDefaults: true` must be passed.
   *
   * @throws PipelineError if the windows are not global and `withoutDefaults` is not set.
   */
  combineGlobally<A, O>(fn: CombineFn<T, A, O>, options: CombineGloballyOptions = {}): PCollection<O> {
    return this.apply(combineGloballyTransform(fn, options), options.name === undefined ? {} : { name: options.name });
  }

  /**
   * Assigns each element to windows by its timestamp, for the groupings that follow.
   *
   * A trigger needs an accumulation mode; without both, each window fires once, when the watermark passes its end.
   */
  windowInto<W extends BoundedWindow>(windowFn: WindowFn<W, T>, firing: Firing & Named = {}): PCollection<T> {
    return addWindowInto(this, windowFn, firing);
  }

  /**
   * Gives each element the timestamp that `timestamp` returns, in milliseconds. Windows are kept: assign them afterwards.
   *
   * Meant for bounded collections. A timestamp before the present one is refused beyond `allowedTimestampSkew`, except
   * where the present one is the lowest, as it is after a read without event time.
   */
  withTimestamps(
    timestamp: (element: T) => Timestamp,
    options: SyncStepOptions<T> & { readonly allowedTimestampSkew?: Duration } = {},
  ): PCollection<T> {
    return addWithTimestamps(this, timestamp, options);
  }

  /**
   * Runs a {@link DoFn} over the elements: life cycle, state, timers, side inputs, several outputs.
   *
   * With `outputs` it gives a record of collections, `main` and one per tag; without, the main collection.
   */
  parDo<
    X extends OutputTags,
    O = never,
    S extends StateSpecs = None,
    M extends TimerSpecs = None,
    V extends SideInputs = None,
    R = undefined,
  >(doFn: DoFn<T, O, S, M, X, V, R> & { readonly outputs: X } & Keyed<T, S, M> & Handled<M>): Outputs<O, X>;
  parDo<
    O = never,
    S extends StateSpecs = None,
    M extends TimerSpecs = None,
    V extends SideInputs = None,
    R = undefined,
  >(doFn: DoFn<T, O, S, M, None, V, R> & { readonly outputs?: never } & Keyed<T, S, M> & Handled<M>): PCollection<O>;
  parDo(doFn: AnyDoFn): unknown {
    return addParDo(this, doFn);
  }
}
