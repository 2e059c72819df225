// What a planted bug is, and how it gets into a copy of the sources.

/** A piece of a source file, and what takes its place. Runs of white space in `find` stand for any white space. */
export interface Edit {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** A bug of the kind that has happened to others, or could happen here, as a patch. */
export interface Mutant {
  readonly id: string;
  /** What is wrong in the patched sources. */
  readonly title: string;
  /** The row of {@link FAILURES} that it stands for, where it stands for one. */
  readonly row?: number;
  readonly edits: readonly Edit[];
  /** Test files that should see it, the quickest first. */
  readonly tests: readonly string[];
}

/**
 * The text of a file after an edit.
 *
 * @throws Error unless what is looked for is there exactly once.
 */
export function apply(text: string, { file, find, replace }: Edit): string {
  const pattern = new RegExp(find.trim().split(/\s+/).map(escape).join('\\s+'), 'g');
  const found = [...text.matchAll(pattern)];
  const [first] = found;
  if (first === undefined || found.length > 1) {
    throw new Error(`${file}: this is there ${found.length} times and should be there once:\n${find.trim()}`);
  }
  return text.slice(0, first.index) + replace + text.slice(first.index + first[0].length);
}

const escape = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
