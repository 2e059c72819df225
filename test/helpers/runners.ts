import { nodeHost } from '../../host/index.ts';
import type { Runner } from '../../model/index.ts';
import { directRunner, type DirectRunnerOptions } from '../../runners/direct/index.ts';

/** The direct runner with generated code, where this process may make any, and without. */
export const bothPaths = [
  { path: 'generated', codegen: true },
  { path: 'interpreted', codegen: false },
]
  .filter(({ codegen }) => !codegen || nodeHost().codegen)
  .map(({ path, codegen }) => ({
    path,
    runner: (options: DirectRunnerOptions = {}): Runner =>
      directRunner({ host: { ...nodeHost(), codegen }, ...options }),
  }));
