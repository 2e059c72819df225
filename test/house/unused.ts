// Which exported names nobody takes: what is left over of code that went away, or was made for a use that never came.
import path from 'node:path';
import { codeOf } from './source-text.ts';
import type { SourceFile } from './tree.ts';

const LIST =
  /(?<verb>import|export)\s+(?:type\s+)?(?:\w+\s*,\s*)?\{(?<names>[^}]*)\}\s*from\s*'(?<from>[^']+)'|import\s+\*\s+as\s+\w+\s+from\s*'(?<all>[^']+)'|export\s+\*\s+from\s*'(?<every>[^']+)'|\bimport\(\s*(?:\/\*[^*]*\*\/\s*)?'(?<lazy>[^']+)'\s*\)/g;
const NAME = /(?:type\s+)?(?<name>[\w$]+)(?:\s+as\s+(?<own>[\w$]+))?\s*(?:,|$)/g;
const VALUE = /^export\s+(?:abstract\s+)?(?:async\s+)?(?:function\*?|class|const|let)\s+(?<name>[\w$]+)/gm;

/** All names of a module, where it is not known which of them are meant. */
const ALL = '*';

/** A name that a module takes from another, and passes on under a name of its own or uses itself. */
interface Taken {
  readonly file: string;
  readonly from: string;
  readonly name: string;
  readonly passedOnAs: string | undefined;
}

/**
 * The names that a door passes on, or a module declares, and that nobody takes. Types that a module declares are left out:
 * they name parts of what it exports. `entries` says which modules outsiders import, by the specifier that they use.
 */
export function unusedExports(
  files: readonly SourceFile[],
  entries: Readonly<Record<string, string>>,
): readonly string[] {
  const taken = files.flatMap((file) => takenBy(file, entries));
  const used = new Map<string, Set<string>>();
  const isUsed = (file: string, name: string): boolean => {
    const names = used.get(file);
    return names !== undefined && (names.has(name) || names.has(ALL));
  };
  for (const file of Object.values(entries)) used.set(file, new Set([ALL]));
  // A name is passed on through some doors: it is used if it is at the end. Each round follows it through one more.
  for (let before = -1, after = 0; before !== after; ) {
    before = after;
    after = 0;
    for (const { file, from, name, passedOnAs } of taken) {
      const names = used.get(from) ?? new Set<string>();
      used.set(from, names);
      if (passedOnAs === ALL) for (const one of used.get(file) ?? []) names.add(one);
      else if (passedOnAs === undefined || isUsed(file, passedOnAs)) names.add(name);
      after += names.size;
    }
  }
  return [
    ...taken
      .filter(({ file, passedOnAs }) => passedOnAs !== undefined && passedOnAs !== ALL && !isUsed(file, passedOnAs))
      .map(({ file, passedOnAs }) => `${file} passes on ${passedOnAs}, which nobody takes`),
    ...files.flatMap(({ path: file, text }) =>
      [...codeOf(text, 'keep').matchAll(VALUE)]
        .map(({ groups: { name = '' } = {} }) => name)
        .filter((name) => !isUsed(file, name))
        .map((name) => `${file} exports ${name}, which nobody takes`),
    ),
  ];
}

function takenBy({ path: file, text }: SourceFile, entries: Readonly<Record<string, string>>): readonly Taken[] {
  const target = (specifier: string): string =>
    entries[specifier] ?? path.posix.join(path.posix.dirname(file), specifier);
  return [...codeOf(text, 'keep').matchAll(LIST)].flatMap(({ groups = {} }): Taken[] => {
    const { verb, names = '', from, all, every, lazy } = groups;
    const whole = all ?? lazy;
    if (whole !== undefined) return [{ file, from: target(whole), name: ALL, passedOnAs: undefined }];
    if (every !== undefined) return [{ file, from: target(every), name: ALL, passedOnAs: ALL }];
    return [...names.matchAll(NAME)].map(({ groups: taken = {} }) => {
      const { name = '', own = name } = taken;
      return { file, from: target(from ?? ''), name, passedOnAs: verb === 'export' ? own : undefined };
    });
  });
}
