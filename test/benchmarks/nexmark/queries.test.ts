import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import type { PCollection, Pipeline } from 'viga';
import { assertThat, testPipeline } from 'viga/testing';
import { type Configuration, DEFAULTS } from '../../../benchmarks/nexmark/configuration.ts';
import type { Event } from '../../../benchmarks/nexmark/events.ts';
import { EventGenerator } from '../../../benchmarks/nexmark/generator.ts';
import { queries } from '../../../benchmarks/nexmark/queries/index.ts';
import type { NexmarkQuery, QueryContext, Seen } from '../../../benchmarks/nexmark/query.ts';
import { directSideInput } from '../../../benchmarks/nexmark/side-input.ts';
import { readEvents } from '../../../benchmarks/nexmark/source.ts';

// A hundred events per second of event time, so that a few thousand fill several windows of each kind.
const CONFIGURATION: Configuration = {
  ...DEFAULTS,
  numEvents: 2_000,
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

const CONFIGURATIONS: readonly (readonly [string, Configuration])[] = [
  ['in order', CONFIGURATION],
  ['of three generators, out of order', { ...CONFIGURATION, numEventGenerators: 3, outOfOrderGroupSize: 20 }],
];

const byTime = (events: readonly Event[]): readonly Event[] => events.toSorted((a, b) => a.dateTime - b.dateTime);

function eventsOf(configuration: Configuration): readonly Event[] {
  const generator = new EventGenerator(configuration);
  return byTime(Array.from({ length: configuration.numEvents }, (_, i) => generator.eventAt(i)));
}

const contextOf = (configuration: Configuration): QueryContext => ({
  configuration,
  sideInput: directSideInput(configuration),
});

/** Texts that are equal for equal facts, in an order that does not matter. */
const sorted = (facts: readonly unknown[]): readonly string[] => facts.map((fact) => JSON.stringify(fact)).sort();

const seen = <R>(results: PCollection<R>): PCollection<Seen<R>> =>
  results.map((value, { pane }) => ({ value, pane }), { name: 'Seen' });

/** Adds a query, and the assertion that its facts are those of its model. */
function addQuery(pipeline: Pipeline, query: NexmarkQuery, context: QueryContext, isBounded: boolean): void {
  const events = pipeline.apply(readEvents(context.configuration, { isBounded, batchSize: 40 }));
  const expected = sorted(query.model(eventsOf(context.configuration), context));
  assert.ok(expected.length > 0, 'a query without results shows nothing');
  assertThat(seen(query.expand(events, context))).satisfies((results) => {
    assert.deepEqual(sorted(query.facts(results)), expected);
  });
}

describe.each(CONFIGURATIONS)('events %s', (_, configuration) => {
  describe.each([
    ['batch', true],
    ['streaming', false],
  ])('%s', (_mode, isBounded) => {
    test.each(queries.map((query) => [query.number, query.name, query] as const))(
      'query %i, %s, gives what its model does',
      async (_number, _name, query) => {
        await testPipeline((p) => addQuery(p, query, contextOf(configuration), isBounded));
      },
    );
  });
});
