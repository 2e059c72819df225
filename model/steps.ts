import { checkCombineFn, checkFunction, checkParts, checkRetry, checkWindowFn } from './check-arguments.ts';
import { checkDoFn } from './check-do-fn.ts';
import { checkSideInputs } from './check-side-inputs.ts';
import type { CombineFn } from './combine-fn.ts';
import type { DeadLetter } from './dead-letter.ts';
import type { AnyDoFn, StepOptions, SyncStepOptions } from './do-fn.ts';
import { PipelineError } from './errors.ts';
import { DEAD_LETTERS, derivedName, MAIN, type Primitive, type StepTraits } from './graph.ts';
import type { Named, PCollection } from './pcollection.ts';
import type { OutputSpec, Pipeline } from './pipeline.ts';
import type { SideInputs } from './side-input.ts';
import type { Duration, Timestamp } from './time.ts';
import type { KV } from './values.ts';
import type { BoundedWindow, WindowFn } from './window-fn.ts';
import {
  afterGrouping,
  type Firing,
  waitsForEver,
  windowingStrategy,
  type WindowingStrategy,
} from './windowing-strategy.ts';

// How PCollection's methods become primitive steps. The graph forgets element types: the casts below give each new
// collection the type that the step's function produces, which is what the signatures of the methods promise.

type AnyOptions<T> = StepOptions<T, SideInputs>;
// oxlint-disable-next-line typescript/no-explicit-any -- user functions of any element type, called with elements of that type.
type AnyFn = (...args: any[]) => any;

/** Adds an element-wise step: options checked, dead letters handed to their function. */
function addElementWise<T, U>(
  input: PCollection<T>,
  { given, derived }: { readonly given: string | undefined; readonly derived: string },
  options: AnyOptions<T>,
  primitive: (traits: StepTraits) => Primitive,
): PCollection<U> {
  const outputs: OutputSpec[] = [{ tag: MAIN, windowing: input.windowing, isBounded: input.isBounded }];
  if (options.deadLetters) outputs.push({ tag: DEAD_LETTERS, windowing: input.windowing, isBounded: input.isBounded });
  const made = input.pipeline.addStep(
    { given, derived },
    { inputs: [input], outputs, primitive: (path) => primitive(traitsOf(path, input.pipeline, options)) },
  );
  options.deadLetters?.(made[1] as PCollection<DeadLetter<T>>);
  return made[0] as PCollection<U>;
}

const addLambda = <T, U>(
  input: PCollection<T>,
  kind: 'Map' | 'FlatMap' | 'Filter' | 'MapValues' | 'KeyBy',
  fn: AnyFn,
  options: AnyOptions<T>,
): PCollection<U> => {
  checkFunction(input.pipeline.pathOf(options.name ?? kind), fn);
  return addElementWise(input, { given: options.name, derived: derivedName(kind, fn) }, options, (traits) => ({
    kind,
    fn,
    traits,
  }));
};

function traitsOf<T>(step: string, pipeline: Pipeline, options: AnyOptions<T>): StepTraits {
  const { sideInputs = {}, concurrency, retry } = options;
  checkSideInputs(step, pipeline, sideInputs);
  if (concurrency !== undefined && !(Number.isInteger(concurrency) && concurrency >= 1)) {
    throw new PipelineError(
      step,
      `concurrency is ${concurrency} but must be a whole number of 1 or more. No call could start. Pass e.g. 16, or leave it out.`,
    );
  }
  if (retry !== undefined) checkRetry(step, retry);
  return {
    sideInputs,
    concurrency,
    unordered: options.unordered ?? false,
    retry,
    hasDeadLetters: options.deadLetters !== undefined,
  };
}

export const addMap = <T, U>(input: PCollection<T>, fn: AnyFn, options: AnyOptions<T>): PCollection<U> =>
  addLambda(input, 'Map', fn, options);

export const addFlatMap = <T, U>(input: PCollection<T>, fn: AnyFn, options: AnyOptions<T>): PCollection<U> =>
  addLambda(input, 'FlatMap', fn, options);

export const addFilter = <T>(input: PCollection<T>, keep: AnyFn, options: AnyOptions<T>): PCollection<T> =>
  addLambda(input, 'Filter', keep, options);

export const addMapValues = <K, V, U>(
  input: PCollection<KV<K, V>>,
  fn: AnyFn,
  options: StepOptions<KV<K, V>>,
): PCollection<KV<K, U>> => addLambda(input, 'MapValues', fn, options);

export const addKeyBy = <T, K>(input: PCollection<T>, fn: AnyFn, options: SyncStepOptions<T>): PCollection<KV<K, T>> =>
  addLambda(input, 'KeyBy', fn, options);

