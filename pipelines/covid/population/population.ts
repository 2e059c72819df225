import { ConnectorError } from 'viga';
import { compareText, departments } from '../cases/index.ts';

/** How many people live in each department, by code. */
export interface Population {
  readonly departments: readonly Inhabited[];
}

/** A department as the population table has it. */
export interface Inhabited {
  /** Two digits. */
  readonly code: string;
  readonly name: string;
  /** At least one. */
  readonly inhabitants: number;
}

/** A row of the population table, as a CSV file or a database gives it. */
export interface PopulationRow {
  readonly codigo_departamento: unknown;
  readonly departamento: unknown;
  readonly poblacion: unknown;
}

/** Cases are counted per 100,000 of a sum that columns of four bytes hold. */
const mostInhabitants = 2_147_483_647;

/**
 * Checks the rows of a population table. Codes may be numbers or lack their leading zero.
 *
 * @param place names the table in errors.
 * @throws ConnectorError for a table without rows, a code that is none or comes twice, a missing name or a population that is no
 * whole number from 1.
 */
export function populationOf(rows: readonly PopulationRow[], place: string): Population {
  const all = rows.map((row) => inhabited(row, place)).sort((a, b) => compareText(a.code, b.code));
  if (all.length === 0) throw problem(place, 'the table has no rows', 'Give it a row for each department');
  const doubled = all.find(({ code }, at) => code === all[at + 1]?.code);
  if (doubled !== undefined) {
    throw problem(place, `department ${doubled.code} comes twice`, 'Keep one row for each department');
  }
  if (all.reduce((sum, { inhabitants }) => sum + inhabitants, 0) > mostInhabitants) {
    throw problem(place, `more than ${mostInhabitants} people live in all departments`, 'Check the column poblacion');
  }
  return { departments: all };
}

/** All departments that the population table or the national list has, by code; null where nobody knows how many live there. */
export function allDepartments(population: Population): readonly (Omit<Inhabited, 'inhabitants'> & {
  readonly inhabitants: number | null;
})[] {
  const listed = new Set(population.departments.map(({ code }) => code));
  const others = departments.filter(({ code }) => !listed.has(code)).map((other) => ({ ...other, inhabitants: null }));
  return [...population.departments, ...others].sort((a, b) => compareText(a.code, b.code));
}

function inhabited(row: PopulationRow, place: string): Inhabited {
  const code = textOf(row.codigo_departamento);
  const name = textOf(row.departamento);
  const inhabitants = textOf(row.poblacion);
  const found = `codigo_departamento '${code}', departamento '${name}', poblacion '${inhabitants}'`;
  if (!/^\d{1,2}$/.test(code)) throw problem(place, `a row has no code of two digits: ${found}`, 'Correct the code');
  if (name === '') throw problem(place, `a row has no name: ${found}`, 'Name the department');
  if (!/^[1-9]\d{0,9}$/.test(inhabitants)) {
    throw problem(place, `a row has no whole number of people from 1: ${found}`, 'Correct the column poblacion');
  }
  return { code: code.padStart(2, '0'), name, inhabitants: Number(inhabitants) };
}

/** A CSV file has text, a database numbers as well; anything else is no value. */
function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' ? `${value}`.trim() : '';
}

function problem(place: string, what: string, fix: string): ConnectorError {
  return new ConnectorError(place, `${what}. Rates per 100,000 people would be wrong. ${fix}.`);
}
