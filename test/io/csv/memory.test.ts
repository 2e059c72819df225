import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { nodeHost } from '../../../host/index.ts';
import { csvReadFormat } from '../../../io/csv/index.ts';
import { OffsetTracker } from '../../../model/index.ts';
import { fileOf } from './read-text.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const cases = [
  ['plain', 'a field of more than twelve characters'],
  ['quoted', '"a field of more than ""twelve"" characters"'],
  ['beyond ASCII', 'añadido de más de doce caracteres'],
] as const;

test.each(cases)('a field that is kept does not keep the text around it in memory (%s)', async (_kind, field) => {
  const piece = Buffer.from(`${field},${'x'.repeat(960)}\n`.repeat(256));
  const file = {
    ...fileOf(''),
    async *chunks() {
      for (let i = 0; i < 128; i++) yield piece;
    },
  };
  const tracker = new OffsetTracker({ from: 0, to: 128 * piece.length });
  const kept: unknown[] = [];
  const output = {
    emit({ values }: { readonly values: readonly unknown[] }) {
      kept.push((values[0] as { name: string }).name);
    },
    reject(_record: unknown, error: Error) {
      throw error;
    },
    advanceWatermark() {},
    setIdle() {},
  };
  collect();
  const before = process.memoryUsage().heapUsed;
  const context = { host: nodeHost(), signal: new AbortController().signal, step: 'Read' };
  await csvReadFormat({ header: ['name', 'rest'] }).read(file, tracker, output, context);
  collect();
  const grown = process.memoryUsage().heapUsed - before;
  expect(kept).toHaveLength(128);
  // The file has 33 MB; 128 fields have 10 kB.
  expect(grown).toBeLessThan(4_000_000);
});
