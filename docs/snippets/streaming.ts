import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { afterCount, asSingleton, globalWindows, periodicImpulse, Pipeline, repeatedly, seconds } from 'viga';
import { readJsonLines } from 'viga/io/json';
import { directRunner } from 'viga/runners/direct';
import { assertThat } from 'viga/testing';
import { z } from 'zod';

const folder = mkdtempSync('/tmp/viga-streaming-');
writeFileSync(`${folder}/clicks.jsonl`, '{"user":"ann","at":"2026-01-01T12:00:00Z"}\n');

const stamped = new Pipeline();
// #region event-time
const clicks = stamped.apply(
  readJsonLines({
    files: `${folder}/clicks.jsonl`,
    schema: z.object({ user: z.string(), at: z.string() }),
    timestamp: (click) => Date.parse(click.at),
    maxOutOfOrder: seconds(30),
  }),
);
// #endregion
assertThat(clicks.map((_, { timestamp }) => timestamp)).containsInAnyOrder([Date.UTC(2026, 0, 1, 12)]);
await stamped.run(directRunner({ streaming: true }));

const pipeline = new Pipeline();
let readings = 0;
const readPrices = async (): Promise<ReadonlyMap<string, number>> => new Map([['tea', ++readings]]);
// #region refreshed
const prices = pipeline
  .apply(periodicImpulse({ start: 0, interval: seconds(60), count: 3 }))
  .map(async () => await readPrices())
  .windowInto(globalWindows(), { trigger: repeatedly(afterCount(1)), accumulationMode: 'discarding' });

const seen = pipeline
  .apply(periodicImpulse({ start: 0, interval: seconds(20), count: 9 }), { name: 'Orders' })
  .map((_, { sideInputs }) => sideInputs.prices.get('tea'), { sideInputs: { prices: asSingleton(prices) } });
// #endregion
const found = new Set<number | undefined>();
seen.map((price) => found.add(price));
await pipeline.run(directRunner({ streaming: true }));
assert.ok([...found].every((price) => price !== undefined && price >= 1 && price <= 3) && found.size > 0);
