import { nodeHost, type OnStateOpened } from '../host/index.ts';
import { assert, OptionsError, type Runner, showValue } from '../model/index.ts';
import { didYouMean } from './did-you-mean.ts';
import type { Settings } from './standard-options.ts';

/** What a runner is made from: standard options, and the pipeline that is run. */
export interface RunnerSettings
  extends Pick<
    Settings,
    | 'runner'
    | 'memoryLimit'
    | 'seed'
    | 'streaming'
    | 'stateDirectory'
    | 'epochInterval'
    | 'dropState'
    | 'maxFailedShare'
  > {
  /** The pipeline's name. */
  readonly pipeline: string;
  /** The pipeline's own options that change results, fit to be shown. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Told when the job has its state directory for itself. */
  readonly onStateOpened: OnStateOpened;
}

// Loaded when chosen: a runner brings its engine with it, and help and graphs need none.
const runners: ReadonlyMap<string, (settings: RunnerSettings) => Promise<Runner>> = new Map([
  [
    'direct',
    async ({ seed, pipeline, options, dropState, onStateOpened, ...settings }) => {
      const { directRunner } = await import('../runners/direct/index.ts');
      return directRunner({
        ...given({
          memoryLimit: settings.memoryLimit,
          streaming: settings.streaming,
          stateDirectory: settings.stateDirectory,
          epochInterval: settings.epochInterval,
          maxFailedShare: settings.maxFailedShare,
        }),
        host: nodeHost({ ...given({ seed }), onStateOpened }),
        jobName: pipeline,
        jobOptions: options,
        dropState,
      });
    },
  ],
]);

/** The names that `--runner` takes. */
export const runnerNames: readonly string[] = [...runners.keys()];

/** Refuses the name of a runner that is not there. @throws OptionsError */
export function checkRunner(name: string): void {
  if (runners.has(name)) return;
  const meant = didYouMean(name, runnerNames);
  const hint = meant === undefined ? `Available: ${runnerNames.join(', ')}.` : `Did you mean ${meant}?`;
  throw new OptionsError('runner', `there is no runner ${showValue(name)}. ${hint}`);
}

/** The runner that was asked for, one of those that are there. */
export async function runnerFor(settings: RunnerSettings): Promise<Runner> {
  const make = runners.get(settings.runner);
  assert(make !== undefined, `the runner ${settings.runner} was not checked`);
  return make(settings);
}

/** Those options that have a value. */
export function given<O extends object>(options: O): { readonly [N in keyof O]?: Exclude<O[N], undefined> } {
  // Only entries with a value are left.
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    readonly [N in keyof O]?: Exclude<O[N], undefined>;
  };
}
