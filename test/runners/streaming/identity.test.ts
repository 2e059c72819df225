import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { count, Pipeline } from '../../../model/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { create } from '../../../transforms/index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'viga-identity-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('steps that would keep something under a number are refused, all at once, before anything runs', async () => {
  const p = new Pipeline();
  const keyed = p.apply(create(['a', 'b']), { name: 'Words' }).keyBy((word) => word);
  let calls = 0;
  keyed.combinePerKey(count).map(() => calls++);
  keyed.combinePerKey(count).map(() => calls++);
  keyed.combinePerKey(count).map(() => calls++);
  await expect(p.run(directRunner({ stateDirectory: path.join(folder, 'state') }))).rejects.toThrow(
    /^CombinePerKey\(count\)-2: it keeps state under a name that was numbered because another has the same, as does CombinePerKey\(count\)-3\. .* \{ name: \.\.\. \} of the step, or of the apply/,
  );
  expect(calls).toBe(0);
});
