import { describe, expect, test } from 'vitest';
import { combiningState, eventTimer, sum } from '../../../model/index.ts';
import { keyedStep, PATHS } from './step.ts';

describe.each(PATHS)('what is not declared is told by name on the $path path', ({ codegen }) => {
  test.each<[string, (context: { state: never; timers: never }) => unknown, RegExp]>([
    [
      'a state',
      ({ state }: { state: { other: { read(): unknown } } }) => state.other.read(),
      /^Keep: the state 'other' is not declared: this step has 'sum'\..* Declare it, e\.g\. state: \{ other: valueState\(\) \}/,
    ],
    [
      'a timer',
      ({ timers }: { timers: { dew: { set(at: number): void } } }) => timers.dew.set(5),
      /^Keep: the timer 'dew' is not declared: this step has 'due'/,
    ],
  ] as never)('%s', async (_, use, message) => {
    const step = keyedStep(
      {
        state: { sum: combiningState(sum) },
        timers: { due: eventTimer() },
        process: (_, context) => void use(context as never),
        onTimer: { due: () => [] },
      },
      { codegen },
    );
    await expect(step.elements(['k', 1])).rejects.toThrow(message);
  });

  test('handles may be looked at as any object', async () => {
    const step = keyedStep(
      {
        state: { sum: combiningState(sum) },
        process: async (_, { state }) => [[JSON.stringify(await state), 'other' in state, Object.keys(state)]],
      },
      { codegen },
    );
    await step.elements(['k', 1]);
    expect(step.values).toEqual([['{"sum":{}}', false, ['sum']]]);
  });
});
