import { nodeHost } from '../host/index.ts';
import { assert, OptionsError, type Runner, showValue } from '../model/index.ts';
import { didYouMean } from './did-you-mean.ts';
import type { Settings } from './standard-options.ts';

type RunnerSettings = Pick<Settings, 'runner' | 'memoryLimit' | 'seed'>;

// Loaded when chosen: a runner brings its engine with it, and help and graphs need none.
const runners: ReadonlyMap<string, (settings: RunnerSettings) => Promise<Runner>> = new Map([
  [
    'direct',
    async ({ memoryLimit, seed }) => {
      const { directRunner } = await import('../runners/direct/index.ts');
      return directRunner({
        host: nodeHost(seed === undefined ? {} : { seed }),
        ...(memoryLimit === undefined ? {} : { memoryLimit }),
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
