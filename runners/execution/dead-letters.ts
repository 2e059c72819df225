import { type DeadLetter, GLOBAL_WINDOW, messageOf, type Timestamp } from '../../model/index.ts';
import type { Windows } from './batch.ts';

/** What a failed call leaves behind. */
export function deadLetterOf(
  step: string,
  error: unknown,
  call: {
    readonly element: unknown;
    readonly timestamp: Timestamp;
    readonly windows: Windows;
    readonly attempts: number;
    readonly coordinate: string | undefined;
  },
): DeadLetter<unknown> {
  const { name, message, stack } =
    error instanceof Error ? error : { name: 'Error', message: messageOf(error), stack: undefined };
  return {
    element: call.element,
    error: { name, message, stack },
    step,
    timestamp: call.timestamp,
    window: call.windows[0] ?? GLOBAL_WINDOW,
    coordinate: call.coordinate,
    attempts: call.attempts,
  };
}
