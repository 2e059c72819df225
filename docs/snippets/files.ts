import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { create, fixedWindows, minutes, Pipeline, seconds } from 'viga';
import { openLog, readLog } from 'viga/io/log';
import { readAllText, readText, writeText } from 'viga/io/text';
import { column, readParquet, writeParquet } from 'viga/io/parquet';
import { directRunner } from 'viga/runners/direct';
import { assertThat } from 'viga/testing';

const folder = mkdtempSync(path.join(tmpdir(), 'viga-files-'));
const writing = new Pipeline();
const lines = writing.apply(create(['one', 'two', 'three']), { name: 'Lines' });

// #region write
lines.apply(writeText({ files: `${folder}/lines.txt` }), { name: 'One file' });
lines.apply(writeText({ files: `${folder}/parts/`, shards: 2, compression: 'gzip' }), { name: 'Two files' });
// #endregion

const cases = writing.apply(
  create([
    { id: 1, month: 3, sex: 'F' },
    { id: 2, month: 4, sex: 'M' },
  ]),
  { name: 'Cases' },
);

// #region parquet
cases.apply(
  writeParquet({
    files: `${folder}/cases/`,
    columns: { id: column.int64(), sex: column.string() },
    partitionBy: ['month'], // cases/month=3/part.parquet and so on
  }),
);
// #endregion
await writing.run(directRunner());
assert.equal(readFileSync(`${folder}/lines.txt`, 'utf8').split('\n').length, 4);
assert.ok(existsSync(`${folder}/cases/month=3`));

const reading = new Pipeline();

// #region read
const all = reading.apply(readText({ files: `${folder}/parts/*.gz` }));
const march = reading.apply(
  readParquet({
    files: `${folder}/cases/**/*.parquet`,
    columns: { id: column.int64(), month: column.int32() },
    filter: [{ column: 'month', op: '=', value: 3 }],
  }),
);
// #endregion
assertThat(all).containsInAnyOrder(['one', 'two', 'three']);
assertThat(march).containsInAnyOrder([{ id: 1n, month: 3 }]);

// #region names
const named = reading.apply(create([`${folder}/lines.txt`]), { name: 'Names' }).apply(readAllText());
// #endregion
assertThat(named).containsInAnyOrder(['one', 'two', 'three']);

await reading.run(directRunner());

const inbox = `${folder}/inbox`;
mkdirSync(inbox);
writeFileSync(`${inbox}/first.txt`, '2026-01-01T12:00:10Z open\n2026-01-01T12:01:20Z close\n');
const following = new Pipeline();

// #region watch
const events = following.apply(
  readText({
    files: `${inbox}/*.txt`,
    watch: { interval: seconds(10) },
    timestamp: (line) => Date.parse(line.slice(0, 20)),
  }),
);
events
  .windowInto(fixedWindows({ size: minutes(1) }))
  .apply(writeText({ files: `${folder}/by-minute/events-{window}.txt` }));
// #endregion

const drain = new AbortController();
let seen = 0;
events.map(() => (++seen === 2 ? drain.abort() : undefined), { name: 'Seen' });
await following.run(directRunner(), { drain: drain.signal });
const published = readdirSync(`${folder}/by-minute`).filter((name) => !name.startsWith('.'));
assert.equal(published.length, 2, published.join());

const file = `${folder}/events.log`;
const tailing = new Pipeline();

// #region log
const log = openLog(file);
log.producer({ topic: 'clicks', keyFormat: 'string', valueFormat: 'json' }).send([
  { key: 'ann', value: { page: '/' } },
  { key: 'ben', value: { page: '/help' } },
]);
log.close();

const clicks = tailing.apply(
  readLog({ file, topic: 'clicks', keyFormat: 'string', valueFormat: 'json', until: 'end' }),
);
// #endregion
assertThat(clicks.map(({ key, value }) => ({ key, value }))).containsInAnyOrder([
  { key: 'ann', value: { page: '/' } },
  { key: 'ben', value: { page: '/help' } },
]);
await tailing.run(directRunner());
rmSync(folder, { recursive: true });
