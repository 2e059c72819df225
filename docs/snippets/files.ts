import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { create, Pipeline } from 'viga';
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
rmSync(folder, { recursive: true });
