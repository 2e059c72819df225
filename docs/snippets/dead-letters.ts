import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterProcessingTime, globalWindows, Pipeline, repeatedly, seconds } from 'viga';
import { readJsonLines, writeJsonLines } from 'viga/io/json';
import { directRunner } from 'viga/runners/direct';
import { z } from 'zod';

const folder = mkdtempSync('/tmp/viga-dead-letters-');
writeFileSync(`${folder}/clicks.jsonl`, '{"user":"ann","at":"2026-01-01T12:00:00Z"}\n{"user":\n');

const pipeline = new Pipeline();
// #region by-the-clock
const clicks = pipeline.apply(
  readJsonLines({
    files: `${folder}/clicks.jsonl`,
    schema: z.object({ user: z.string(), at: z.string() }),
    timestamp: (click) => Date.parse(click.at),
    deadLetters: (failed) =>
      failed
        .map(({ coordinate, error, element }) => ({ place: coordinate, reason: error.message, record: element }))
        .windowInto(globalWindows(), {
          trigger: repeatedly(afterProcessingTime({ delay: seconds(10) })),
          accumulationMode: 'discarding',
        })
        .apply(writeJsonLines({ files: `${folder}/refused/refused.jsonl`, perPane: true })),
  }),
);
// #endregion
let users = 0;
clicks.map(() => users++);
await pipeline.run(directRunner({ streaming: true }));
assert.equal(users, 1);
const [file = ''] = readdirSync(`${folder}/refused`).filter((name) => name.endsWith('.jsonl'));
assert.match(readFileSync(`${folder}/refused/${file}`, 'utf8'), /clicks\.jsonl line 2.*not JSON/);
