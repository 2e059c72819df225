/**
 * Prints a coder as the text of two functions, one that writes and one that reads.
 *
 * What is nested is printed in place: a row becomes statements on its fields, its decoder one object literal, so V8 sees
 * neither calls through tables nor objects that change shape. The text that writes checks each value as it goes; the first
 * that it was not printed for sends the whole value to `next.encode`, with the writer as it was.
 */
import type { Coder, CoderParts } from '../coder.ts';

/** How a coder is printed. */
export interface PrintOptions {
  /** Whether an object must have its fields in the order of the row, so that it comes back as it was. */
  readonly inOrder: boolean;
  /** A byte that goes in front of each value. */
  readonly tag?: number | undefined;
}

/** The text of two functions, and the values that it refers to by name. */
export interface PrintedCoder {
  readonly body: string;
  readonly bound: ReadonlyMap<string, unknown>;
}

/** Prints `return { encode, decode }` with `next` left for the caller to bind. */
export function printCoder(coder: Coder<unknown>, { inOrder, tag }: PrintOptions): PrintedCoder {
  const printer = new Printer(inOrder);
  const write = printer.write(coder, 'value');
  const read = printer.read(coder);
  const body = `${printer.helpers.join('\n')}
function encode(value, writer) {
  const start = writer.position;
  attempt: try {
    ${tag === undefined ? '' : `writer.writeByte(${tag});`}
    ${write}
    return;
  } catch {} // a part refused the value: next says so, with the whole path
  writer.position = start;
  next.encode(value, writer);
}
function decode(reader) {
  return ${read};
}
return { encode, decode };`;
  return { body, bound: printer.bound };
}

const MISS = 'break attempt;';

class Printer {
  readonly bound = new Map<string, unknown>([
    ['objectPrototype', Object.prototype],
    ['arrayPrototype', Array.prototype],
  ]);
  readonly helpers: string[] = [];
  private readonly inOrder: boolean;
  private names = 0;

  constructor(inOrder: boolean) {
    this.inOrder = inOrder;
  }

  private fresh(kind: string): string {
    this.names += 1;
    return `${kind}${this.names}`;
  }

  private bind(kind: string, value: unknown): string {
    const name = this.fresh(kind);
    this.bound.set(name, value);
    return name;
  }

  /** Statements that write the value of the local variable `value`. */
  write(coder: Coder<unknown>, value: string): string {
    const { parts } = coder;
    switch (parts?.kind) {
      case undefined:
        return `${this.bind('coder', coder)}.encode(${value}, writer);`;
      case 'leaf':
        return `if (!(${parts.accepts(value)})) ${MISS}\n${parts.write(value)}`;
      case 'perhaps':
        return `if (${value} === ${parts.empty}) writer.writeByte(0);
          else { writer.writeByte(1); ${this.write(parts.inner, value)} }`;
      case 'sequence':
        return this.writeSequence(parts.element, value);
      case 'row':
        return this.writeRow(parts.fields, value);
      default:
        return parts satisfies never;
    }
  }

  private writeSequence(element: Coder<unknown>, value: string): string {
    const [at, item] = [this.fresh('at'), this.fresh('item')];
    const hole = mayBeUndefined(element.parts) ? `if (${item} === undefined && !(${at} in ${value})) ${MISS}` : '';
    return `if (!Array.isArray(${value}) || Object.getPrototypeOf(${value}) !== arrayPrototype) ${MISS}
      writer.writeVarint(${value}.length);
      for (let ${at} = 0; ${at} < ${value}.length; ${at}++) {
        const ${item} = ${value}[${at}];
        ${hole}
        ${this.write(element, item)}
      }`;
  }

  private writeRow(fields: Readonly<Record<string, Coder<unknown>>>, value: string): string {
    const entries = Object.entries(fields);
    const written = entries.map(([name, coder]) => {
      const local = this.fresh('field');
      return `const ${local} = ${value}[${JSON.stringify(name)}];\n${this.write(coder, local)}`;
    });
    return `if (typeof ${value} !== 'object' || ${value} === null || Object.getPrototypeOf(${value}) !== objectPrototype) ${MISS}
      ${this.checkNames(entries, value)}
      ${written.join('\n')}`;
  }

  /** The object must have these fields and no others. */
  private checkNames(entries: readonly (readonly [string, Coder<unknown>])[], value: string): string {
    const [count, name] = [this.fresh('count'), this.fresh('name')];
    const wrongCount = `if (${count} !== ${entries.length}) ${MISS}`;
    if (this.inOrder) {
      const names = this.bind(
        'names',
        entries.map(([field]) => field),
      );
      return `let ${count} = 0;
        for (const ${name} in ${value}) if (${name} !== ${names}[${count}++]) ${MISS}
        ${wrongCount}`;
    }
    // Where each field's own check refuses undefined, the number of fields is enough to know that there are no others.
    if (entries.every(([, { parts }]) => !mayBeUndefined(parts))) {
      return `let ${count} = 0;
        for (const ${name} in ${value}) ${count}++;
        ${wrongCount}`;
    }
    const names = this.bind('names', new Set(entries.map(([field]) => field)));
    // A name like `constructor` is found on every object, so there the field must be the object's own.
    const isOwn = entries.some(([field]) => field in Object.prototype) ? wrongCount : '';
    return `let ${count} = 0;
      for (const ${name} in ${value}) { if (!${names}.has(${name})) ${MISS} ${count}++; }
      ${isOwn}`;
  }

  /** An expression that reads a value. */
  read(coder: Coder<unknown>): string {
    const { parts } = coder;
    switch (parts?.kind) {
      case undefined:
        return `${this.bind('coder', coder)}.decode(reader)`;
      case 'leaf':
        return parts.read;
      case 'perhaps':
        return `(reader.readByte() === 0 ? ${parts.empty} : ${this.read(parts.inner)})`;
      case 'sequence':
        return this.readSequence(parts.element);
      case 'row':
        return this.readRow(parts.fields);
      default:
        return parts satisfies never;
    }
  }

  private readSequence(element: Coder<unknown>): string {
    const name = this.fresh('readItems');
    this.helpers.push(`function ${name}(reader) {
      const count = reader.readVarint();
      const items = [];
      for (let i = 0; i < count; i++) items.push(${this.read(element)});
      return items;
    }`);
    return `${name}(reader)`;
  }

  private readRow(fields: Readonly<Record<string, Coder<unknown>>>): string {
    const printed = Object.entries(fields).map(([name, coder]) => {
      // In brackets `__proto__` is a field like any other; bare it would set the prototype.
      const key = name === '__proto__' ? '["__proto__"]' : JSON.stringify(name);
      return `${key}: ${this.read(coder)}`;
    });
    return `({ ${printed.join(', ')} })`;
  }
}

/** Whether a coder may take undefined; of one without parts that is not known. */
function mayBeUndefined(parts: CoderParts | undefined): boolean {
  return (
    parts === undefined ||
    (parts.kind === 'perhaps' && (parts.empty === undefined || mayBeUndefined(parts.inner.parts)))
  );
}
