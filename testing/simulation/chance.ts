import { nodeHost } from '../../host/index.ts';
import type { Random } from '../../model/index.ts';

/** Random decisions of one kind. Each kind has numbers of its own, so that one more of one kind leaves the others as they are. */
export class Chance {
  readonly #random: Random;

  constructor(seed: number, kind: string) {
    this.#random = nodeHost({ seed: mixed(seed, kind) }).random;
  }

  /** Whether something of this probability happens. Draws a number in any case. */
  happens(probability: number): boolean {
    return this.#random.next() < probability;
  }

  /** A number from `from` up to, not including, `to`. */
  between(from: number, to: number): number {
    return from + this.#random.next() * (to - from);
  }

  /** A whole number from 0 up to, not including, `end`. */
  below(end: number): number {
    return Math.floor(this.#random.next() * end);
  }

  /** One of several. */
  pick<const T>(choices: readonly [T, ...T[]]): T {
    // The index is within.
    return choices[this.below(choices.length)] as T;
  }
}

/** FNV-1a over the seed's digits and the kind: near seeds are far apart. */
function mixed(seed: number, kind: string): number {
  let hash = 0x811c9dc5;
  for (const character of `${seed} ${kind}`) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return hash >>> 0;
}
