import { joinPath, onDisk, splitPath } from '../file-systems/index.ts';
import { filesOfPanes, panesDirectory } from './pane-manifest.ts';
import type { Publisher } from './stale-files.ts';

/** How many of the last epochs are looked at: a start does not take longer the longer a job runs. */
const LAST_EPOCHS = 100;

/** Warns of files that a job has published and that are not there any more, as they are not written again. */
export async function reportGone(
  { fileSystem, warn }: Publisher,
  root: string,
  id: string,
  job: string,
): Promise<void> {
  const files = await filesOfPanes(fileSystem, root, panesDirectory(id, job), LAST_EPOCHS);
  const paths = files.map(({ path }) => joinPath(root, path));
  const there = new Set<string>();
  for (const directory of new Set(paths.map((path) => splitPath(path).directory))) {
    if ((await onDisk(directory, 'read', fileSystem.stat(directory))) === undefined) continue;
    for (const name of await onDisk(directory, 'read', fileSystem.list(directory)))
      there.add(joinPath(directory, name));
  }
  const gone = paths.filter((path) => !there.has(path));
  const last = gone.at(-1);
  if (last === undefined) return;
  const which = gone.length === 1 ? 'this file' : `this file, and ${gone.length - 1} more of the last epochs,`;
  warn(
    `${last}: ${which} ${gone.length === 1 ? 'was' : 'were'} published by this job and ${gone.length === 1 ? 'is' : 'are'} gone. What is in it is not written again. If it was not taken away on purpose bring it back, or begin a new job with an empty state directory.`,
  );
}
