import { PipelineError } from '../model/index.ts';
import { EXIT } from './exit-codes.ts';
import type { Reporter } from './reporter.ts';
import type { Session } from './session.ts';

/** How a run is told to end before its time. */
export class RunSignals {
  /** At once, with nothing left behind. */
  readonly abort = new AbortController();
  /** With its state saved. */
  readonly stop = new AbortController();
  /** With what is open given out. */
  readonly drain = new AbortController();
  readonly #session: Session;
  readonly #reporter: Reporter;
  readonly #first: AbortController;

  /** @param isResumable Whether there is a state to save: the first Ctrl-C then stops the run, and else cancels it. */
  constructor(session: Session, reporter: Reporter, isResumable: boolean) {
    this.#session = session;
    this.#reporter = reporter;
    this.#first = isResumable ? this.stop : this.abort;
  }

  /** Listens to the terminal; returns how to end that. */
  listen(): () => void {
    const { terminal } = this.#session;
    const undo = [
      terminal.onInterrupt(() => this.#interrupt()),
      terminal.onStarved(() => this.#endWith(starved())),
      terminal.onUncaught((error) => this.#endWith(error)),
    ];
    return () => {
      for (const back of undo) back();
    };
  }

  #interrupt(): void {
    const { terminal } = this.#session;
    if (this.#first.signal.aborted) {
      terminal.draw([]);
      terminal.exit(EXIT.interrupted);
      return;
    }
    if (this.#first === this.stop) this.#reporter.stopping();
    else this.#reporter.cancelling();
    this.#first.abort();
  }

  #endWith(error: unknown): void {
    const code = this.abort.signal.aborted ? EXIT.interrupted : EXIT.failed;
    this.#reporter.failed(this.#session.describe(error), code);
    this.#session.terminal.exit(code);
  }
}

/** The event loop is empty and the run still waits: Node would end without a word. */
const starved = (): PipelineError =>
  new PipelineError(
    undefined,
    'the run waits for something that will never happen. A promise of one of its functions is never settled, and nothing else is left to do. Settle each promise, by a timeout if need be.',
  );
