// The files of this repository that the rules of the house speak of.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '../..');

/** A file of the repository: its path with forward slashes from the root, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const NOT_SOURCES = new Set(['node_modules', 'dist', 'out', 'coverage', '.cache', '.git', 'data']);

/** All files below the given folders that end in one of the extensions. */
export function filesOf(folders: readonly string[], extensions: readonly string[] = ['.ts']): readonly SourceFile[] {
  return folders.flatMap((folder) => walk(folder, extensions)).map((file) => ({ path: file, text: read(file) }));
}

export const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

function walk(folder: string, extensions: readonly string[]): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const file = path.posix.join(folder, entry.name);
      if (entry.isDirectory()) return NOT_SOURCES.has(entry.name) ? [] : walk(file, extensions);
      return extensions.some((extension) => entry.name.endsWith(extension)) ? [file] : [];
    });
}

/** The top-level folders that are there; some of the plan come later. */
export function existing(folders: readonly string[]): readonly string[] {
  const present = new Set(readdirSync(root));
  return folders.filter((folder) => present.has(folder));
}

/** Folders whose code is Viga itself. */
export const LIBRARY = ['model', 'transforms', 'io', 'runners', 'host', 'testing', 'ui', 'cli'];
/** Folders that use Viga as its users do. */
export const USERS = ['pipelines', 'examples'];
