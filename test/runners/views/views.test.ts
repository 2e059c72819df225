import { describe, expect, test } from 'vitest';
import {
  asList,
  create,
  customWindows,
  interval,
  type IntervalWindow,
  minutes,
  Pipeline,
  PipelineError,
} from '../../../index.ts';
import { directRunner } from '../../../runners/direct/index.ts';

type Assign = (timestamp: number, element: number) => readonly IntervalWindow[];

/** What a step sees of a side input in windows of its own, from an element at the start of time. */
async function seen(assign: Assign, streaming: boolean) {
  const all: (readonly number[])[] = [];
  const p = new Pipeline();
  const side = p
    .apply(create([1, 2], { timestamps: [0, 0] }), { name: 'Side' })
    .windowInto(customWindows({ name: 'Own', assign }));
  p.apply(create(['a'], { timestamps: [0] }), { name: 'Main' })
    .windowInto(customWindows({ name: 'Minute', assign: () => [interval(0, minutes(1))] }))
    .map((_, { sideInputs }) => all.push(sideInputs.own), { name: 'Look', sideInputs: { own: asList(side) } });
  await p.run(directRunner({ streaming }));
  return all;
}

const looks: readonly (readonly [string, Assign])[] = [
  ['reckons with it', (at, n) => [interval(at, at + n * 1_000)]],
  ['reads a field that may not be there', (at, n) => [interval(at, at + (n?.valueOf() ?? 1_000))]],
  ['gives no end for nothing', (at, n) => [interval(at, at + (typeof n === 'number' ? n : Number.NaN))]],
];

describe.each([false, true])('a side input in windows of a function of its own (streaming: %s)', (streaming) => {
  test.each(looks)('is refused where that looks at elements: it %s', async (_, assign) => {
    const error: unknown = await seen(assign, streaming).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    const { message } = error as Error;
    expect(message).toMatch(
      /^Look: the side input 'own' is in windows that Own makes from its elements\. .*Re-window it/,
    );
    expect([error, (error as Error).cause].some((one) => one instanceof PipelineError)).toBe(true);
  });

  test('is seen where that goes by time alone', async () => {
    const all = await seen(() => [interval(0, minutes(1))], streaming);
    expect(all.map((one) => [...one].sort())).toEqual([[1, 2]]);
  });
});
