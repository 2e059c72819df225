// How long files are, and what is too long.
import type { SourceFile } from './tree.ts';

/** No file is longer, but those of a list with reasons. */
const LONGEST = 400;
/** Nine of ten files are at most this long. */
const LONG = 250;
/** Half of all files are at most this long. */
const MEDIAN = 120;

const linesOf = ({ text }: SourceFile): number => text.trimEnd().split('\n').length;

/** Where files are too long, one by one or as a whole; and exceptions that no longer are. */
export function sizeViolations(
  files: readonly SourceFile[],
  exceptions: Readonly<Record<string, string>> = {},
): readonly string[] {
  const sizes = files.map(linesOf).sort((a, b) => a - b);
  const quantile = (share: number) => sizes[Math.min(sizes.length - 1, Math.floor(sizes.length * share))] ?? 0;
  const violations = files
    .filter((file) => linesOf(file) > LONGEST && exceptions[file.path] === undefined)
    .map((file) => `${file.path} has ${linesOf(file)} lines: split it by responsibility, ${LONGEST} is the end`);
  for (const path of Object.keys(exceptions)) {
    const file = files.find((one) => one.path === path);
    if (file === undefined || linesOf(file) <= LONGEST) violations.push(`${path} needs no exception any more`);
  }
  if (quantile(0.5) > MEDIAN)
    violations.push(`half of the files have over ${quantile(0.5)} lines: ${MEDIAN} is the aim`);
  if (quantile(0.9) > LONG) violations.push(`a tenth of the files has over ${quantile(0.9)} lines: ${LONG} is the aim`);
  return violations;
}

/** About 20 files fit into a folder that can be looked through; more than these need a reason. */
const FILES = 30;

/** Folders that hold too many files or lie too deep; and exceptions that no longer are. */
export function folderViolations(
  paths: readonly string[],
  exceptions: Readonly<Record<string, string>> = {},
): readonly string[] {
  const counts = new Map<string, number>();
  for (const file of paths) {
    const folder = file.slice(0, file.lastIndexOf('/'));
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  const violations = [...counts]
    .filter(([folder, count]) => count > FILES && exceptions[folder] === undefined)
    .map(([folder, count]) => `${folder} holds ${count} files: divide it, about 20 are meant`);
  for (const folder of counts.keys()) {
    if (folder.split('/').length > 2) violations.push(`${folder} lies deeper than two levels`);
  }
  for (const folder of Object.keys(exceptions)) {
    if ((counts.get(folder) ?? 0) <= FILES) violations.push(`${folder} needs no exception any more`);
  }
  return violations;
}
