import { CancelledError, type Runner, type RunOptions } from '../model/index.ts';
import { guaranteesOf, type PathGuarantee } from '../runners/run/index.ts';
import { serveControl } from './control/index.ts';
import { EXIT } from './exit-codes.ts';
import { refuseLess } from './guarantees.ts';
import { jsonReporter } from './json-reporter.ts';
import { type PageReporter, servedPage } from './live-page.ts';
import { flagOf } from './options.ts';
import type { Prepared } from './prepare.ts';
import { humanReporter, type Reporter } from './reporter.ts';
import { RunSignals } from './run-signals.ts';
import { runnerFor, type RunnerSettings } from './runners.ts';
import { isRefusal, type Session } from './session.ts';

/** Runs a pipeline that was built, tells how it goes and what ends it, and gives the exit code. */
export async function runPipeline(session: Session, prepared: Prepared): Promise<number> {
  const runner = await runnerFor({
    ...runnerSettings(session, prepared),
    // Called during the run: those below are there then.
    onStateOpened: (state) => {
      reporter.state(state.directory, state.job);
      return serveControl(state, { stop: () => signals.stop.abort(), drain: () => signals.drain.abort() }, warn);
    },
  });
  const { settings, pipeline } = prepared;
  const isResumable = settings.stateDirectory !== undefined;
  const guarantees = guaranteesOf(pipeline.graph, isResumable);
  const page = await pageFor(prepared, runner, guarantees);
  const reporter = reporterFor(session, prepared, runner);
  const signals = new RunSignals(session, reporter, isResumable);
  const release = signals.listen();
  const warn = (message: string): void => {
    const safe = session.redact(message);
    reporter.warning(safe);
    page?.warning(safe);
  };
  session.doing = { kind: 'run', what: prepared.definition.name };
  try {
    refuseLess(settings.required, guarantees);
    reporter.started(pipeline.graph);
    if (page !== undefined) reporter.page(page.url);
    if (isResumable || settings.required !== undefined) reporter.guarantees(guarantees);
    const result = await pipeline.run(runner, {
      signal: signals.abort.signal,
      stop: signals.stop.signal,
      drain: signals.drain.signal,
      ...progressTo(settings.showsProgress && !settings.isQuiet ? reporter : undefined, page),
      onWarning: warn,
    });
    // What is saved as it was at the last cut goes on, and is made again.
    if (result.state === 'STOPPED') session.terminal.leaveBehind();
    await page?.finished(result);
    // Whatever a job with a state directory did, it has cut an epoch at its end.
    if (isResumable && result.epoch === undefined) reporter.finishedBefore();
    else reporter.finished(result);
    return EXIT.ok;
  } catch (error) {
    const code = exitCodeOf(error, signals.abort.signal.aborted);
    const failure = session.describe(error);
    await page?.failed(failure);
    reporter.failed(failure, code);
    return code;
  } finally {
    release();
  }
}

/** Progress is not asked for where nobody sees it: the runner keeps a timer for it. */
function progressTo(...listeners: readonly (Pick<Reporter, 'progress'> | undefined)[]): Pick<RunOptions, 'onProgress'> {
  const those = listeners.filter((one) => one !== undefined);
  if (those.length === 0) return {};
  return { onProgress: (progress) => those.forEach((one) => one.progress(progress)) };
}

async function pageFor(
  { settings, pipeline }: Prepared,
  runner: Runner,
  promises: readonly PathGuarantee[],
): Promise<PageReporter | undefined> {
  if (settings.uiPort === undefined) return undefined;
  return servedPage(
    { pipeline: settings.jobName, runner: runner.name, graph: pipeline.graph, promises },
    settings.uiPort,
  );
}

function exitCodeOf(error: unknown, wasInterrupted: boolean): number {
  if (isRefusal(error)) return EXIT.refused;
  return wasInterrupted && error instanceof CancelledError ? EXIT.interrupted : EXIT.failed;
}

function runnerSettings(
  session: Session,
  { settings, definition, values }: Prepared,
): Omit<RunnerSettings, 'onStateOpened'> {
  const shown = session.shownOptions(values);
  const own = Object.entries(definition.options).filter(([, { changesResults }]) => changesResults !== false);
  return {
    ...settings,
    pipeline: definition.name,
    // As they are typed: a run with others is refused with their names.
    options: Object.fromEntries(own.map(([name]) => [`--${flagOf(name)}`, shown[name]])),
  };
}

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
