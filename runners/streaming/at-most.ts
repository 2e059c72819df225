import type { Clock, Duration } from '../../model/index.ts';

/** Waits for something, but no longer than so many milliseconds: what it leads to then is not looked at. */
export async function atMost(delay: Duration, work: Promise<unknown>, clock: Clock): Promise<void> {
  const over = Promise.withResolvers<void>();
  const forget = clock.setTimer(delay, over.resolve);
  try {
    await Promise.race([work, over.promise]);
  } finally {
    forget();
  }
}
