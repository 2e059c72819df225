import { expect, test } from 'vitest';
import { Chance, noFaults, World } from '../../../testing/simulation/index.ts';
import { manifestProblems } from './manifests.ts';
import { OUTPUTS } from './pipeline.ts';
import { plainShape } from './shapes.ts';
import { runTrial } from './trial.ts';

test.each(['files', 'parquet'] as const)(
  'each bit that flips in a published file of %s is seen by its manifest',
  async (sink) => {
    const world = new World({ seed: 1 }, noFaults(new Chance(1, 'faults')));
    expect((await runTrial(world, plainShape(sink))).problems).toEqual([]);
    const { files } = world;
    const output = OUTPUTS[sink];
    const names = files.list(output).filter((name) => !name.startsWith('.'));
    expect(names.length).toBeGreaterThan(2);
    const chance = new Chance(1, 'flips');
    for (const name of names) {
      const bytes = files.bytes(`${output}${name}`);
      for (let flips = 0; flips < 20; flips++) {
        const at = chance.below(bytes.length);
        const before = bytes[at] ?? 0;
        bytes[at] = before ^ (1 << chance.below(8));
        expect(manifestProblems(files, output, names)).toEqual([`${output}${name} is not what its manifest says`]);
        bytes[at] = before;
      }
    }
    expect(manifestProblems(files, output, names)).toEqual([]);
  },
);
