import { nodeHost } from '../host/index.ts';
import { OptionsError, type Runner } from '../model/index.ts';
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

/** The runner that was asked for. @throws OptionsError for one that is not there. */
export function runnerFor(settings: RunnerSettings): Promise<Runner> {
  const make = runners.get(settings.runner);
  if (make !== undefined) return make(settings);
  const meant = didYouMean(settings.runner, runnerNames);
  throw new OptionsError(
    'runner',
    `there is no runner '${settings.runner}'. ${meant === undefined ? `Available: ${runnerNames.join(', ')}.` : `Did you mean ${meant}?`}`,
  );
}
