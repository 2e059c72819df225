import { sortNames } from '../key-text.ts';
import { describeKind, isIterableData, isPlainObject } from '../plain-data.ts';
import { ByteWriter } from './byte-writer.ts';
import { isNodeBuffer } from './node-buffer.ts';
import { RefusedValue, within } from './refused-value.ts';
import { MAX_DEPTH, TAG, TYPED_ARRAYS } from './structural-tags.ts';

/** Where a walk writes to, and in which of the two forms. */
interface Walk {
  readonly writer: ByteWriter;
  /**
   * Whether values that are equal as keys get equal bytes: fields are sorted by name and undefined ones left out, members of
   * Maps and Sets sorted by their bytes; `-0`, holes, Buffers and objects without prototype become what they are equal to.
   */
  readonly isCanonical: boolean;
}

/**
 * Writes any plain data, each value behind a byte that says its kind.
 *
 * @throws RefusedValue, with the path of the part, for what has no bytes: functions, promises, symbols, instances of
 * classes, values that refer to themselves.
 */
export function encodeStructural(value: unknown, writer: ByteWriter, isCanonical: boolean): void {
  writeAny(value, { writer, isCanonical }, 0);
}

function writeAny(value: unknown, walk: Walk, depth: number): void {
  const { writer } = walk;
  switch (typeof value) {
    case 'string':
      writer.writeByte(TAG.string);
      writer.writeString(value);
      return;
    case 'number':
      writer.writeByte(TAG.number);
      writer.writeNumber(walk.isCanonical ? value + 0 : value); // -0 + 0 is 0
      return;
    case 'boolean':
      writer.writeByte(value ? TAG.true : TAG.false);
      return;
    case 'bigint':
      writer.writeByte(TAG.bigint);
      writer.writeBigint(value);
      return;
    case 'undefined':
      writer.writeByte(TAG.undefined);
      return;
    case 'object':
      if (value === null) writer.writeByte(TAG.null);
      else writeObject(value, walk, depth + 1);
      return;
    default:
      throw refused(value);
  }
}

/** The casts are what its prototype says. */
function writeObject(value: object, walk: Walk, depth: number): void {
  if (depth > MAX_DEPTH) throw tooDeep();
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype) writeFields(TAG.object, value, walk, depth);
  else if (prototype === Array.prototype && Array.isArray(value)) writeArray(value, walk, depth);
  else if (prototype === null) writeFields(walk.isCanonical ? TAG.object : TAG.nullObject, value, walk, depth);
  else if (prototype === Date.prototype) writeDate(value as Date, walk);
  else if (prototype === Map.prototype) writeMap(value as ReadonlyMap<unknown, unknown>, walk, depth);
  else if (prototype === Set.prototype) writeSet(value as ReadonlySet<unknown>, walk, depth);
  else if (isIterableData(value)) writeArray([...value], walk, depth);
  else if (!writeBinary(value, prototype, walk)) writeForeign(value, walk, depth);
}

/** Literals of another realm have that realm's prototypes. */
function writeForeign(value: object, walk: Walk, depth: number): void {
  const prototype = Object.getPrototypeOf(value) as object; // null is dealt with before
  if (Array.isArray(value) && isPlainObject(prototype)) writeArray(value, walk, depth);
  else if (isPlainObject(value)) writeFields(TAG.object, value, walk, depth);
  else throw refused(value);
}

function writeFields(tag: number, value: object, walk: Walk, depth: number): void {
  const { writer } = walk;
  const names = walk.isCanonical ? canonicalNames(value) : Object.keys(value);
  writer.writeByte(tag);
  writer.writeVarint(names.length);
  let at = '';
  try {
    for (const name of names) {
      at = name;
      writer.writeString(name);
      writeAny((value as Record<string, unknown>)[name], walk, depth); // any object may be read by name
    }
  } catch (error) {
    throw within(`.${at}`, error);
  }
}

