import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

/** The first test that failed. */
export interface Failure {
  /** From the root of the sources. */
  readonly file: string;
  readonly test: string;
}

/** What a run of some tests came to: all passed, one failed, it did not end, or something could not even be loaded. */
export type Outcome =
  | { readonly kind: 'passed' }
  | ({ readonly kind: 'failed' } & Failure)
  | { readonly kind: 'hung' }
  | { readonly kind: 'broken'; readonly message: string };

export interface TestRun {
  readonly directory: string;
  /** Files, or folders of them; none for all. */
  readonly files: readonly string[];
  readonly leftOut: readonly string[];
  /** After so many milliseconds it counts as hung. */
  readonly limit: number;
  readonly signal: AbortSignal;
}

/** Milliseconds that a single test may take. */
const LONGEST_TEST = 30_000;

/** Runs tests until the first one fails. */
export async function runTests({ directory, files, leftOut, limit, signal }: TestRun): Promise<Outcome> {
  signal.throwIfAborted();
  const report = path.join(directory, '.report.json');
  rmSync(report, { force: true });
  const child = spawn(
    process.execPath,
    [
      path.join(directory, 'node_modules/vitest/vitest.mjs'),
      'run',
      ...files,
      '--bail=1',
      '--passWithNoTests',
      '--reporter=json',
      `--outputFile=${report}`,
      `--testTimeout=${LONGEST_TEST}`,
      ...leftOut.map((file) => `--exclude=${file}`),
    ],
    // In a group of its own, so that its workers go with it.
    { cwd: directory, stdio: 'ignore', detached: true },
  );
  let isHung = false;
  const kill = (): void => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid, 'SIGKILL');
  };
  const timer = setTimeout(() => {
    isHung = true;
    kill();
  }, limit);
  signal.addEventListener('abort', kill);
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  clearTimeout(timer);
  signal.removeEventListener('abort', kill);
  signal.throwIfAborted();
  if (isHung) return { kind: 'hung' };
  return status === 0 ? { kind: 'passed' } : readFailure(report, directory);
}

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

function readFailure(file: string, directory: string): Outcome {
  let report: Report;
  try {
    // Written by vitest.
    report = JSON.parse(readFileSync(file, 'utf8')) as Report;
  } catch (error) {
    return { kind: 'broken', message: `the run left no report: ${String(error)}` };
  }
  for (const { name, assertionResults } of report.testResults) {
    const failed = assertionResults.find(({ status }) => status === 'failed');
    if (failed !== undefined) return { kind: 'failed', file: path.relative(directory, name), test: failed.fullName };
  }
  const unloaded = report.testResults.find(({ status, message }) => status === 'failed' && message !== '');
  return { kind: 'broken', message: unloaded?.message ?? 'the run failed, and no test of it did' };
}
