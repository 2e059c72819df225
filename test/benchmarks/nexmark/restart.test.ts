import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Pipeline } from 'viga';
import { writeSqlite } from 'viga/io/sqlite';
import { directRunner } from 'viga/runners/direct';
import { queries } from '../../../benchmarks/nexmark/queries/index.ts';
import type { NexmarkQuery, Seen } from '../../../benchmarks/nexmark/query.ts';
import { readEvents } from '../../../benchmarks/nexmark/source.ts';
import { CONFIGURATION, contextOf, eventsOf, seen, sorted } from './small.ts';

const CONTEXT = contextOf(CONFIGURATION);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'viga-nexmark-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs a query with its state in the folder; asked to stop after so many events, it can be started again. */
async function run(query: NexmarkQuery, stopAfter: number): Promise<string> {
  const pipeline = new Pipeline();
  const stop = new AbortController();
  let read = 0;
  const events = pipeline.apply(readEvents(CONFIGURATION, { isBounded: false, batchSize: 40 })).map(
    (event) => {
      if (++read === stopAfter) stop.abort();
      return event;
    },
    { name: 'Watch' },
  );
  seen(query.expand(events, CONTEXT))
    .map((result) => ({ result: JSON.stringify(result) }), { name: 'Row' })
    .apply(
      writeSqlite({ database: path.join(folder, 'results.db'), table: 'results', createTable: { result: 'TEXT' } }),
    );
  const runner = directRunner({ stateDirectory: path.join(folder, 'state'), epochInterval: 10 });
  return (await pipeline.run(runner, { stop: stop.signal })).state;
}

function results(): readonly Seen<unknown>[] {
  const database = new DatabaseSync(path.join(folder, 'results.db'));
  const rows = database.prepare('SELECT result FROM results').all();
  database.close();
  // Written by run.
  return rows.map(({ result }) => JSON.parse(String(result)) as Seen<unknown>);
}

describe('stopped twice and started again', () => {
  test.each(queries.map((query) => [query.number, query.name, query] as const))(
    'query %i, %s, gives what its model does',
    async (_number, _name, query) => {
      expect(await run(query, 700)).toBe('STOPPED');
      expect(await run(query, 600)).toBe('STOPPED');
      expect(await run(query, Number.POSITIVE_INFINITY)).toBe('DONE');
      const expected = sorted(query.model(eventsOf(CONFIGURATION), CONTEXT));
      assert.deepEqual(sorted(query.facts(results())), expected);
    },
  );
});
