import { type Case, contagionTypes, departments, isDeath } from '../cases/index.ts';

/** One thing the model looks at: a number with an order, or one of a list of words without. */
export interface Feature {
  readonly name: string;
  /** How many values there are; a value is a whole number from 0. */
  readonly size: number;
  /** What the values of a list mean. */
  readonly words?: readonly string[];
}

const oldest = 120;
const sexes = ['F', 'M'] as const;
const contagions = [...contagionTypes, 'SIN DATO'] as const;
const codes = departments.map(({ code }) => code);

/**
 * What the model may know: what is known on the day a case is reported. Location, state, dates of death or recovery and
 * the kind of recovery would tell it the answer.
 */
export const features: readonly Feature[] = [
  { name: 'edad', size: oldest + 1 },
  { name: 'sexo', size: sexes.length, words: sexes },
  { name: 'tipo_contagio', size: contagions.length, words: contagions },
  { name: 'codigo_departamento', size: codes.length, words: codes },
];

/** Cases that are one to the model: same values of all features, same end, same side of the split. */
export interface Cell {
  /** The value of each feature. */
  readonly values: readonly number[];
  readonly died: boolean;
  /** Kept from training, to test the model on. */
  readonly isHeldOut: boolean;
  readonly cases: number;
}

const contagionAt = new Map<string | null, number>(contagions.map((word, at) => [word, at]));
const codeAt = new Map<string, number>(codes.map((code, at) => [code, at]));

/** Says whether the end of a case is known: a death by covid, or recovery. */
export function hasEnded(case_: Case): boolean {
  return case_.atencion === 'Fallecido' || case_.atencion === 'Recuperado';
}

/** Returns the number of a case's cell, as {@link cellOf} reads it. Cells have an order, so training has one. */
export function cellNumber(case_: Case): number {
  const values = [
    case_.edad,
    case_.sexo === 'F' ? 0 : 1,
    contagionAt.get(case_.tipo_contagio) ?? contagions.length - 1,
    codeAt.get(case_.codigo_departamento) ?? 0,
  ];
  const cell = numberOf(values);
  return (cell * 2 + Number(isDeath(case_))) * 2 + Number(isHeldOut(case_.id_caso));
}

/** Reads the number of a cell back. */
export function cellOf(number: number, cases: number): Cell {
  let rest = Math.floor(number / 4);
  const values = features.map(() => 0);
  for (let at = features.length - 1; at >= 0; at--) {
    const size = features[at]?.size ?? 1;
    values[at] = rest % size;
    rest = Math.floor(rest / size);
  }
  return { values, died: Math.floor(number / 2) % 2 === 1, isHeldOut: number % 2 === 1, cases };
}

/** Returns one number for the values of all features. */
export function numberOf(values: readonly number[]): number {
  return values.reduce((number, value, at) => number * (features[at]?.size ?? 1) + value, 0);
}

const fifth = 5;

/** Says whether a case is kept from training: one in five, chosen by a hash of its id, so always the same. */
export function isHeldOut(id: bigint): boolean {
  const number = Number(id);
  return hash(number ^ Math.floor(number / 2 ** 32)) % fifth === 0;
}

// The finalizer of MurmurHash3 by Austin Appleby: each bit of the input changes each bit of the result half of the time.
function hash(number: number): number {
  let h = number | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
