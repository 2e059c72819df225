import type { Source } from '../../model/index.ts';
import type { ReadFormat } from './format.ts';
import type { FileReadOptions } from './read-files.ts';
import { partsOf, readParts } from './read-parts.ts';
import { type FilePosition, partSize } from './restriction.ts';
import { checkWatch, newFiles, type WatchOptions } from './seen-files.ts';
import { type WatchRestriction, WatchTracker } from './watch-tracker.ts';

/** A folder that is watched as a {@link Source}: the records of files as these come. */
export function watchSource<T>(
  format: ReadFormat<T>,
  files: string | readonly string[],
  watch: WatchOptions,
  options: FileReadOptions,
): Source<T, WatchRestriction, FilePosition> {
  checkWatch(format.name, watch);
  return {
    kind: 'source',
    name: format.name,
    location: typeof files === 'string' ? files : files.join(', '),
    filter: format.filter,
    isLive: true,
    replay: 'by-position',
    initialRestriction: () => ({ watches: true, seen: [], parts: [] }),
    createTracker: (restriction) => new WatchTracker(restriction),
    isBounded: ({ watches }) => !watches,
    size: ({ watches, parts }) => (watches ? undefined : parts.reduce((sum, part) => sum + partSize(part), 0)),
    // What was found is read to its end when the job drains.
    truncate: ({ watches, parts }) => (watches && parts.length === 0 ? undefined : { watches: false, seen: [], parts }),
    async read(_nothing, given, output, context) {
      // The trackers that createTracker makes come back.
      const tracker = given as WatchTracker;
      const claim = (position: FilePosition): boolean => tracker.tryClaim(position);
      for (;;) {
        await readParts(tracker.files, claim, { format, options, output, context });
        if (!tracker.watches) return undefined;
        const found = await newFiles(files, tracker.seen, watch, context.host);
        if (found.length === 0) {
          output.setIdle(true);
          return { resumeAfter: watch.interval };
        }
        if (!tracker.add(found, partsOf(found, format, options))) return undefined;
      }
    },
  };
}
