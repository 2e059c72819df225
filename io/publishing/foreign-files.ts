import type { Host } from '../../model/index.ts';
import { type FileSystem, isPattern, joinPath, findFiles, onDisk } from '../file-systems/index.ts';
import { keptIn, manifestFiles } from './manifest.ts';
import { filesOfPanes } from './pane-manifest.ts';

/**
 * Warns of files that lie among the output and that no write of Viga made: who reads the directory reads them too. They are
 * left alone.
 */
export async function reportForeignFiles(
  fileSystem: FileSystem,
  root: string,
  pattern: string | undefined,
  host: Host,
): Promise<void> {
  if (pattern === undefined || isPattern(root)) return;
  const own = new Set<string>();
  const kept = keptIn(root);
  for (const name of await onDisk(kept, 'read', fileSystem.list(kept))) {
    for (const path of await manifestFiles(fileSystem, joinPath(kept, name))) own.add(joinPath(root, path));
    if (!name.startsWith('panes')) continue;
    for (const { path } of await filesOfPanes(fileSystem, root, name)) own.add(joinPath(root, path));
  }
  const found = await findFiles(joinPath(root, pattern), 'allow', host);
  const foreign = found.map(({ path }) => path).filter((path) => !own.has(path));
  const [first] = foreign;
  if (first === undefined) return;
  const count = foreign.length === 1 ? 'this file was' : `this and ${foreign.length - 1} more files here were`;
  host.warn(
    `${first}: ${count} not written by Viga, so left alone, among the output in ${root}. Who reads that directory reads them too. Move them away if they are not meant.`,
  );
}
