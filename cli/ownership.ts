import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Ownership } from './print/index.ts';

// The folder above cli/: a clone's root, or what was built of it.
const root = fileURLToPath(new URL('..', import.meta.url));
const OWN = ['bin', 'cli', 'host', 'io', 'model', 'runners', 'testing', 'transforms', 'ui'].map(
  (folder) => path.join(root, folder) + path.sep,
);

/** Which files are Viga's: its library. Ready pipelines and examples are programs like a user's. */
export const ownership: Ownership = { isVigas: (file) => OWN.some((folder) => file.startsWith(folder)) };

/** A line of a file, where it can be read. Errors are rare, so nothing is kept. */
export function sourceLine(file: string, line: number): string | undefined {
  try {
    return readFileSync(file, 'utf8').split('\n')[line - 1];
  } catch {
    return undefined;
  }
}

/** The path from the working directory, where that is shorter: terminals make links of both. */
export function shortPath(file: string, directory: string): string {
  const relative = path.relative(directory, file);
  return relative.length < file.length ? relative : file;
}
