import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  count,
  fixedWindows,
  type OffsetRange,
  OffsetTracker,
  Pipeline,
  read,
  type RestrictionTracker,
  type Source,
} from '../../../model/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'viga-cut-source-'));
});
afterEach(() => rm(folder, { recursive: true }));

const BATCH = 10;
const BATCHES = 100;

/** Can't say where it is while it is read, so a cut makes its reader come to an end. */
function endedByCuts(range: OffsetRange): RestrictionTracker<OffsetRange, number> {
  const tracker = new OffsetTracker(range);
  return {
    currentRestriction: () => tracker.currentRestriction(),
    tryClaim: (position) => tracker.tryClaim(position),
    trySplit: (fraction) => tracker.trySplit(fraction),
    progress: () => tracker.progress(),
    checkDone: () => tracker.checkDone(),
  };
}

/** Each batch fills a window, and the watermark is at that window's end as soon as it was handed over. */
const windowByWindow: Source<number, OffsetRange, number> = {
  kind: 'source',
  name: 'WindowByWindow',
  initialRestriction: () => ({ from: 0, to: BATCH * BATCHES }),
  createTracker: endedByCuts,
  isBounded: () => false,
  async read(_nothing, tracker, output) {
    for (let from = tracker.currentRestriction().from; tracker.tryClaim(from + BATCH - 1); from += BATCH) {
      const values = Array.from({ length: BATCH }, (_, i) => from + i);
      const room = output.emit({ values, timestamps: Float64Array.from(values) });
      output.advanceWatermark(from + BATCH);
      await room;
      // Outside of the engine's own promises, so that cuts come in the middle of reading.
      await new Promise(setImmediate);
    }
    return undefined;
  },
};

test('what a source hands over at a cut, after which its watermark moves on, is not late', async () => {
  const p = new Pipeline();
  const counts: number[] = [];
  p.apply(read(windowByWindow, { isBounded: false }), { name: 'Read' })
    .windowInto(fixedWindows({ size: BATCH }))
    .keyBy(() => 'all')
    .combinePerKey(count, { name: 'Count' })
    .map(({ value }) => void counts.push(value));
  await p.run(directRunner({ stateDirectory: path.join(folder, 'state'), epochInterval: 1 }), {
    onWarning: (warning) => expect.unreachable(warning),
  });
  expect(counts).toEqual(Array(BATCHES).fill(BATCH));
});
