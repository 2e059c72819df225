import {
  type OptionSpecs,
  OptionsError,
  parseDuration,
  PipelineError,
  type PipelineDefinition,
  showValue,
} from '../model/index.ts';
import type { GuaranteeLevel } from '../runners/run/index.ts';
import { flagOf, type OptionTableValues } from './options.ts';
import { checkRunner, runnerNames } from './runners.ts';

/** The options that every pipeline has. */
export const STANDARD_OPTIONS = {
  runner: { type: 'string', default: 'direct', describe: `What runs the pipeline: ${runnerNames.join(', ')}.` },
  'job-name': { type: 'string', describe: "The run's name in progress and results. Default: the pipeline's." },
  'memory-limit': {
    type: 'string',
    describe: 'Memory before shuffles go to disk, e.g. 512MB. Default: six tenths of the machine.',
  },
  streaming: {
    type: 'boolean',
    describe: 'Run all steps at once, as elements come. Default: where some input never ends, or with --state-dir.',
  },
  'state-dir': {
    type: 'string',
    describe: 'Where the job keeps its state: a run with the same directory goes on where the last one ended.',
  },
  'epoch-interval': {
    type: 'string',
    describe: 'How often what happened is made durable and visible, e.g. 500ms. Default: 1s.',
  },
  require: {
    choices: ['exactly-once', 'at-least-once'],
    describe: 'Refuse to run where a sink can not be promised this.',
  },
  'drop-state': {
    type: 'string',
    array: true,
    describe: 'A step whose state may be lost by a changed program. Repeatable.',
  },
  'max-failed-share': {
    type: 'number',
    describe:
      "The share of a step's elements that may become dead letters before a streaming run stops. Default: 0.01.",
  },
  'ui-port': {
    type: 'number',
    describe: 'Show the run on a page of this machine, at this port; 0 takes one that is free.',
  },
  seed: { type: 'number', describe: 'A whole number; the same one gives the same random numbers.' },
  progress: { choices: ['auto', 'off'], default: 'auto', describe: 'Whether progress is shown.' },
  quiet: { type: 'boolean', default: false, describe: 'Show nothing but errors.' },
  json: {
    type: 'boolean',
    default: false,
    describe: "JSON lines on stdout, for machines; the pipeline's own output goes to stderr.",
  },
  help: { type: 'boolean', default: false, alias: 'h', describe: 'Show this help.' },
} as const satisfies OptionSpecs;

/** The standard options of a run, checked. */
export interface Settings {
  readonly runner: string;
  readonly jobName: string;
  readonly memoryLimit: number | undefined;
  readonly seed: number | undefined;
  readonly streaming: boolean | undefined;
  readonly stateDirectory: string | undefined;
  readonly epochInterval: number | undefined;
  readonly required: GuaranteeLevel | undefined;
  readonly dropState: readonly string[];
  readonly maxFailedShare: number | undefined;
  readonly uiPort: number | undefined;
  readonly showsProgress: boolean;
  readonly isQuiet: boolean;
  readonly isJson: boolean;
}

/** Reads the standard options out of parsed ones. @throws OptionsError */
export function settingsOf(values: OptionTableValues, definition: PipelineDefinition): Settings {
  const jobName = values['job-name'] ?? definition.name;
  const seed = values['seed'];
  if (seed !== undefined && !Number.isSafeInteger(seed)) {
    throw new OptionsError(
      'seed',
      `${showValue(seed)} is not a whole number. Random numbers start from one. Give e.g. --seed=1.`,
    );
  }
  refuseContradiction(values);
  const limit = values['memory-limit'];
  // The table fixes the types, here and below; parsing has checked them.
  const runner = values['runner'] as string;
  checkRunner(runner);
  return {
    runner,
    jobName: jobName as string,
    memoryLimit: limit === undefined ? undefined : parseBytes('memory-limit', limit as string),
    seed: seed as number | undefined,
    streaming: values['streaming'] as boolean | undefined,
    stateDirectory: stateDirectoryOf(values['state-dir'] as string | undefined),
    epochInterval: intervalOf(values['epoch-interval'] as string | undefined),
    required: values['require'] as GuaranteeLevel | undefined,
    maxFailedShare: shareOf(values['max-failed-share'] as number | undefined),
    uiPort: portOf(values['ui-port'] as number | undefined),
    dropState: (values['drop-state'] as readonly string[] | undefined) ?? [],
    showsProgress: values['progress'] === 'auto',
    isQuiet: values['quiet'] === true,
    isJson: values['json'] === true,
  };
}

