import { CancelledError, type Clock, type Duration } from '../../model/index.ts';

/** Resolves after a while; rejects at once when the run is cancelled, so that it does not end later than it could. */
export function waitFor(clock: Clock, delay: Duration, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancelled = (): void => {
      stop();
      reject(new CancelledError('the run was cancelled while it waited.'));
    };
    const stop = clock.setTimer(delay, () => {
      signal.removeEventListener('abort', cancelled);
      resolve();
    });
    if (signal.aborted) cancelled();
    else signal.addEventListener('abort', cancelled, { once: true });
  });
}
