import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { count, fixedWindows, minutes, Pipeline, type PCollection, read, sum } from '../../../index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { virtualHost } from '../../helpers/virtual-host.ts';
import { listSource } from './list-source.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'viga-upgrade-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Runs a program on the state in the directory until its first epoch is durable. */
function run(steps: (numbers: PCollection<number>) => unknown, dropState: readonly string[] = []) {
  const stop = new AbortController();
  const p = new Pipeline();
  let reads = 0;
  const source = listSource<number>([{ give: [[1, 0]] }, ...Array.from({ length: 30 }, () => ({ rest: 1_500 }))], {
    onRead: () => ++reads === 3 && stop.abort(),
  });
  steps(p.apply(read(source, { isBounded: false, name: 'Numbers' })).windowInto(fixedWindows({ size: minutes(1) })));
  const runner = directRunner({ host: virtualHost(), stateDirectory: directory, dropState });
  return p.run(runner, { stop: stop.signal });
}

const counted = (numbers: PCollection<number>) =>
  numbers.keyBy(() => 'all', { name: 'Key' }).combinePerKey(count, { name: 'Count' });
const summed = (numbers: PCollection<number>) =>
  numbers.keyBy(() => 'all', { name: 'KeyAll' }).combinePerKey(sum, { name: 'Sum' });

test('state of a step that is gone is not dropped without being asked for, and stays when refused', async () => {
  await run(counted);
  for (let attempt = 0; attempt < 2; attempt++) {
    await expect(run(summed)).rejects.toThrow(
      /the program is not the one that made this state: Count: the program has no such step\. .*dropState: \['Count'\]/,
    );
  }
  await run(counted);
  await run(summed, ['Count']);
  // Now it is the other one's.
  await expect(run(counted)).rejects.toThrow('Sum: the program has no such step');
});

test('steps that are added elsewhere do not touch what others keep', async () => {
  await run(counted);
  await run((numbers) => {
    summed(numbers.map((n) => n, { name: 'Same' }));
    counted(numbers);
  });
});
