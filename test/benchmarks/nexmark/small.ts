// Few events, with which all queries have results.
import type { PCollection } from 'viga';
import { type Configuration, DEFAULTS } from '../../../benchmarks/nexmark/configuration.ts';
import type { Event } from '../../../benchmarks/nexmark/events.ts';
import { EventGenerator } from '../../../benchmarks/nexmark/generator.ts';
import type { QueryContext, Seen } from '../../../benchmarks/nexmark/query.ts';
import { directSideInput } from '../../../benchmarks/nexmark/side-input.ts';

/** A hundred events per second of event time, so that a few thousand fill several windows of each kind. */
export const CONFIGURATION: Configuration = {
  ...DEFAULTS,
  numEvents: 1_500,
  numEventGenerators: 1,
  firstEventRate: 100,
  nextEventRate: 100,
  // With ratios that are powers of two nearly all of the first 4,000 random numbers choose what is hot.
  hotAuctionRatio: 3,
  hotSellersRatio: 3,
  hotBiddersRatio: 3,
  auctionSkip: 7,
  maxLogEvents: 100,
};

export const contextOf = (configuration: Configuration): QueryContext => ({
  configuration,
  sideInput: directSideInput(configuration),
});

/** The events as models want them. */
export function eventsOf(configuration: Configuration): readonly Event[] {
  const generator = new EventGenerator(configuration);
  const events = Array.from({ length: configuration.numEvents }, (_, i) => generator.eventAt(i));
  return events.sort((a, b) => a.dateTime - b.dateTime);
}

/** Texts that are equal for equal facts, in an order that does not matter. */
export const sorted = (facts: readonly unknown[]): readonly string[] =>
  facts.map((fact) => JSON.stringify(fact, fieldsInOrder)).sort();

/** What has been stored may come back with its fields in another order. */
function fieldsInOrder(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export const seen = <R>(results: PCollection<R>): PCollection<Seen<R>> =>
  results.map((value, { pane }) => ({ value, pane }), { name: 'Seen' });
