import type { LogEntry } from './runner.ts';

/** What a metric counts up to, as its handle gives it back. */
export interface MetricValues {
  readonly counter: number;
  readonly distribution: {
    readonly sum: number;
    readonly count: number;
    readonly min: number;
    readonly max: number;
  };
  readonly gauge: number | undefined;
  readonly stringSet: ReadonlySet<string>;
}

/** The kinds of metric. */
export type MetricKind = keyof MetricValues;

/** What names a metric; a step's value of it is found by this and the step's path. */
export interface Metric<out Kind extends MetricKind = MetricKind> {
  readonly kind: Kind;
  readonly namespace: string;
  readonly name: string;
}

/** Takes the updates of the step that is running, and what it writes to the console. */
export interface MetricsScope {
  update(metric: Metric, value: number | string): void;
  /** Returns whether it was taken, so that it need not be written. */
  log(severity: LogEntry['severity'], message: string): boolean;
}

let current: MetricsScope | undefined;
let ofContinuation: () => MetricsScope | undefined = () => undefined;

/**
 * Makes `scope` the one that updates go to; returns the one before, to be put back. For runners.
 *
 * @internal
 */
export function enterMetricsScope(scope: MetricsScope | undefined): MetricsScope | undefined {
  const before = current;
  current = scope;
  return before;
}

/**
 * Says how the scope is found where no step is running: in what follows an await. For runners.
 *
 * @internal
 */
export function findMetricsScopeBy(find: () => MetricsScope | undefined): void {
  ofContinuation = find;
}

/**
 * The scope of the step that is running, or that what runs now is the continuation of. For runners.
 *
 * @internal
 */
export const currentMetricsScope = (): MetricsScope | undefined => current ?? ofContinuation();

// Outside a run, in a unit test of a function say, updates go nowhere.
const update = (metric: Metric, value: number | string): void => currentMetricsScope()?.update(metric, value);

/** A number that only grows; found by step. */
export interface Counter extends Metric<'counter'> {
  inc(amount?: number): void;
}

/** Sum, count, smallest and largest of numbers; found by step. */
export interface Distribution extends Metric<'distribution'> {
  update(value: number): void;
}

/** The last of some numbers; found by step. */
export interface Gauge extends Metric<'gauge'> {
  set(value: number): void;
}

/** The set of some short texts; found by step. */
export interface StringSet extends Metric<'stringSet'> {
  add(value: string): void;
}

/**
 * A counter: make it once, call `inc` in any function of a step; it finds its step by itself.
 *
 * @example
 * import assert from 'node:assert/strict';
 * import { Pipeline, create, counter } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * const seen = counter('orders', 'seen');
 * const p = new Pipeline();
 * p.apply(create([1, 2, 3])).map((n) => { seen.inc(); return n; });
 * const result = await p.run(directRunner());
 * assert.equal(result.metric(seen).committed, 3);
 */
export function counter(namespace: string, name: string): Counter {
  const metric: Counter = { kind: 'counter', namespace, name, inc: (amount = 1) => update(metric, amount) };
  return metric;
}

/** A distribution of numbers. */
export function distribution(namespace: string, name: string): Distribution {
  const metric: Distribution = { kind: 'distribution', namespace, name, update: (value) => update(metric, value) };
  return metric;
}

/** A gauge: keeps the last value. */
export function gauge(namespace: string, name: string): Gauge {
  const metric: Gauge = { kind: 'gauge', namespace, name, set: (value) => update(metric, value) };
  return metric;
}

/** A set of short texts. */
export function stringSet(namespace: string, name: string): StringSet {
  const metric: StringSet = { kind: 'stringSet', namespace, name, add: (value) => update(metric, value) };
  return metric;
}
