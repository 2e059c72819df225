import { parseArgs } from 'node:util';
import { directRunner } from '../../runners/direct/index.ts';
import type { Item } from './item.ts';
import { ledgerOf, skipsOf } from './ledger.ts';
import { registry } from './registry.ts';
import type { Asked } from './report.ts';
import type { Subject } from './run-item.ts';

/** A command line that says nothing that could be run. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What a command line asks for. */
export interface CommandLine extends Asked {
  readonly items: readonly Item[];
  readonly json: boolean;
}

/** The runners, each with its modes. In batch a test stream, or what else never ends, is streamed all the same. */
const RUNNERS: Readonly<Record<string, Readonly<Record<string, () => Subject>>>> = {
  direct: {
    batch: () => ({ runner: directRunner() }),
    streaming: () => ({ runner: directRunner({ streaming: true }), isDurable: true }),
  },
};

/** @throws UsageError if it names a runner, a mode or an item that is not there. */
export function commandLine(args: readonly string[]): CommandLine {
  const { runner, mode, only, json } = parse(args);
  const asked = { ...subjectOf(runner, mode), ledger: ledgerOf(runner, mode), skips: skipsOf(mode) };
  return { items: itemsOf(only), ...asked, json };
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

function subjectOf(runner: string, mode: string): Subject {
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
