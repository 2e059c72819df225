import {
  type PBegin,
  type PCollection,
  PipelineError,
  type PTransform,
  read,
  type RestrictionTracker,
  type Source,
} from '../../model/index.ts';
import type { FoundFile, NoMatch } from '../file-systems/index.ts';
import { checkWatch, newFiles, type SeenFile, type WatchOptions, withFound } from './seen-files.ts';

/** Which files are looked for. */
export interface MatchSpec {
  /** A path or a pattern, or several, as readers of files take them. */
  readonly files: string | readonly string[];
  /** What to do where a pattern matches no file. Default 'error'; a folder that is watched may be empty. */
  readonly noMatch?: NoMatch;
  /** Looks for new files again and again: the collection is then unbounded. */
  readonly watch?: WatchOptions;
  readonly name?: string;
}

/**
 * The paths of the files that patterns stand for: what `readAllText` and its like read.
 *
 * With `watch` paths come as files do, with the time at which they were found; so do the records that are read of them, as
 * a file is no event. Where event time is read from records, watch in the read itself: `readText({ files, watch, timestamp })`
 * lets its watermark wait for them. Without `watch` paths have the lowest timestamp.
 *
 * @throws PipelineError if an option is out of range.
 * @example
 * import { mkdtempSync, writeFileSync } from 'node:fs';
 * import { Pipeline } from 'viga';
 * import { matchFiles } from 'viga/io/files';
 * import { readAllText } from 'viga/io/text';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 *
 * const folder = mkdtempSync('/tmp/letters-');
 * writeFileSync(`${folder}/a.txt`, 'hello\n');
 * const p = new Pipeline();
 * const lines = p.apply(matchFiles({ files: `${folder}/*.txt` })).apply(readAllText());
 * assertThat(lines).containsInAnyOrder(['hello']);
 * await p.run(directRunner());
 */
export function matchFiles({ name, watch, ...spec }: MatchSpec): PTransform<PBegin, PCollection<string>> {
  if (watch !== undefined) checkWatch('MatchFiles', watch);
  if (spec.files.length === 0) {
    throw new PipelineError(
      'MatchFiles',
      'files names nothing. There is nothing to look for. Name a path or a pattern.',
    );
  }
  const source = matchSource(spec, watch);
  return { ...read(source, { isBounded: watch === undefined }), name: name ?? 'MatchFiles' };
}

/** What was found, and whether more is looked for. */
interface MatchRestriction {
  readonly watches: boolean;
  readonly seen: readonly SeenFile[];
}

/** Positions are what was found together. */
class MatchTracker implements RestrictionTracker<MatchRestriction, readonly FoundFile[]> {
  #seen: readonly SeenFile[];
  #watches: boolean;

  constructor({ watches, seen }: MatchRestriction) {
    this.#seen = seen;
    this.#watches = watches;
  }

  get watches(): boolean {
    return this.#watches;
  }

  currentRestriction(): MatchRestriction {
    return { watches: this.#watches, seen: this.#seen };
  }

  tryClaim(found: readonly FoundFile[]): boolean {
    if (!this.#watches) return false;
    this.#seen = withFound(this.#seen, found);
    return true;
  }

  trySplit(): { readonly primary: MatchRestriction; readonly residual: MatchRestriction } | undefined {
    if (!this.#watches) return undefined;
    const residual = this.currentRestriction();
    this.#watches = false;
    return { primary: this.currentRestriction(), residual };
  }

  remaining(): MatchRestriction {
    return this.currentRestriction();
  }

  progress(): { readonly completed: number; readonly remaining: number } {
    // Looking is the unit: how many files there are is not known before.
    return this.#watches ? { completed: 0, remaining: 1 } : { completed: 1, remaining: 0 };
  }

  /** Nothing more is looked for. */
  finish(): void {
    this.#watches = false;
  }

  checkDone(): void {
    if (!this.#watches) return;
    throw new RangeError('looking for files ended before all were found. They would be missed. Look once more.');
  }
}

function matchSource(
  { files, noMatch = 'error' }: Pick<MatchSpec, 'files' | 'noMatch'>,
  watch: WatchOptions | undefined,
): Source<string, MatchRestriction, readonly FoundFile[]> {
  return {
    kind: 'source',
    name: 'MatchFiles',
    location: typeof files === 'string' ? files : files.join(', '),
    ...(watch !== undefined && { isLive: true, watermark: { kind: 'wall-time' as const } }),
    initialRestriction: () => ({ watches: true, seen: [] }),
    createTracker: (restriction) => new MatchTracker(restriction),
    isBounded: ({ watches }) => watch === undefined || !watches,
    truncate: () => undefined,
    async read(_nothing, given, output, { host }) {
      // The trackers that createTracker makes come back.
      const tracker = given as MatchTracker;
      const { seen } = tracker.currentRestriction();
      const found = await newFiles(files, seen, watch ?? { noMatch }, host);
      if (found.length > 0) {
        if (!tracker.tryClaim(found)) return undefined;
        const values = found.map(({ path }) => path);
        await output.emit(watch === undefined ? { values } : { values, timestamps: host.clock.now() });
      }
      if (watch !== undefined) {
        output.setIdle(true);
        return { resumeAfter: watch.interval };
      }
      tracker.finish();
      return undefined;
    },
  };
}
