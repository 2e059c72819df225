import {
  type Duration,
  flatten,
  impulse,
  kv,
  type PCollection,
  processingTimer,
  type PTransform,
  ptransform,
  valueState,
} from 'viga';

/** Gives 0 at once, then 1, 2 and so on, one every so often, for as long as the collection that it is applied to goes on. */
export function refreshes(every: Duration): PTransform<PCollection<unknown>, PCollection<number>> {
  return ptransform('Refreshes', (collection: PCollection<unknown>) => {
    const first = collection.pipeline.apply(impulse()).map(() => kv('refresh', 0), { name: 'First' });
    // No element, only time: while the collection goes on the timers do, and at its end they are dropped.
    const none = collection.filter(() => false, { name: 'None' }).map(() => kv('refresh', 0), { name: 'Never' });
    return flatten([first, none]).parDo({
      name: 'Again',
      state: { count: valueState<number>() },
      timers: { next: processingTimer() },
      process(_first, { timers }) {
        timers.next.setAfter(every);
        return [0];
      },
      onTimer: {
        next({ state, timers }) {
          const count = (state.count.read() ?? 0) + 1;
          state.count.write(count);
          timers.next.setAfter(every);
          return [count];
        },
      },
    });
  });
}
