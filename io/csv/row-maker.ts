import { compileFunction } from '../../model/index.ts';
import type { Selection } from './header.ts';
import type { Fields } from './record-scanner.ts';

/** Makes a row of the first `count` of `fields`, which are reused for the next record. */
export type RowMaker<T> = (fields: Fields, count: number, line: number) => T;

/** A row by name. */
export type NamedRow = Record<string, string | null>;

/** Objects with more columns are dictionaries to V8 whatever makes them. */
const WIDEST_COMPILED = 1000;

/**
 * A function that makes an object of a record.
 *
 * It is one object literal per header, compiled, so that all rows of a file have one shape. Where code may not be made
 * from text, properties are added one by one in the same order, which gives the same objects more slowly. Names come from
 * data: `__proto__` becomes an own property like any other.
 */
export function objectMaker(selection: Selection, codegen: boolean): RowMaker<NamedRow> {
  const isCompiled = codegen && selection.names.length <= WIDEST_COMPILED;
  return (isCompiled ? compiled(selection) : undefined) ?? interpreted(selection);
}

function compiled({ names, indexes }: Selection): RowMaker<NamedRow> | undefined {
  const properties = names.map((name, i) => {
    // A computed `__proto__` is an own property; written plainly it would set the prototype.
    const key = name === '__proto__' ? "['__proto__']" : JSON.stringify(name);
    return `${key}: fields[${indexes[i]}]`;
  });
  // The text is an object literal over `fields`, which is what the type says.
  return compileFunction(['fields'], `return { ${properties.join(', ')} };`) as RowMaker<NamedRow> | undefined;
}

function interpreted({ names, indexes }: Selection): RowMaker<NamedRow> {
  return (fields) => {
    const row: NamedRow = {};
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string; // within the array, as below
      const value = fields[indexes[i] as number] as string | null;
      if (name === '__proto__') {
        Object.defineProperty(row, name, { value, enumerable: true, configurable: true, writable: true });
      } else {
        row[name] = value;
      }
    }
    return row;
  };
}
