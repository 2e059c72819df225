/** A lookup remembers this many distinct texts, then starts anew: a hostile column cannot fill the memory. */
const rememberedTexts = 20_000;

/**
 * Returns the text in lower case, without accents, with every run of other signs as one blank: `' Bogotá, D.C. '` and
 * `'BOGOTA D.C.'` are both `'bogota d c'`.
 */
export function fold(text: string): string {
  return text
    .normalize('NFD')
    .toLowerCase()
    .replace(/\p{Mark}+/gu, '')
    .replace(/[^\p{Letter}\p{Number}]+/gu, ' ')
    .trim();
}

/**
 * Returns `compute` with a memory.
 *
 * A column of cases has few distinct texts, so the work is done once per text and all rows share one result.
 */
export function remember<R extends string | object | null>(compute: (text: string) => R): (text: string) => R {
  const results = new Map<string, R>();
  const ofNothing = compute('');
  return (text) => {
    if (text === '') return ofNothing;
    const known = results.get(text);
    if (known !== undefined) return known;
    const own = detached(text);
    const result = compute(own);
    if (results.size >= rememberedTexts) results.clear();
    results.set(own, result);
    return result;
  };
}

/**
 * Returns a lookup that finds the canonical form of a text, whatever its case, accents and blanks; null where the list
 * does not have it. A word of the list stands for itself, an alias for its canonical form.
 */
export function wordList(
  words: readonly string[],
  aliases: Readonly<Record<string, string>> = {},
): (text: string) => string | null {
  const canonical = new Map(words.map((word) => [fold(word), word]));
  for (const [alias, word] of Object.entries(aliases)) canonical.set(fold(alias), word);
  return remember((text) => canonical.get(fold(text)) ?? null);
}

/** Trims, and joins inner blanks; an empty text and the spreadsheet's words for nothing are null. */
export const cleanText: (text: string) => string | null = remember((text) => {
  const clean = text.replace(/\s+/g, ' ').trim();
  return /^(?:|-|n\/?a|null|nan|none)$/i.test(clean) ? null : clean;
});

/** As {@link cleanText}, in upper case. */
export const cleanUpperText: (text: string) => string | null = remember(
  (text) => cleanText(text)?.toUpperCase() ?? null,
);

/** Orders texts by their code units, the same in every language and place. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The name of a file without its folder. */
export const baseName: (path: string) => string = remember((path) => path.slice(path.lastIndexOf('/') + 1));

// A substring keeps the whole text it was cut from alive (for CSV: a block of the file). What is remembered must not.
function detached(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}
