import { OptionsError, type PipelineResult } from '../model/index.ts';
import { type PageSubject, servePage } from '../ui/index.ts';
import { ENDS, type Failure } from './print/index.ts';
import type { Reporter } from './reporter.ts';

/** The page of a run, told like any other reporter. */
export interface PageReporter extends Pick<Reporter, 'progress' | 'warning'> {
  readonly url: string;
  finished(result: PipelineResult): Promise<void>;
  failed(failure: Failure): Promise<void>;
}

/** Serves the page of a run. @throws OptionsError where the port is not to be had */
export async function servedPage(subject: PageSubject, port: number): Promise<PageReporter> {
  const page = await servePage(subject, { port }).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    const what = code === 'EACCES' ? 'this user may not have' : 'another program has';
    throw new OptionsError('ui-port', `${what} port ${port}. The page could not be seen. Give another, or 0 for any.`);
  });
  return {
    url: page.url,
    progress: page.progress,
    warning: page.message,
    finished: ({ state, steps, epoch, elapsedMs }) => page.end(ENDS[state], { steps, epoch, elapsedMs }),
    failed: ({ title }) => page.end(`failed: ${title}`),
  };
}
