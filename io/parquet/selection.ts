import { ConnectorError, PipelineError } from '../../model/index.ts';
import type { InputFile } from '../files/index.ts';
import { type ColumnType, fieldsOf, type ParquetSchema, typeText } from './column.ts';
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
  const columnsOfFile = new FileColumns(file, schema, columns);
  const names = columns === undefined ? columnsOfFile.names : namesOf(columns);
  const rowColumns = names.map((name) => columnsOfFile.rowColumn(name));
  const conditions: (Condition & { readonly at: number })[] = [];
  let isExcluded = false;
  for (const condition of filter) {
    const found = columnsOfFile.find(condition.column);
    const made = conditionOn(found.type, condition);
    if (found.kind === 'stored') conditions.push({ ...made, at: columnsOfFile.store(found.column) });
    else isExcluded ||= !made.matches(found.value);
  }
  return { stored: columnsOfFile.stored, columns: rowColumns, conditions, isExcluded };
}

type Found =
  | { readonly kind: 'stored'; readonly type: ColumnType; readonly column: FileColumn }
  | { readonly kind: 'partition'; readonly type: ColumnType; readonly value: PartitionValue };

/** The columns of a file and of its path, by name, and those of the file that are needed. */
class FileColumns {
  readonly stored: FileColumn[] = [];
  readonly #file: InputFile;
  readonly #inFile: ReadonlyMap<string, FileColumn>;
  readonly #inPath: ReadonlyMap<string, string | null>;
  readonly #declared: ReadonlyMap<string, ColumnType>;

  constructor(file: InputFile, schema: FileSchema, columns: Wanted['columns']) {
    this.#file = file;
    this.#inFile = new Map(schema.columns.map((column) => [column.name, column]));
    if (this.#inFile.size < schema.columns.length) throw doubled(file, schema);
    this.#inPath = partitionValues(file);
    this.#declared = new Map(columns === undefined || isNames(columns) ? [] : Object.entries(columns));
  }

  get names(): readonly string[] {
    return [...new Set([...this.#inFile.keys(), ...this.#inPath.keys()])];
  }

  find(name: string): Found {
    const column = this.#inFile.get(name);
    if (column !== undefined) return { kind: 'stored', type: column.type, column };
    const text = this.#inPath.get(name);
    if (text === undefined) throw missing(this.#file, name, this.names);
    const type = this.#declared.get(name);
    const value = typedPartition(this.#file.path, { name, text, type });
    return { kind: 'partition', type: type ?? { kind: 'string', nullable: true }, value };
  }

  rowColumn(name: string): RowColumn {
    const found = this.find(name);
    if (found.kind === 'partition') return { kind: 'partition', name, value: found.value };
    const type = this.#declared.get(name);
    if (type !== undefined && !isReadableAs(found.type, type)) {
      throw otherType(this.#file, name, { found: found.type, type });
    }
    return { kind: 'stored', name, at: this.store(found.column) };
  }

  /** Notes that a column of the file is needed; returns its place among these. */
  store(column: FileColumn): number {
    const at = this.stored.indexOf(column);
    return at >= 0 ? at : this.stored.push(column) - 1;
  }
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
  fieldsOf(columns);
  for (const condition of filter) {
    const type = columns[condition.column];
    if (type !== undefined && Object.hasOwn(columns, condition.column)) conditionOn(type, condition);
  }
}

function doubled({ path }: InputFile, { columns }: FileSchema): ConnectorError {
  const names = columns.map(({ name }) => name);
  const name = names.find((one, at) => names.indexOf(one) !== at) ?? '';
  return new ConnectorError(
    path,
    `there are two columns ${JSON.stringify(name)}. A row has one value of each name, so the other would be lost. Write the file with names that differ.`,
  );
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
    `the column ${JSON.stringify(name)} is ${typeText(found)}, but ${typeText(type)} was declared. Values would have another form than the program expects. Write the file with that type.`,
    { hint: 'A program declares what the file has, or leaves the types out.' },
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
