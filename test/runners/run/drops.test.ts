import { expect, test } from 'vitest';
import { afterCount, generate, globalWindows, Pipeline } from '../../../index.ts';
import { directRunner } from '../../../runners/direct/index.ts';

test.each([false, true])(
  'what comes behind a finished trigger is counted at its step, and told (streaming: %s)',
  async (streaming) => {
    const warnings: string[] = [];
    const p = new Pipeline();
    p.apply(generate({ count: 5, element: (index) => index }))
      .windowInto(globalWindows(), { trigger: afterCount(2), accumulationMode: 'discarding', allowDataLoss: true })
      .keyBy(() => 'all')
      .groupByKey({ name: 'Group' });
    const { steps } = await p.run(directRunner({ streaming }), { onWarning: (warning) => warnings.push(warning) });
    const dropping = steps.filter(({ droppedLate, droppedClosed }) => droppedLate + droppedClosed > 0);
    expect(dropping.map(({ step, droppedLate, droppedClosed }) => [step, droppedLate, droppedClosed])).toEqual([
      ['Group', 0, 3],
    ]);
    expect(warnings).toEqual([
      expect.stringMatching(/^Group: an element came after the trigger of its window had finished and was dropped/),
    ]);
  },
);
