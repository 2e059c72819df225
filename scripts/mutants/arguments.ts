/** What `npm run -s mutants` was asked for. */
export interface MutantArguments {
  /** Ids; none for all. */
  readonly only: readonly string[];
  readonly rotate: number | undefined;
  readonly seed: number;
  readonly json: boolean;
}

const USAGE = 'Usage: npm run -s mutants -- [--only ID]... [--rotate NUMBER [--seed NUMBER]] [--json]';

/** @throws Error that says how to call it. */
export function mutantArguments(words: readonly string[]): MutantArguments {
  const only: string[] = [];
  const numbers: { rotate?: number; seed?: number } = {};
  let json = false;
  const rest = words.flatMap((word) => word.split('='));
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--json') json = true;
    else if (word === '--only') only.push(...(rest.shift() ?? refuse(word)).split(','));
    else if (word === '--rotate') numbers.rotate = wholeNumber(word, rest.shift());
    else if (word === '--seed') numbers.seed = wholeNumber(word, rest.shift());
    else refuse(word);
  }
  return { only, rotate: numbers.rotate, seed: numbers.seed ?? 0, json };
}

function wholeNumber(option: string, text: string | undefined): number {
  const number = Number(text || Number.NaN);
  return Number.isSafeInteger(number) && number >= 0 ? number : refuse(option);
}

function refuse(word: string): never {
  throw new Error(`mutants: ${word} is not understood. ${USAGE}`);
}

/** Those that are asked for: by name, or so many of them, others with the next seed, until each has had its turn. */
export function chosen<M extends { readonly id: string }>(
  all: readonly M[],
  { only, rotate, seed }: MutantArguments,
): readonly M[] {
  const unknown = only.find((id) => all.every((mutant) => mutant.id !== id));
  if (unknown !== undefined) {
    throw new Error(`mutants: there is none called ${unknown}. There are ${all.map(({ id }) => id).join(', ')}.`);
  }
  const named = only.length === 0 ? all : all.filter(({ id }) => only.includes(id));
  if (rotate === undefined || rotate >= named.length) return named;
  const from = (seed % named.length) * rotate;
  return Array.from({ length: rotate }, (_, i) => named[(from + i) % named.length] as M); // below the length
}
