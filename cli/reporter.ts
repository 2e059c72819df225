import type { Graph, PipelineResult, Progress } from '../model/index.ts';
import type { PathGuarantee } from '../runners/run/index.ts';
import {
  colorPaint,
  type Failure,
  failureLines,
  Meter,
  oneLine,
  plainPaint,
  progressBlock,
  progressLine,
  type RunTitle,
  summaryLines,
  visible,
  wantsColor,
} from './print/index.ts';
import { formatCount } from '../ui/index.ts';
import { guaranteeLines } from './guarantees.ts';
import { shortPath } from './ownership.ts';
import type { Terminal } from './terminal.ts';

/** Tells people or machines what a run does. */
export interface Reporter {
  started(graph: Graph): void;
  /** Where the run can be seen. */
  page(url: string): void;
  progress(progress: Progress): void;
  warning(message: string): void;
  /** What each sink is promised. */
  guarantees(guarantees: readonly PathGuarantee[]): void;
  /** The job has its state directory for itself; epoch 0 is a new one. */
  state(directory: string, job: { readonly id: string; readonly epoch: number }): void;
  cancelling(): void;
  /** The run saves its state and stops. */
  stopping(): void;
  finished(result: PipelineResult): void;
  /** The job had nothing left to do when it was started. */
  finishedBefore(): void;
  failed(failure: Failure, exitCode: number): void;
}

/** Short runs show no progress: a block that comes and goes is only unrest. */
const FIRST_BLOCK_MS = 1_000;
const LINE_EVERY_MS = 10_000;

/** How messages are painted on the error stream. */
export const errPaint = ({ env, isErrTerminal }: Terminal) =>
  wantsColor(env, isErrTerminal) ? colorPaint : plainPaint;

/** How wide messages may be: as wide as they are where nobody reads them on a screen. */
const errWidth = (terminal: Terminal): number =>
  terminal.isErrTerminal ? terminal.size().width : Number.POSITIVE_INFINITY;

/** Prints a failure for people. */
export function printFailure(terminal: Terminal, failure: Failure): void {
  const style = {
    paint: errPaint(terminal),
    width: errWidth(terminal),
    shortPath: (file: string) => shortPath(file, terminal.directory),
  };
  terminal.err(`${failureLines(failure, style).join('\n')}\n`);
}

/** For people: a live block on a terminal, a line now and then where there is none, a summary at the end. */
export function humanReporter(terminal: Terminal, title: RunTitle, isQuiet: boolean): Reporter {
  const paint = errPaint(terminal);
  const isLive = terminal.isErrTerminal && terminal.env['TERM'] !== 'dumb';
  let meter: Meter | undefined;
  let graph: Graph = { steps: [] };
  let lastLineMs = 0;
  const say = (text: string): void => terminal.err(`${text}\n`);
  return {
    started(started) {
      graph = started;
      meter = new Meter(started);
    },
    // Even where nothing else is wanted: it was asked for, and no one can guess it.
    page: (url) => say(`ui ${url}`),
    progress(progress) {
      const view = meter?.add(progress);
      if (view === undefined) return;
      if (isLive) {
        if (view.elapsedMs >= FIRST_BLOCK_MS) terminal.draw(progressBlock(title, view, { ...terminal.size(), paint }));
      } else if (view.elapsedMs - lastLineMs >= LINE_EVERY_MS) {
        lastLineMs = view.elapsedMs;
        say(progressLine(title, view));
      }
    },
    warning(message) {
      if (!isQuiet) say(`${paint.yellow('!')} ${oneLine(message)}`);
    },
    guarantees(guarantees) {
      if (isQuiet) return;
      for (const line of guaranteeLines(guarantees)) say(oneLine(line));
    },
    state(directory, { epoch }) {
      if (isQuiet) return;
      const is =
        epoch > 0
          ? `at epoch ${formatCount(epoch)}`
          : 'new: all input is read from its start; sinks that append get again what an earlier job gave them';
      say(`state ${visible(directory)}, ${is}`);
    },
    cancelling: () => say(paint.yellow('cancelling; once more to stop at once')),
    stopping: () => say(paint.yellow('saving the state and stopping; once more to stop at once')),
    finished(result) {
      terminal.draw([]);
      if (isQuiet) return;
      say(summaryLines(title.pipeline, result, graph, { paint, width: terminal.size().width }).join('\n'));
    },
    finishedBefore() {
      if (isQuiet) return;
      say(
        `${paint.green('✔')} ${paint.bold(`${visible(title.pipeline)} was finished before`)}: nothing was read or written. For a new job take a new state directory.`,
      );
    },
    failed(failure) {
      terminal.draw([]);
      printFailure(terminal, failure);
    },
  };
}
