import {
  type AsyncScope,
  enterMetricsScope,
  type LogEntry,
  type Metric,
  type MetricKind,
  type MetricResult,
  type MetricsScope,
  type MetricValues,
  type StepMetric,
} from '../../model/index.ts';

interface Cell {
  counter: number;
  sum: number;
  count: number;
  min: number;
  max: number;
  gauge: number | undefined;
  strings: Set<string>;
}

const newCell = (): Cell => ({
  counter: 0,
  sum: 0,
  count: 0,
  min: Number.POSITIVE_INFINITY,
  max: Number.NEGATIVE_INFINITY,
  gauge: undefined,
  strings: new Set(),
});

function updateCell(cell: Cell, kind: MetricKind, value: number | string): void {
  if (kind === 'stringSet') cell.strings.add(String(value));
  else if (kind === 'counter') cell.counter += Number(value);
  else if (kind === 'gauge') cell.gauge = Number(value);
  else {
    const number = Number(value);
    cell.sum += number;
    cell.count++;
    cell.min = Math.min(cell.min, number);
    cell.max = Math.max(cell.max, number);
  }
}

function mergeCells(cells: readonly Cell[]): Cell {
  const all = newCell();
  for (const cell of cells) {
    all.counter += cell.counter;
    all.sum += cell.sum;
    all.count += cell.count;
    all.min = Math.min(all.min, cell.min);
    all.max = Math.max(all.max, cell.max);
    if (cell.gauge !== undefined) all.gauge = cell.gauge;
    for (const text of cell.strings) all.strings.add(text);
  }
  return all;
}

function valueOf<Kind extends MetricKind>(
  kind: Kind,
  { counter, sum, count, min, max, gauge, strings }: Cell,
): MetricValues[Kind] {
  const values: MetricValues = { counter, distribution: { sum, count, min, max }, gauge, stringSet: strings };
  return values[kind];
}

/** What is committed of a metric, as plain data. */
export interface CommittedMetric {
  readonly step: string;
  readonly metric: Metric;
  readonly value: Omit<Cell, 'strings'> & { readonly strings: readonly string[] };
}

interface Entry {
  readonly metric: Metric;
  readonly step: string;
  readonly attempted: Cell;
  readonly committed: Cell;
}

/** The metrics of a run, by step. */
export class MetricsStore {
  readonly #entries = new Map<string, Entry>();
  /** Takes what steps write to the console; undefined where that is left to the console. */
  readonly onLog: ((entry: LogEntry) => void) | undefined;

  constructor(onLog?: (entry: LogEntry) => void) {
    this.onLog = onLog;
  }

  entry(step: string, metric: Metric): Entry {
    const key = JSON.stringify([step, metric.kind, metric.namespace, metric.name]);
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = { metric, step, attempted: newCell(), committed: newCell() };
      this.#entries.set(key, entry);
    }
    return entry;
  }

  /** All metrics, step by step. */
  list(): readonly StepMetric[] {
    return [...this.#entries.values()].map(({ metric, step, attempted, committed }) => ({
      step,
      metric,
      attempted: valueOf(metric.kind, attempted),
      committed: valueOf(metric.kind, committed),
    }));
  }

  /** What is committed of all metrics, for a store that outlives the run. */
  committed(): readonly CommittedMetric[] {
    return [...this.#entries.values()].map(({ step, metric: { kind, namespace, name }, committed }) => ({
      step,
      metric: { kind, namespace, name },
      value: { ...committed, strings: [...committed.strings] },
    }));
  }

  /** Goes on with what an earlier run of the job has committed: all of that was attempted, too. */
  restore({ step, metric, value }: CommittedMetric): void {
    const { attempted, committed } = this.entry(step, metric);
    const before = { ...value, strings: new Set(value.strings) };
    // Setup may have counted something already.
    for (const cell of [attempted, committed]) Object.assign(cell, mergeCells([before, cell]));
  }

  /** One metric over all steps, or of the step with this path. */
  query<Kind extends MetricKind>(metric: Metric<Kind>, step: string | undefined): MetricResult<MetricValues[Kind]> {
    const found = [...this.#entries.values()].filter(
      (entry) =>
        entry.metric.kind === metric.kind &&
        entry.metric.namespace === metric.namespace &&
        entry.metric.name === metric.name &&
        (step === undefined || entry.step === step),
    );
    return {
      attempted: valueOf(metric.kind, mergeCells(found.map((entry) => entry.attempted))),
      committed: valueOf(metric.kind, mergeCells(found.map((entry) => entry.committed))),
    };
  }
}

/**
 * The metrics of one step. Where a failed call must leave no trace, updates wait in a journal for the call's end.
 */
export class StepMetrics implements MetricsScope {
  readonly #store: MetricsStore;
  readonly #step: string;
  readonly #entries = new Map<Metric, Entry>();
  readonly #journal: (readonly [Metric, number | string])[] | undefined;

  constructor(store: MetricsStore, step: string, hasJournal: boolean) {
    this.#store = store;
    this.#step = step;
    this.#journal = hasJournal ? [] : undefined;
  }

  update(metric: Metric, value: number | string): void {
    let entry = this.#entries.get(metric);
    if (entry === undefined) {
      entry = this.#store.entry(this.#step, metric);
      this.#entries.set(metric, entry);
    }
    updateCell(entry.attempted, metric.kind, value);
    if (this.#journal === undefined) updateCell(entry.committed, metric.kind, value);
    else this.#journal.push([metric, value]);
  }

  log(severity: LogEntry['severity'], message: string): boolean {
    this.#store.onLog?.({ severity, message, step: this.#step });
    return this.#store.onLog !== undefined;
  }

  /** Ends a call: its updates are committed if it succeeded and forgotten if not. */
  settle(succeeded: boolean): void {
    const journal = this.#journal;
    if (journal === undefined || journal.length === 0) return;
    if (succeeded) {
      for (const [metric, value] of journal)
        updateCell(this.#store.entry(this.#step, metric).committed, metric.kind, value);
    }
    journal.length = 0;
  }

  /** A scope of the same step for one call that goes on while others do; what it has counted so far goes with it. */
  fork(): StepMetrics {
    const forked = new StepMetrics(this.#store, this.#step, this.#journal !== undefined);
    if (this.#journal !== undefined) forked.#journal?.push(...this.#journal.splice(0));
    return forked;
  }
}

/** Where the metrics of what follows an await are found. */
export type CallScope = Pick<AsyncScope<MetricsScope>, 'run' | 'enter'>;

/** Runs a call whose metrics go to `metrics`, both until it returns and in what it goes on to do. */
export function runScoped<R>(scope: CallScope, metrics: StepMetrics, call: () => R): R {
  const outer = enterMetricsScope(metrics);
  try {
    return scope.run(metrics, call);
  } finally {
    enterMetricsScope(outer);
  }
}
