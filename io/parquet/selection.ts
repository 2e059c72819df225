import { ConnectorError, PipelineError } from '../../model/index.ts';
import type { InputFile } from '../files/index.ts';
import { type ColumnType, type ParquetSchema, typeText } from './column.ts';
import { type Condition, conditionOn, type ParquetCondition } from './filter.ts';
import type { FileColumn, FileSchema } from './file-schema.ts';
import { oneLine } from './footer.ts';
import { partitionValues, type PartitionValue, typedPartition } from './partition.ts';

/** What a reader was asked for. */
export interface Wanted {
  readonly columns?: readonly string[] | ParquetSchema | undefined;
  readonly filter?: readonly ParquetCondition[] | undefined;
}

/** A column of the rows: in the file, or the same value for all of its rows, from the file's path. */
export type RowColumn =
  | { readonly kind: 'stored'; readonly name: string; readonly at: number }
  | { readonly kind: 'partition'; readonly name: string; readonly value: PartitionValue };

/** What is read of one file. */
export interface Selection {
  /** The columns of the file that rows or conditions need. */
  readonly stored: readonly FileColumn[];
  readonly columns: readonly RowColumn[];
  /** Conditions on columns of the file; `at` is an index into `stored`. */
  readonly conditions: readonly (Condition & { readonly at: number })[];
  /** Whether the file's path says that no row of it matches. */
  readonly isExcluded: boolean;
}

/**
 * Finds in one file, and in its path, what was asked for. A column that is in both is taken from the file.
 *
 * @throws ConnectorError for a column that is in neither, or has another type than declared; PipelineError for conditions
 * that can't be decided.
 */
export function select(file: InputFile, schema: FileSchema, { columns, filter = [] }: Wanted): Selection {
  const inFile = new Map(schema.columns.map((column) => [column.name, column]));
  const inPath = partitionValues(file);
  const declared = new Map(columns === undefined || isNames(columns) ? [] : Object.entries(columns));
  const stored: FileColumn[] = [];
  const store = (column: FileColumn): number => {
    const at = stored.indexOf(column);
    return at >= 0 ? at : stored.push(column) - 1;
  };
  const find = (name: string): { readonly type: ColumnType; readonly column: FileColumn } | PartitionValue => {
    const column = inFile.get(name);
    if (column !== undefined) return { type: column.type, column };
    const text = inPath.get(name);
    if (text === undefined) throw missing(file, name, [...inFile.keys(), ...inPath.keys()]);
    return typedPartition(file.path, { name, text, type: declared.get(name) });
  };
  const names = columns === undefined ? [...new Set([...inFile.keys(), ...inPath.keys()])] : namesOf(columns);
  const rowColumns = names.map((name): RowColumn => {
    const found = find(name);
    if (found === null || typeof found !== 'object') return { kind: 'partition', name, value: found };
    const type = declared.get(name);
    if (type !== undefined && !isReadableAs(found.type, type)) throw otherType(file, name, { found: found.type, type });
    return { kind: 'stored', name, at: store(found.column) };
  });
  const conditions: (Condition & { readonly at: number })[] = [];
  let isExcluded = false;
  for (const condition of filter) {
    const found = find(condition.column);
    if (found !== null && typeof found === 'object') {
      conditions.push({ ...conditionOn(found.type, condition), at: store(found.column) });
    } else {
      const type = declared.get(condition.column) ?? { kind: 'string', nullable: true };
      isExcluded ||= !conditionOn(type, condition).matches(found);
    }
  }
  return { stored, columns: rowColumns, conditions, isExcluded };
}

const isNames = (columns: readonly string[] | ParquetSchema): columns is readonly string[] => Array.isArray(columns);
const namesOf = (columns: readonly string[] | ParquetSchema): readonly string[] =>
  isNames(columns) ? columns : Object.keys(columns);

/** @throws PipelineError for what can be seen before any file is. */
export function checkWanted({ columns, filter = [] }: Wanted): void {
  if (columns !== undefined) {
    const names = namesOf(columns);
    const doubled = names.find((name, at) => names.indexOf(name) !== at);
    if (names.length === 0 || doubled !== undefined) {
      const what = doubled === undefined ? 'columns is empty' : `columns names ${doubled} twice`;
      throw new PipelineError(
        undefined,
        `readParquet: ${what}. Rows have each column once. Name each column you need.`,
      );
    }
  }
  if (columns === undefined || isNames(columns)) return;
  for (const condition of filter) {
    const type = columns[condition.column];
    if (type !== undefined && Object.hasOwn(columns, condition.column)) conditionOn(type, condition);
  }
}

function missing({ path }: InputFile, name: string, known: readonly string[]): ConnectorError {
  const shown = oneLine(known.slice(0, 30).join(', ')) + (known.length > 30 ? ', ...' : '');
  return new ConnectorError(
    path,
    `there is no column ${JSON.stringify(name)}; there are ${shown}. Its values would be missing in each row. Correct the name, or read this file on its own.`,
  );
}

function otherType(
  { path }: InputFile,
  name: string,
  { found, type }: { found: ColumnType; type: ColumnType },
): ConnectorError {
  return new ConnectorError(
    path,
    `the column ${JSON.stringify(name)} is ${typeText(found)}, but ${typeText(type)} was declared. Values would have another form than the program expects. Declare what the file has, or leave the types out.`,
  );
}

/** Whether values of the file's type have the form of the declared one: the same type, or no nulls where some are allowed. */
function isReadableAs(found: ColumnType, declared: ColumnType): boolean {
  if (found.kind !== declared.kind || (found.nullable && !declared.nullable)) return false;
  if (found.kind === 'decimal' && declared.kind === 'decimal') return found.scale === declared.scale;
  if (found.kind === 'list' && declared.kind === 'list') return isReadableAs(found.element, declared.element);
  if (found.kind === 'map' && declared.kind === 'map') {
    return isReadableAs(found.key, declared.key) && isReadableAs(found.value, declared.value);
  }
  if (found.kind === 'struct' && declared.kind === 'struct') {
    return (
      found.fields.length === declared.fields.length &&
      found.fields.every(({ name, type }) => {
        const same = declared.fields.find((field) => field.name === name);
        return same !== undefined && isReadableAs(type, same.type);
      })
    );
  }
  return true;
}