export const addWithTimestamps = <T>(
  input: PCollection<T>,
  fn: (element: T) => Timestamp,
  options: SyncStepOptions<T> & { readonly allowedTimestampSkew?: Duration },
): PCollection<T> => {
  checkFunction(input.pipeline.pathOf(options.name ?? 'WithTimestamps'), fn);
  return addElementWise(
    input,
    { given: options.name, derived: derivedName('WithTimestamps', fn) },
    options,
    (traits) => ({
      kind: 'WithTimestamps',
      fn: fn as AnyFn,
      allowedTimestampSkew: options.allowedTimestampSkew ?? 0,
      traits,
    }),
  );
};

export function addWindowInto<T, W extends BoundedWindow>(
  input: PCollection<T>,
  windowFn: WindowFn<W, T>,
  firing: Firing & Named,
): PCollection<T> {
  checkWindowFn(input.pipeline.pathOf(firing.name ?? 'WindowInto'), windowFn);
  const derived = `WindowInto(${windowFn.name})`;
  const windowing = windowingStrategy(input.pipeline.pathOf(firing.name ?? derived), windowFn, firing);
  const [output] = input.pipeline.addStep(
    { given: firing.name, derived },
    {
      inputs: [input],
      outputs: [{ tag: MAIN, windowing, isBounded: input.isBounded }],
      primitive: () => ({ kind: 'AssignWindows', windowFn }),
    },
  );
  return output as PCollection<T>;
}

export function addGroupByKey<K, V>(input: PCollection<KV<K, V>>, options: Named): PCollection<KV<K, Iterable<V>>> {
  return addGrouping(input, options, 'GroupByKey', { kind: 'GroupByKey' });
}

export function addCombinePerKey<K, V, A, O>(
  input: PCollection<KV<K, V>>,
  fn: CombineFn<V, A, O>,
  options: Named & { readonly hotKeyFanout?: number },
): PCollection<KV<K, O>> {
  const path = input.pipeline.pathOf(options.name ?? 'CombinePerKey');
  checkCombineFn(path, fn);
  if (options.hotKeyFanout !== undefined) checkParts(path, 'hotKeyFanout', options.hotKeyFanout);
  return addGrouping(input, options, `CombinePerKey(${fn.name})`, {
    kind: 'CombinePerKey',
    // The runner passes it only values of this collection and accumulators that it made itself.
    fn: fn as unknown as CombineFn<unknown, unknown, unknown>,
    hotKeyFanout: options.hotKeyFanout,
  });
}

function addGrouping<U>(
  input: PCollection<unknown>,
  options: Named,
  derived: string,
  primitive: Primitive,
): PCollection<U> {
  const [output] = input.pipeline.addStep(
    { given: options.name, derived },
    {
      inputs: [input],
      outputs: [{ tag: MAIN, windowing: afterGrouping(input.windowing), isBounded: input.isBounded }],
      primitive(path) {
        refuseEndless(path, input.windowing, input.isBounded);
        return primitive;
      },
    },
  );
  return output as PCollection<U>;
}

function refuseEndless(step: string, windowing: WindowingStrategy, isBounded: boolean): void {
  if (isBounded || !waitsForEver(windowing)) return;
  throw new PipelineError(
    step,
    'its input never ends and is in the global window without a trigger. No pane would ever fire. Window it first, e.g. windowInto(fixedWindows({ size: minutes(1) })), or give windowInto a trigger.',
  );
}

export function addParDo(input: PCollection<unknown>, doFn: AnyDoFn): unknown {
  checkFunction(input.pipeline.pathOf(doFn.name ?? 'ParDo'), doFn.process, 'Pass { process: (element) => [...] }');
  const tags = Object.keys(doFn.outputs ?? {});
  const outputs = [MAIN, ...tags, ...(doFn.deadLetters ? [DEAD_LETTERS] : [])].map((tag) => ({
    tag,
    windowing: input.windowing,
    isBounded: input.isBounded,
  }));
  const made = input.pipeline.addStep(
    { given: doFn.name, derived: derivedName('ParDo', doFn.process) },
    {
      inputs: [input],
      outputs,
      primitive(path) {
        checkDoFn(path, input, doFn);
        return { kind: 'ParDo', doFn, traits: traitsOf(path, input.pipeline, doFn) };
      },
    },
  );
  const failed = doFn.deadLetters && made.at(-1);
  if (failed) doFn.deadLetters?.(failed as PCollection<DeadLetter<unknown>>);
  if (doFn.outputs === undefined) return made[0];
  return Object.fromEntries(outputs.filter(({ tag }) => tag !== DEAD_LETTERS).map(({ tag }, i) => [tag, made[i]]));
}
