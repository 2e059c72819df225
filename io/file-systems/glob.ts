// Patterns of paths, as shells have them: `*` and `?` within a name, `[a-z]` and `[!a-z]`, `{a,b}`, and `**` for any
// directories, none included. A name that begins with `.` or `_` is only matched where the pattern begins so.

const MAGIC = /[*?[{]/;

/** Whether a pattern can stand for anything but itself. */
export const isPattern = (path: string): boolean => MAGIC.test(path);

/** The directory up to which a pattern is fixed: `data` of `data/*.txt`, `''` of `*.txt`, that of the file where all is. */
export function fixedDirectory(pattern: string): string {
  const magic = pattern.search(MAGIC);
  const slash = pattern.lastIndexOf('/', magic === -1 ? undefined : magic);
  return slash === 0 ? '/' : pattern.slice(0, Math.max(0, slash));
}

/** Writes out `{a,b}`: one pattern per choice. Braces without a comma, or without an end, are characters. */
export function expandBraces(pattern: string): readonly string[] {
  for (let open = pattern.indexOf('{'); open !== -1; open = pattern.indexOf('{', open + 1)) {
    const choices = choicesFrom(pattern, open);
    if (choices === undefined) continue;
    const before = pattern.slice(0, open);
    const after = pattern.slice(choices.end);
    return [...new Set(choices.texts.flatMap((text) => expandBraces(before + text + after)))];
  }
  return [pattern];
}

function choicesFrom(
  pattern: string,
  open: number,
): { readonly texts: readonly string[]; readonly end: number } | undefined {
  const texts: string[] = [];
  let depth = 0;
  let start = open + 1;
  for (let at = open; at < pattern.length; at += 1) {
    const character = pattern[at];
    if (character === '{') depth += 1;
    else if (character === ',' && depth === 1) {
      texts.push(pattern.slice(start, at));
      start = at + 1;
    } else if (character === '}' && --depth === 0) {
      texts.push(pattern.slice(start, at));
      return texts.length > 1 ? { texts, end: at + 1 } : undefined;
    }
  }
  return undefined;
}

/** One part of a pattern between slashes. */
export type Segment =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'pattern'; readonly matches: (name: string) => boolean }
  | { readonly kind: 'any-directories' };

/** Cuts a pattern without braces into its parts. */
export function segments(pattern: string): readonly Segment[] {
  return pattern.split('/').flatMap((part, index, parts): readonly Segment[] => {
    // `**` twice in a row means no more than once; `//` means `/`.
    if (part === '' || (part === '**' && parts[index - 1] === '**')) return [];
    if (part === '**') return [{ kind: 'any-directories' }];
    return [/[*?[]/.test(part) ? { kind: 'pattern', matches: nameMatcher(part) } : { kind: 'name', name: part }];
  });
}

/**
 * Whether a name is not matched by a wildcard: what begins with a dot, and, as readers of such directories have it, with an
 * underscore; but for the directory of a partition, whose field may.
 */
export const isHidden = (name: string): boolean =>
  name.startsWith('.') || (name.startsWith('_') && !name.includes('='));

function nameMatcher(part: string): (name: string) => boolean {
  const expression = new RegExp(`^${expressionOf(part)}$`, 'su');
  const wantsHidden = part.startsWith('.') || part.startsWith('_');
  return (name) => (wantsHidden || !isHidden(name)) && expression.test(name);
}

function expressionOf(part: string): string {
  let text = '';
  for (let at = 0; at < part.length; ) {
    const character = String.fromCodePoint(part.codePointAt(at) as number); // `at` is within the text
    const set = character === '[' ? characterSet(part, at) : undefined;
    if (set !== undefined) {
      text += set.text;
      at = set.end;
      continue;
    }
    if (character === '*') text += text.endsWith('.*') ? '' : '.*';
    else if (character === '?') text += '.';
    else text += escaped(character);
    at += character.length;
  }
  return text;
}

const escaped = (character: string): string => character.replace(/[\\^$.*+?()[\]{}|/]/u, '\\$&');

/** `[a-z]`, `[!a-z]` or `[^a-z]`; a `]` in the first place is a member. Without an end, `[` is a character. */
function characterSet(part: string, open: number): { readonly text: string; readonly end: number } | undefined {
  const isNegated = part[open + 1] === '!' || part[open + 1] === '^';
  const first = open + (isNegated ? 2 : 1);
  const close = part.indexOf(']', first + 1);
  if (close === -1) return undefined;
  const members = part.slice(first, close).replace(/[\\\]^[]/g, '\\$&');
  try {
    const text = `[${isNegated ? '^' : ''}${members}]`;
    new RegExp(text, 'u');
    return { text, end: close + 1 };
  } catch {
    // A range that goes backwards, as [z-a], has no members in any shell: it matches nothing.
    return { text: '(?!)', end: close + 1 };
  }
}
