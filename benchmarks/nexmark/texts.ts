import type { JavaRandom } from './java-random.ts';

const A = 97;

/** Words of small letters: at least 3 characters and less than `most`, before blanks at its ends are taken off. */
export function nextText(random: JavaRandom, most: number): string {
  let text = '';
  for (let left = 3 + random.nextBelow(most - 3); left > 0; left--) {
    text += random.nextBelow(13) === 0 ? ' ' : String.fromCharCode(A + random.nextBelow(26));
  }
  return text.trim();
}

/** What fills a record of `size` bytes up to `average` ones, give or take a fifth. */
export function nextExtra(random: JavaRandom, size: number, average: number): string {
  if (size > average) return '';
  const wanted = average - size;
  const delta = Math.round(wanted * 0.2);
  return nextExactText(random, wanted - delta + (delta === 0 ? 0 : random.nextBelow(2 * delta)));
}

/** Six characters of each integer. Half of the integers are negative, and give what stands before the small letters. */
function nextExactText(random: JavaRandom, length: number): string {
  const codes = new Array<number>(length);
  let rest = 0;
  for (let i = 0; i < length; i++) {
    if (i % 6 === 0) rest = random.nextInt();
    codes[i] = A + (rest % 26);
    rest = Math.trunc(rest / 26);
  }
  return String.fromCharCode(...codes);
}

/** A price in cents from a dollar to a million, small ones as likely as large ones. */
export const nextPrice = (random: JavaRandom): number => Math.round(10 ** (random.nextDouble() * 6) * 100);
