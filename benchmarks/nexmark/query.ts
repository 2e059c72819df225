import type { KV, PaneInfo, PCollection, Pipeline } from 'viga';
import type { Configuration } from './configuration.ts';
import type { Event } from './events.ts';

/** What queries know besides the events. */
export interface QueryContext {
  readonly configuration: Configuration;
  /** Where query 10 writes. Without it, it only tells what it would write. */
  readonly folder?: string;
  /** The rows that queries 13 and 14 look up. */
  readonly sideInput: (pipeline: Pipeline) => PCollection<KV<number, string>>;
}

/** An element of a query's output, and the pane that it came in. */
export interface Seen<out R> {
  readonly value: R;
  readonly pane: PaneInfo;
}

/**
 * A question about the events, answered by a pipeline and by a plain program.
 *
 * `R` is what the pipeline gives out, `F` what of it is the same however it is run.
 */
export interface NexmarkQuery<R = unknown, F = unknown> {
  readonly number: number;
  readonly name: string;
  expand(events: PCollection<Event>, context: QueryContext): PCollection<R>;
  /** Mostly {@link everyResult}. */
  facts(results: readonly Seen<R>[]): readonly F[];
  /** The facts, in any order, of events that are sorted by time. */
  model(events: readonly Event[], context: QueryContext): readonly F[];
  /** A number of a fact; the sum of all tells in a benchmark whether they are right. */
  weigh(fact: F): number;
}

/** Where all results are the same in every run. */
export const everyResult = <R>(results: readonly Seen<R>[]): readonly R[] => results.map(({ value }) => value);
