import type { HeldState } from '../../host/index.ts';
import { type Clock, StateError } from '../../model/index.ts';
import { JobLine, LostHoldError } from './ask-job.ts';

/** How often a directory is looked at whose job begins or ends just then, and the milliseconds between. */
const ATTEMPTS = 20;
const BETWEEN = 150;

/**
 * Looks at a state directory: as it lies there, or, while its job runs, with the file held still by the job. A job that
 * begins or ends meanwhile makes it look again.
 *
 * @throws StateError as what looks does, or if a program has it open that can't be asked.
 */
export async function lookAtState<R>(
  directory: string,
  clock: Clock,
  look: (held: HeldState | undefined) => Promise<R>,
): Promise<R> {
  for (let attempt = 1; ; attempt++) {
    const line = await JobLine.open(directory);
    try {
      return await look(await line?.hold());
    } catch (error) {
      if (!(error instanceof StateError && error.reason === 'locked')) throw error;
      if (attempt === ATTEMPTS) throw error instanceof LostHoldError ? error : notAnswering(directory, error);
    } finally {
      line?.close();
    }
    await new Promise<void>((done) => clock.setTimer(BETWEEN, done));
  }
}

const notAnswering = (directory: string, cause: StateError): StateError =>
  new StateError(
    directory,
    'locked',
    'a process has this state open and does not answer. Only a job that was started by viga run, or by runIfMain of its file, can be asked while it runs. Look when that process has ended.',
    { cause },
  );
