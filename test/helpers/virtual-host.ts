import { nodeHost } from '../../host/index.ts';
import type { Clock, Host } from '../../model/index.ts';

/** A host whose time only goes on when nothing else is to be done: what waits an hour is there at once. */
export function virtualHost(start = 0): Host & { readonly clock: Clock } {
  const timers = new Set<{ readonly at: number; readonly fire: () => void; readonly isBackground: boolean }>();
  let now = start;
  let isPumping = false;
  let turns = 0;
  const pump = (): void => {
    isPumping = false;
    // Who only gives others their turn has something to do.
    if (turns > 0) return schedule();
    const due = [...timers].filter(({ isBackground }) => !isBackground).sort((a, b) => a.at - b.at)[0];
    if (due === undefined) return;
    timers.delete(due);
    now = Math.max(now, due.at);
    due.fire();
    schedule();
  };
  const schedule = (): void => {
    if (isPumping || timers.size === 0) return;
    isPumping = true;
    setImmediate(pump);
  };
  const clock: Clock = {
    now: () => now,
    monotonic: () => now,
    setTimer(delay, fire, options) {
      const timer = { at: now + Math.max(0, delay), fire, isBackground: options?.isBackground ?? false };
      timers.add(timer);
      schedule();
      return () => timers.delete(timer);
    },
  };
  const yieldTurn = (): Promise<void> => {
    turns++;
    return new Promise((resolve) => {
      setImmediate(() => {
        turns--;
        resolve();
      });
    });
  };
  return { ...nodeHost({ seed: 1 }), clock, yieldTurn };
}
