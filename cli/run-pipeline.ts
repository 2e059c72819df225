import { CancelledError, PipelineError, type Runner } from '../model/index.ts';
import { EXIT } from './exit-codes.ts';
import { jsonReporter } from './json-reporter.ts';
import type { Prepared } from './prepare.ts';
import { humanReporter, type Reporter } from './reporter.ts';
import { runnerFor } from './runners.ts';
import type { Session } from './session.ts';

/** Runs a pipeline that was built, tells how it goes and what ends it, and gives the exit code. */
export async function runPipeline(session: Session, prepared: Prepared): Promise<number> {
  const runner = await runnerFor(prepared.settings);
  const { terminal } = session;
  const { pipeline, settings } = prepared;
  const reporter = reporterFor(session, prepared, runner);
  const abort = new AbortController();
  const endWith = (error: unknown): void => {
    const code = abort.signal.aborted ? EXIT.interrupted : EXIT.failed;
    reporter.failed(session.describe(error), code);
    terminal.exit(code);
  };
  const undo = [
    terminal.onInterrupt(() => {
      if (abort.signal.aborted) return stopAtOnce(session);
      reporter.cancelling();
      abort.abort();
    }),
    terminal.onStarved(() => endWith(starved())),
    terminal.onUncaught((error) => endWith(error)),
  ];
  session.doing = { kind: 'run', what: prepared.definition.name };
  try {
    reporter.started(pipeline.graph);
    const result = await pipeline.run(runner, {
      signal: abort.signal,
      // Not asked for where nobody sees it: the runner keeps a timer for it.
      ...(settings.showsProgress && !settings.isQuiet ? { onProgress: reporter.progress } : {}),
      onWarning: (message) => reporter.warning(session.redact(message)),
    });
    reporter.finished(result);
    return EXIT.ok;
  } catch (error) {
    const code = abort.signal.aborted && error instanceof CancelledError ? EXIT.interrupted : EXIT.failed;
    reporter.failed(session.describe(error), code);
    return code;
  } finally {
    for (const back of undo) back();
  }
}

function stopAtOnce({ terminal }: Session): void {
  terminal.draw([]);
  terminal.exit(EXIT.interrupted);
}

/** The event loop is empty and the run still waits: Node would end without a word. */
const starved = (): PipelineError =>
  new PipelineError(
    undefined,
    'the run waits for something that will never happen. A promise of one of its functions is never settled, and nothing else is left to do. Settle each promise, by a timeout if need be.',
  );

function reporterFor(session: Session, { settings, definition, values }: Prepared, runner: Runner): Reporter {
  const title = { pipeline: settings.jobName, runner: runner.name };
  if (!settings.isJson) return humanReporter(session.terminal, title, settings.isQuiet);
  const start = {
    pipeline: definition.name,
    job: settings.jobName,
    runner: runner.name,
    options: session.shownOptions(values),
  };
  return jsonReporter(session.terminal, start);
}