/** @throws OptionsError */
function refuseContradiction(values: OptionTableValues): void {
  if (values['streaming'] === false && values['state-dir'] !== undefined) {
    throw new OptionsError(
      'no-streaming',
      'it contradicts --state-dir. Only a run that handles elements as they come has a state to keep. Leave out one of the two.',
    );
  }
  if (values['drop-state'] !== undefined && values['state-dir'] === undefined) {
    throw new OptionsError(
      'drop-state',
      'there is no --state-dir. Only a job that keeps its state has something to let go. Give the directory, or leave it out.',
    );
  }
}

/** @throws OptionsError for an empty name: a shell's variable that is not set. */
function stateDirectoryOf(directory: string | undefined): string | undefined {
  if (directory !== '') return directory;
  throw new OptionsError(
    'state-dir',
    'it is empty. The state has to lie somewhere. Give e.g. --state-dir=state/orders.',
  );
}

/** @throws OptionsError */
function intervalOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  try {
    const interval = parseDuration(text);
    if (interval > 0) return interval;
  } catch {
    // Told below, like an interval of nothing.
  }
  throw new OptionsError(
    'epoch-interval',
    `'${text}' is no duration above 0. Give a number and a unit, e.g. 500ms or 5s.`,
  );
}

/** @throws OptionsError */
function shareOf(share: number | undefined): number | undefined {
  if (share === undefined || (share >= 0 && share <= 1)) return share;
  throw new OptionsError('max-failed-share', `${share} is no share. Give a number from 0 to 1, e.g. 0.05 for 5 %.`);
}

/** @throws OptionsError */
function portOf(port: number | undefined): number | undefined {
  if (port === undefined || (Number.isInteger(port) && port >= 0 && port <= 65_535)) return port;
  throw new OptionsError('ui-port', `${port} is no port. Give a whole number up to 65535, or 0 for any that is free.`);
}

const SMALLEST_LIMIT = 16 * 2 ** 20;
const UNITS = ['', 'K', 'M', 'G', 'T'];

/** Bytes of `512MB`, `2g`, `1.5 GiB`, `1073741824`, in units of 1024. @throws OptionsError */
export function parseBytes(option: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([KMGT]?)i?B?$/i.exec(text.trim());
  if (match === null) {
    throw new OptionsError(
      option,
      `'${text}' is not an amount of memory. Give a number and a unit, e.g. 512MB or 2GB.`,
    );
  }
  const bytes = Math.round(Number(match[1]) * 1024 ** UNITS.indexOf((match[2] ?? '').toUpperCase()));
  if (bytes < SMALLEST_LIMIT) {
    throw new OptionsError(option, `'${text}' is less than the 16MB that a run needs at least. Give more, e.g. 512MB.`);
  }
  return bytes;
}

/** Refuses a pipeline's table of options that no command line can serve. @throws PipelineError */
export function checkOwnOptions({ name: pipeline, options }: PipelineDefinition): void {
  const taken = new Map<string, string>(Object.keys(STANDARD_OPTIONS).map((name) => [name, 'a standard option']));
  taken.set('h', 'a standard option').set('version', 'a standard option');
  for (const [name, { alias }] of Object.entries(options)) {
    for (const [one, what] of [
      [flagOf(name), 'an option'],
      [alias, 'an alias'],
    ] as const) {
      if (one === undefined) continue;
      const problem =
        !/^[a-z][a-z0-9-]*$/i.test(one) || one.startsWith('no-') || one in {}
          ? "is no name for the command line. Names are letters, digits and '-'; 'no-' negates switches, and what every object has is taken."
          : taken.has(one) && `is already ${taken.get(one)}. A command line could not tell the two apart.`;
      if (problem) throw new PipelineError(undefined, `${pipeline}: its option '${one}' ${problem} Rename it.`);
      taken.set(one, what);
    }
  }
}