const canonicalNames = (value: object): string[] =>
  sortNames(Object.keys(value).filter((name) => (value as Record<string, unknown>)[name] !== undefined)); // as above

function writeArray(values: readonly unknown[], walk: Walk, depth: number): void {
  const { writer } = walk;
  writer.writeByte(TAG.array);
  writer.writeVarint(values.length);
  let at = 0;
  try {
    for (; at < values.length; at++) {
      const value = values[at];
      if (value === undefined && !walk.isCanonical && !(at in values)) writer.writeByte(TAG.hole);
      else writeAny(value, walk, depth);
    }
  } catch (error) {
    throw within(`[${at}]`, error);
  }
}

function writeDate(value: Date, { writer }: Walk): void {
  writer.writeByte(TAG.date);
  writer.writeFloat64(value.getTime());
}

function writeMap(map: ReadonlyMap<unknown, unknown>, walk: Walk, depth: number): void {
  walk.writer.writeByte(TAG.map);
  writeMembers([...map], walk, ([key, value], part) => {
    at('.keys()', () => writeAny(key, part, depth));
    at('.values()', () => writeAny(value, part, depth));
  });
}

function writeSet(set: ReadonlySet<unknown>, walk: Walk, depth: number): void {
  walk.writer.writeByte(TAG.set);
  writeMembers([...set], walk, (member, part) => at('.values()', () => writeAny(member, part, depth)));
}

function writeMembers<T>(members: readonly T[], walk: Walk, write: (member: T, walk: Walk) => void): void {
  walk.writer.writeVarint(members.length);
  if (!walk.isCanonical) {
    for (const member of members) write(member, walk);
    return;
  }
  const written = members.map((member) => {
    const writer = new ByteWriter(64);
    write(member, { ...walk, writer });
    return writer.toBytes();
  });
  for (const bytes of written.sort(compareBytes)) walk.writer.writeRaw(bytes);
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] as number) - (b[i] as number); // below both lengths
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Writes views on memory and memory itself; false if the value is neither. */
function writeBinary(value: object, prototype: unknown, { writer, isCanonical }: Walk): boolean {
  if (value instanceof Uint8Array) {
    const isBuffer = isNodeBuffer(value);
    if (prototype !== Uint8Array.prototype && !isBuffer) return false;
    writer.writeByte(isBuffer && !isCanonical ? TAG.buffer : TAG.bytes);
    writer.writeBytes(value);
    return true;
  }
  if (prototype === ArrayBuffer.prototype) {
    writer.writeByte(TAG.arrayBuffer);
    writer.writeBytes(new Uint8Array(value as ArrayBuffer)); // as its prototype says
    return true;
  }
  const kind = TYPED_ARRAYS.findIndex((constructor) => constructor.prototype === prototype);
  if (kind === -1) return false;
  const isFloat = value instanceof Float64Array || value instanceof Float32Array;
  const { buffer, byteOffset, byteLength } =
    isCanonical && isFloat ? value.map(canonicalNumber) : (value as ArrayBufferView);
  writer.writeByte(TAG.typedArray);
  writer.writeByte(kind);
  writer.writeBytes(new Uint8Array(buffer, byteOffset, byteLength));
  return true;
}

/** Zero without sign, and the one NaN that the constant has. */
const canonicalNumber = (value: number): number => (Number.isNaN(value) ? Number.NaN : value + 0);

function at(segment: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw within(segment, error);
  }
}

const refused = (value: unknown): RefusedValue =>
  new RefusedValue(
    'structural',
    `is ${describeKind(value)}`,
    'Only plain data can leave memory and come back as it was. Turn it into plain fields in a step before, or give the collection a coder of its own.',
  );

const tooDeep = (): RefusedValue =>
  new RefusedValue(
    'structural',
    `refers to itself, or is nested deeper than ${MAX_DEPTH} levels`,
    'Such a value has no end to write. Refer to other elements by an id, or flatten the value.',
  );
