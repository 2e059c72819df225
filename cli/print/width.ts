// How much room text takes in a terminal: names and elements may hold any script, and a block that is redrawn in place
// falls apart when a line is longer than it seemed.

// Made when the first text needs it: it takes 10 ms, and most names are plain.
let segmenter: Intl.Segmenter | undefined;
const PLAIN = /^[\u0020-\u007e]*$/;
// East Asian wide and fullwidth forms (Unicode Standard Annex 11), and what is drawn as an emoji.
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const NO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;

const widthOf = (grapheme: string): number => (NO_WIDTH.test(grapheme) ? 0 : WIDE.test(grapheme) ? 2 : 1);

function graphemesOf(text: string): string[] {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** How many columns text without control characters takes. */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  return graphemesOf(text).reduce((width, grapheme) => width + widthOf(grapheme), 0);
}

/** Cuts text to a number of columns; `…` stands for what is missing, at the end or at the start. */
export function fit(text: string, width: number, missing: 'end' | 'start' = 'end'): string {
  if (displayWidth(text) <= width) return text;
  if (width < 1) return '';
  const parts = graphemesOf(text);
  if (missing === 'start') parts.reverse();
  const kept: string[] = [];
  let room = width - 1;
  for (const part of parts) {
    room -= widthOf(part);
    if (room < 0) break;
    kept.push(part);
  }
  return missing === 'start' ? `…${kept.reverse().join('')}` : `${kept.join('')}…`;
}

/** Fills text with blanks to a number of columns. */
export const padEnd = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - displayWidth(text)));

/** Fills text with blanks before it. */
export const padStart = (text: string, width: number): string =>
  ' '.repeat(Math.max(0, width - displayWidth(text))) + text;
