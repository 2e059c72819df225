import { messageOf } from '../../model/index.ts';

/**
 * Calls what was asked to be done after a commit, once, in the order in which it was asked for. It is durable what they are
 * about, so what one throws is only told.
 */
export async function callAfterCommit(
  callbacks: (() => void | PromiseLike<void>)[],
  warn: (message: string) => void,
): Promise<void> {
  for (const callback of callbacks.splice(0)) {
    try {
      await callback();
    } catch (error) {
      warn(
        `what a step asked to be done after the commit failed: ${messageOf(error)}. Results are not touched; whom it was to tell may not know of them.`,
      );
    }
  }
}
