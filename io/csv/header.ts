import type { CsvFaultCode, FaultText } from './faults.ts';

/** Which columns rows have: names as in the file, or new names with the names in the file. */
export type CsvColumns = readonly string[] | Readonly<Record<string, string>>;

/** The names that rows have, and where in a record their values stand. */
export interface Selection {
  readonly names: readonly string[];
  readonly indexes: readonly number[];
}

/** What is wrong with a header. */
export interface HeaderProblem extends FaultText {
  readonly code: CsvFaultCode;
}

/** Finds the wanted columns in the names of a file; without `columns`, all of them. */
export function selectColumns(
  header: readonly string[],
  columns: CsvColumns | undefined,
  ignoresCase: boolean,
): Selection | HeaderProblem {
  if (columns === undefined) return selectAll(header);
  const wanted: readonly (readonly [name: string, inFile: string])[] = isList(columns)
    ? columns.map((name) => [name, name] as const)
    : Object.entries(columns);
  const found = header.map(ignoresCase ? fold : same);
  const indexes: number[] = [];
  for (const [, inFile] of wanted) {
    const name = ignoresCase ? fold(inFile) : inFile;
    const index = found.indexOf(name);
    if (index < 0) return missing(inFile, header);
    if (found.lastIndexOf(name) !== index) return doubled(inFile, index, found.lastIndexOf(name));
    indexes.push(index);
  }
  return { names: wanted.map(([name]) => name), indexes };
}

function selectAll(header: readonly string[]): Selection | HeaderProblem {
  const firstAt = new Map<string, number>();
  for (const [index, name] of header.entries()) {
    const first = firstAt.get(name);
    if (first !== undefined) return doubled(name, first, index);
    firstAt.set(name, index);
  }
  return { names: header, indexes: header.map((_, index) => index) };
}

function missing(name: string, header: readonly string[]): HeaderProblem {
  const names = header.slice(0, 30).join(', ') + (header.length > 30 ? `, and ${header.length - 30} more` : '');
  return {
    code: 'MISSING_COLUMN',
    message: `there is no column ${JSON.stringify(name)}. The file has: ${names}. Check that this is the right file, and its delimiter.`,
    hint: 'A program corrects columns, or passes ignoreCase: true if only case or spaces differ.',
  };
}

function doubled(name: string, first: number, second: number): HeaderProblem {
  return {
    code: 'DOUBLED_COLUMN',
    message: `the column ${JSON.stringify(name)} is there twice, as field ${first + 1} and ${second + 1}. A row can have only one value of that name. Rename one in the file.`,
    hint: 'A program that reads such files names those it needs with columns, or passes header: [names] and skips the first line with comment.',
  };
}

const isList = (columns: CsvColumns): columns is readonly string[] => Array.isArray(columns);
const same = (name: string): string => name;
const fold = (name: string): string => name.trim().replace(/\s+/g, ' ').toLowerCase();
