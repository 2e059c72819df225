import { parseArgs } from 'node:util';
import type { Runner } from '../../index.ts';
import { directRunner } from '../../runners/direct/index.ts';
import type { Item } from './item.ts';
import { type Ledger, ledgerOf } from './ledger.ts';
import { registry } from './registry.ts';

/** A command line that says nothing that could be run. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What a command line asks for. */
export interface CommandLine {
  readonly items: readonly Item[];
  readonly runner: Runner;
  readonly ledger: Ledger;
  readonly json: boolean;
}

/** The runners, each with its modes. */
const RUNNERS: Readonly<Record<string, Readonly<Record<string, () => Runner>>>> = {
  direct: { batch: () => directRunner() },
};

/** @throws UsageError if it names a runner, a mode or an item that is not there. */
export function commandLine(args: readonly string[]): CommandLine {
  const { runner, mode, only, json } = parse(args);
  return { items: itemsOf(only), runner: runnerOf(runner, mode), ledger: ledgerOf(runner, mode), json };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        runner: { type: 'string', default: 'direct' },
        mode: { type: 'string', default: 'batch' },
        only: { type: 'string', multiple: true, default: [] },
        json: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${problem}. The options are --runner, --mode, --only and --json.`);
  }
}

function runnerOf(runner: string, mode: string): Runner {
  if (!Object.hasOwn(RUNNERS, runner)) {
    throw new UsageError(
      `there is no runner '${runner}' to run the registry on yet. Pass ${Object.keys(RUNNERS).join(' or ')}.`,
    );
  }
  const make = RUNNERS[runner]?.[mode];
  if (make === undefined || !Object.hasOwn(RUNNERS[runner] ?? {}, mode)) {
    const modes = Object.keys(RUNNERS[runner] ?? {}).join(' or ');
    throw new UsageError(`the runner '${runner}' has no mode '${mode}' yet. Pass --mode=${modes}.`);
  }
  return make();
}

function itemsOf(only: readonly string[]): readonly Item[] {
  const unknown = only.find((id) => !registry.some((item) => item.id === id));
  if (unknown !== undefined) {
    throw new UsageError(
      `there is no item '${unknown}'. Items go from ${registry[0]?.id} to ${registry.at(-1)?.id}. Pass e.g. --only=7.2/042.`,
    );
  }
  return only.length === 0 ? registry : registry.filter(({ id }) => only.includes(id));
}
