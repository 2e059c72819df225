import type { Clock } from '../model/index.ts';

/** Node fires timers with a longer delay at once. */
const LONGEST_DELAY = 2 ** 31 - 1;

/** The system's clock. */
export const nodeClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer(delay, fire, options) {
    const due = performance.now() + delay;
    let timer: NodeJS.Timeout;
    const wait = (): void => {
      const rest = due - performance.now();
      timer = rest > LONGEST_DELAY ? setTimeout(wait, LONGEST_DELAY) : setTimeout(fire, Math.max(0, rest));
      if (options?.isBackground) timer.unref();
    };
    wait();
    return () => clearTimeout(timer);
  },
};
