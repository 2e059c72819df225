// A job that survives: with a state directory a run goes on where the last one ended, and the table has every minute once,
// however often the process is killed in between.
import { mkdtempSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { count, fixedWindows, generateStream, minutes, Pipeline } from 'viga';
import { writeSqlite } from 'viga/io/sqlite';
import { directRunner } from 'viga/runners/direct';

const folder = mkdtempSync('/tmp/viga-durable-');

function countClicks(): Pipeline {
  const pipeline = new Pipeline();
  pipeline
    .apply(generateStream({ element: (i) => i, timestamp: (i) => i * 1_000, maxElements: 600 }), { name: 'Clicks' })
    .windowInto(fixedWindows({ size: minutes(1) }))
    .keyBy(() => 'clicks')
    .combinePerKey(count, { name: 'PerMinute' })
    .map(({ value }, { window }) => ({ minute: window.maxTimestamp, clicks: value }))
    .apply(
      writeSqlite({
        name: 'Counts',
        database: `${folder}/clicks.db`,
        table: 'clicks',
        mode: 'insert',
        createTable: { minute: 'INTEGER', clicks: 'INTEGER' },
      }),
    );
  return pipeline;
}

const runner = directRunner({ stateDirectory: `${folder}/state`, epochInterval: 10 });
const stop = new AbortController();
setTimeout(() => stop.abort(), 30);
const first = await countClicks().run(runner, { stop: stop.signal });
console.log(first.state === 'DONE' || first.state === 'STOPPED');
await countClicks().run(runner);

const [row] = new DatabaseSync(`${folder}/clicks.db`)
  .prepare('SELECT count(*) AS n, sum(clicks) AS s FROM clicks')
  .all();
console.log(`${String(row?.['n'])} minutes, ${String(row?.['s'])} clicks`);
