import { statSync } from 'node:fs';
import { join } from 'node:path';
import { removed } from './refusals.ts';
import { DATABASE } from './schema.ts';
import { WITNESS } from './witness.ts';

/** The files that hold what is committed. */
const FILES = [DATABASE, `${DATABASE}-wal`, WITNESS] as const;

/**
 * Whether the files of an open store are still where they were opened. What is written to a file that somebody has
 * removed, or put another in the place of, seems to succeed, and nobody can ever read it.
 */
export class Presence {
  readonly #directory: string;
  /** What SQLite makes only when it needs it is known from the first check on. */
  readonly #opened: (string | undefined)[];

  constructor(directory: string) {
    this.#directory = directory;
    this.#opened = FILES.map((name) => identityOf(join(directory, name)));
  }

  /** @throws StateError if one is gone. */
  check(): void {
    const gone = FILES.find((name, i) => {
      const found = identityOf(join(this.#directory, name));
      this.#opened[i] ??= found;
      return found !== this.#opened[i];
    });
    if (gone === undefined) return;
    const isThere = statSync(this.#directory, { throwIfNoEntry: false }) !== undefined;
    throw removed(this.#directory, isThere ? gone : undefined);
  }
}

/** Asked of the system by the name, as the file may not be opened here: that would end SQLite's locks on it. */
function identityOf(path: string): string | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found && `${found.dev}:${found.ino}`;
}
