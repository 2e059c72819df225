import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { expect, test } from 'vitest';
import { logSource } from '../../../io/log/index.ts';
import { newLog, readNow, sourceContext } from './support.ts';

const root = path.resolve(import.meta.dirname, '../../..');

/** A process that appends batches of ten numbers, says how many it wrote, and goes on until it is killed. */
const writer = (file: string): string => `
  import { writeSync } from 'node:fs';
  import { openLog } from '${root}/io/log/index.ts';
  const producer = openLog(${JSON.stringify(file)}).producer({ topic: 't', partitions: 2, valueFormat: 'json' });
  for (let batch = 0; ; batch++) {
    producer.send(Array.from({ length: 10 }, (_, i) => ({ value: batch * 10 + i, partition: batch % 2 })));
    writeSync(1, batch + '\\n');
  }
`;

test('a log is tailed while another process writes it, and a process that is killed leaves whole batches', async () => {
  const log = newLog();
  log.createTopic('t', { partitions: 2 });
  const source = logSource({ file: log.file, topic: 't', valueFormat: 'json' });
  let restriction = await source.initialRestriction(undefined, sourceContext);
  const seen: number[] = [];
  const read = async () => {
    const { values, tracker } = await readNow(source, restriction);
    restriction = tracker.trySplit(0)?.residual ?? restriction;
    seen.push(...values.map(({ value }) => Number(value)));
  };

  for (let kills = 0; kills < 3; kills += 1) {
    const before = log.offsets('t').reduce((sum, { latest }) => sum + latest, 0);
    const child = spawn(process.execPath, ['--input-type=module', '--eval', writer(log.file)]);
    let reported = 0;
    child.stdout.on('data', (chunk: Buffer) => (reported += chunk.toString().split('\n').length - 1));
    const closed = once(child, 'close');
    while (reported < 20) {
      await once(child.stdout, 'data');
      await read();
    }
    child.kill('SIGKILL');
    await closed;
    await read();
    const written = log.offsets('t').reduce((sum, { latest }) => sum + latest, 0) - before;
    expect(written % 10).toBe(0);
    // What was reported is there; the batch after it may be.
    expect(written / 10).toBeGreaterThanOrEqual(reported);
    expect(seen).toHaveLength(before + written);
  }
  // Each batch came whole and in its order.
  for (let at = 0; at < seen.length; at += 10) {
    const first = seen[at] ?? 0;
    expect(first % 10).toBe(0);
    expect(seen.slice(at, at + 10)).toEqual(Array.from({ length: 10 }, (_, i) => first + i));
  }
}, 60_000);
