import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import type { Pipeline } from 'viga';
import { assertThat, testPipeline } from 'viga/testing';
import type { Configuration } from '../../../benchmarks/nexmark/configuration.ts';
import { queries } from '../../../benchmarks/nexmark/queries/index.ts';
import type { NexmarkQuery, QueryContext } from '../../../benchmarks/nexmark/query.ts';
import { readEvents } from '../../../benchmarks/nexmark/source.ts';
import { CONFIGURATION, contextOf, eventsOf, seen, sorted } from './small.ts';

const CONFIGURATIONS: readonly (readonly [string, Configuration])[] = [
  ['in order', CONFIGURATION],
  ['of three generators, out of order', { ...CONFIGURATION, numEventGenerators: 3, outOfOrderGroupSize: 20 }],
];

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
