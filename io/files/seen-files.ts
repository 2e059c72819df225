import {
  ConnectorError,
  type Duration,
  formatTimestamp,
  type Host,
  PipelineError,
  type Timestamp,
} from '../../model/index.ts';
import { findFiles, type FoundFile, type NoMatch } from '../file-systems/index.ts';

/** How new files are looked for. */
export interface WatchOptions {
  /** How long to wait before looking again. */
  readonly interval: Duration;
  /**
   * What to do when a file that was found is larger, smaller or younger than it was then: end the run, or take it for a new
   * one, all of it. Default 'error'. A file that is still being written looks like that: write it elsewhere, or under a name
   * that begins with `.`, and rename it when it is complete.
   */
  readonly changed?: 'error' | 'read-again';
}

/** A file that was found. Plain data: positions in a folder that is watched are made of these. */
export interface SeenFile {
  readonly path: string;
  readonly size: number;
  readonly modified: Timestamp;
}

/** @throws PipelineError if an option is out of range. */
export function checkWatch(step: string, { interval, changed = 'error' }: WatchOptions): void {
  const problem = !(interval > 0)
    ? `watch.interval is ${interval} ms but must be more than 0. Folders are looked through again and again. Pass e.g. seconds(10).`
    : changed !== 'error' && changed !== 'read-again'
      ? `watch.changed is ${JSON.stringify(changed)}. Pass 'error' or 'read-again', or leave it out for 'error'.`
      : undefined;
  if (problem !== undefined) throw new PipelineError(step, problem);
}

/** The files of patterns that were not seen before, in the order of their change, those of the same instant by path. */
export async function newFiles(
  patterns: string | readonly string[],
  seen: readonly SeenFile[],
  { changed = 'error', noMatch = 'allow' }: Pick<WatchOptions, 'changed'> & { readonly noMatch?: NoMatch },
  host: Host,
): Promise<readonly FoundFile[]> {
  const known = new Map(seen.map((file) => [file.path, file]));
  const found = new Map<string, FoundFile>();
  for (const pattern of typeof patterns === 'string' ? [patterns] : patterns) {
    for (const file of await findFiles(pattern, noMatch, host)) {
      const before = known.get(file.path);
      if (before?.size === file.size && before.modified === file.modified) continue;
      if (before !== undefined && changed === 'error') throw hasChanged(before, file);
      found.set(file.path, file);
    }
  }
  return [...found.values()].sort((a, b) => a.modified - b.modified || (a.path < b.path ? -1 : 1));
}

/** What was seen, with files that were found now in place of what they were before. */
export function withFound(seen: readonly SeenFile[], found: readonly FoundFile[]): readonly SeenFile[] {
  const files = new Map(seen.map((file) => [file.path, file]));
  for (const { path, size, modified } of found) files.set(path, { path, size, modified });
  return [...files.values()];
}

const hasChanged = (before: SeenFile, now: SeenFile): ConnectorError =>
  new ConnectorError(
    now.path,
    `this file was found with ${before.size} bytes, changed ${formatTimestamp(before.modified)}, and has ${now.size} now, changed ${formatTimestamp(now.modified)}. What was read of it is not what it holds. Rename complete files into the folder.`,
    { hint: "A program that reads them once more passes watch: { changed: 'read-again' }." },
  );
