import { asIterable, never, type PCollection, type PTransform, ptransform } from '../model/index.ts';

/**
 * Holds back the elements of a window until the corresponding windows of all `signals` are complete.
 *
 * Elements, timestamps, windows and panes are unchanged. What the signals hold does not matter; a window of theirs is
 * complete when no element of it can come any more, allowed lateness included (Beam: Wait.on). An element in several
 * windows waits in each of them on its own.
 *
 * @throws PipelineError if a signal has merging windows, as sessions.
 * @example
 * import assert from 'node:assert/strict';
 * import { create, Pipeline, waitOn } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * const done: string[] = [];
 * const p = new Pipeline();
 * const second = p.apply(create(['second']), { name: 'Second' });
 * const first = p.apply(create(['first']), { name: 'First' }).map((step) => void done.push(step));
 * second.apply(waitOn(first)).map((step) => void done.push(step));
 * await p.run(directRunner());
 * assert.deepEqual(done, ['first', 'second']);
 */
export const waitOn = <T>(...signals: readonly PCollection<unknown>[]): PTransform<PCollection<T>, PCollection<T>> =>
  ptransform('WaitOn', (input: PCollection<T>) => {
    const views = signals.map((signal, i) => [`signal${i}`, asIterable(ofNoElement(signal, i))]);
    return input.map((element) => element, { name: 'Wait', sideInputs: Object.fromEntries(views) });
  });

/** Nothing, as soon as a window of the signal is complete: the trigger of the signal may fire long before. */
const ofNoElement = (signal: PCollection<unknown>, i: number): PCollection<unknown> =>
  signal
    .filter(() => false, { name: `Nothing${i}` })
    .windowInto(signal.windowing.windowFn, {
      trigger: never(),
      accumulationMode: 'discarding',
      allowedLateness: signal.windowing.allowedLateness,
    });
