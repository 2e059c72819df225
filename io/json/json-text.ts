import { showValue } from '../../model/index.ts';

/** How deep values may be nested; one that contains itself has no end. */
const MAX_DEPTH = 500;

/**
 * The JSON text of a value, with nothing lost in silence as JSON.stringify does it.
 *
 * A Date is its ISO text, a bigint its digits, bytes are base64. Fields that are undefined are left out. NaN, Infinity,
 * functions, symbols, Maps, Sets and undefined elsewhere have no form in JSON.
 *
 * @throws TypeError that names the field of what has no form.
 */
export function jsonText(value: unknown): string {
  // What needs no conversion goes to JSON.stringify as it is, which is much faster without a replacer.
  return JSON.stringify(needsConversion(value, '', 0) ? converted(value) : value);
}

/** Checks a value; tells whether it has something in it that JSON.stringify alone would refuse or write otherwise. */
function needsConversion(value: unknown, path: string, depth: number): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return false;
    case 'number':
      if (Number.isFinite(value)) return false;
      throw noForm(value, path, 'Replace it, with null where that is meant.');
    case 'bigint':
      return true;
    case 'object':
      return value !== null && objectNeedsConversion(value, path, depth);
    default:
      throw noForm(value, path, 'Leave it out, or replace it.');
  }
}

function objectNeedsConversion(value: object, path: string, depth: number): boolean {
  if (depth === MAX_DEPTH) {
    throw new TypeError(
      `${named(path)} is nested deeper than ${MAX_DEPTH} levels, or contains itself. It has no JSON text. Write a flat part of it.`,
    );
  }
  if (Array.isArray(value)) {
    let needs = false;
    for (let index = 0; index < value.length; index += 1) {
      needs = needsConversion(value[index], `${path}[${index}]`, depth + 1) || needs;
    }
    return needs;
  }
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw noForm(value, path, 'Replace it, with null where that is meant.');
    return false;
  }
  if (value instanceof Uint8Array) return true;
  // What converts itself is checked as what it becomes.
  const own = value as { readonly toJSON?: unknown };
  if (typeof own.toJSON === 'function') {
    needsConversion(own.toJSON(''), path, depth + 1);
    return true;
  }
  if (hasNoFields(value)) throw noForm(value, path, 'Make it an object or an array first.');
  return fieldsNeedConversion(value, path, depth);
}

function fieldsNeedConversion(value: object, path: string, depth: number): boolean {
  let needs = false;
  for (const name of Object.keys(value)) {
    const field = (value as Readonly<Record<string, unknown>>)[name];
    if (field !== undefined) needs = needsConversion(field, path === '' ? name : `${path}.${name}`, depth + 1) || needs;
  }
  return needs;
}

/** Things whose content is not in fields, so that {} would be written. */
const hasNoFields = (value: object): boolean =>
  value instanceof Map ||
  value instanceof Set ||
  value instanceof RegExp ||
  value instanceof Error ||
  value instanceof Promise ||
  ArrayBuffer.isView(value) ||
  value instanceof ArrayBuffer;

// Part of the language, and not yet of the compiler's library: text that JSON.stringify writes as it is.
const { rawJSON } = JSON as unknown as { readonly rawJSON: (text: string) => unknown };

function converted(value: unknown): unknown {
  if (typeof value === 'bigint') return rawJSON(String(value));
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.length).toString('base64');
  if (Array.isArray(value)) return value.map(converted);
  const own = value as { readonly toJSON?: unknown };
  if (typeof own.toJSON === 'function') return converted(own.toJSON(''));
  // fromEntries makes a field of its own of any name, __proto__ too.
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, converted(field)]));
}

const named = (path: string): string => (path === '' ? 'the element' : `the field ${path}`);

const noForm = (value: unknown, path: string, fix: string): TypeError => {
  const shown = typeof value === 'object' && value !== null ? `a ${value.constructor.name}` : showValue(value);
  return new TypeError(
    `${named(path)} is ${shown}, which has no form in JSON. null or {} would be read back instead. ${fix}`,
  );
};
