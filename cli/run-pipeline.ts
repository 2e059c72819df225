import { CancelledError, GuaranteeError, PipelineError, type Runner, StateError } from '../model/index.ts';
import { guaranteesOf } from '../runners/run/index.ts';
import { serveControl } from './control.ts';
import { EXIT } from './exit-codes.ts';
import { refuseLess } from './guarantees.ts';
import { jsonReporter } from './json-reporter.ts';
import type { Prepared } from './prepare.ts';
import { humanReporter, type Reporter } from './reporter.ts';
import { runnerFor, type RunnerSettings } from './runners.ts';
import type { Session } from './session.ts';

/** Runs a pipeline that was built, tells how it goes and what ends it, and gives the exit code. */
export async function runPipeline(session: Session, prepared: Prepared): Promise<number> {
  const runner = await runnerFor(runnerSettings(session, prepared));
  const { terminal } = session;
  const { pipeline, settings } = prepared;
  const reporter = reporterFor(session, prepared, runner);
  const abort = new AbortController();
  const stop = new AbortController();
  const drain = new AbortController();
  const isResumable = settings.stateDirectory !== undefined;
  const endWith = (error: unknown): void => {
    const code = abort.signal.aborted ? EXIT.interrupted : EXIT.failed;
    reporter.failed(session.describe(error), code);
    terminal.exit(code);
  };
  const undo = [
    terminal.onInterrupt(() => {
      const first = isResumable ? stop : abort;
      if (first.signal.aborted) return stopAtOnce(session);
      if (isResumable) reporter.stopping();
      else reporter.cancelling();
      first.abort();
    }),
    terminal.onStarved(() => endWith(starved())),
    terminal.onUncaught((error) => endWith(error)),
  ];
  session.doing = { kind: 'run', what: prepared.definition.name };
  try {
    const guarantees = guaranteesOf(pipeline.graph, isResumable);
    refuseLess(settings.required, guarantees);
    reporter.started(pipeline.graph);
    if (isResumable || settings.required !== undefined) reporter.guarantees(guarantees);
    undo.push(await serveControl(settings.stateDirectory, { stop: () => stop.abort(), drain: () => drain.abort() }));
    const result = await pipeline.run(runner, {
      signal: abort.signal,
      stop: stop.signal,
      drain: drain.signal,
      // Not asked for where nobody sees it: the runner keeps a timer for it.
      ...(settings.showsProgress && !settings.isQuiet ? { onProgress: reporter.progress } : {}),
      onWarning: (message) => reporter.warning(session.redact(message)),
    });
    reporter.finished(result);
    return EXIT.ok;
  } catch (error) {
    const code = exitCodeOf(error, abort.signal.aborted);
    reporter.failed(session.describe(error), code);
    return code;
  } finally {
    for (const back of undo) back();
  }
}

function exitCodeOf(error: unknown, wasInterrupted: boolean): number {
  if (error instanceof StateError || error instanceof GuaranteeError) return EXIT.refused;
  return wasInterrupted && error instanceof CancelledError ? EXIT.interrupted : EXIT.failed;
}

function runnerSettings(session: Session, { settings, definition, values }: Prepared): RunnerSettings {
  const shown = session.shownOptions(values);
  const own = Object.entries(definition.options).filter(([, { changesResults }]) => changesResults !== false);
  return {
    ...settings,
    pipeline: definition.name,
    options: Object.fromEntries(own.map(([name]) => [name, shown[name]])),
  };
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
