import { Buffer } from 'node:buffer';
import {
  type BoundedWindow,
  ByteReader,
  ByteWriter,
  type KeyEncoder,
  keyEncoder,
  tableKey,
  type Timestamp,
} from '../../model/index.ts';
import {
  readKey,
  readWholeKey,
  readWindow,
  readWindowValue,
  writeKey,
  writeKeyValue,
  writeWindow,
  writeWindowValue,
} from './row-keys.ts';

/** Which timer: the latest `set` of the same one counts. */
export interface TimerId {
  readonly key: unknown;
  readonly window: BoundedWindow;
  readonly family: string;
  readonly tag: string;
}

/** A timer that will fire. */
export interface SetTimer extends TimerId {
  readonly timestamp: Timestamp;
  /** The event time of what it gives out; it holds the watermark until it has fired. */
  readonly outputTimestamp: Timestamp;
}

/** When a timer fires, and what it holds. */
export interface TimerTimes {
  readonly timestamp: Timestamp;
  readonly outputTimestamp: Timestamp;
}

/** Which timer, as bytes in strings, one character each: they compare as the bytes do. */
export interface TimerName {
  /** Its key and window. */
  readonly owner: string;
  /** Its family and tag. */
  readonly name: string;
}

/** A timer in memory, set or cleared. */
export interface HeldTimer extends StoredTimer {
  /** Whether it will fire; false once it has fired, was cleared, or was set again. */
  isSet: boolean;
  /** Whether the log does not say yet what it is. */
  isChanged: boolean;
  /** Whether the log says anything of it. */
  isLogged: boolean;
  /**
   * What sorted runs have under its name, which counts no more: what was seen of it, or that there may be something;
   * undefined if there is nothing.
   */
  below: TimerTimes | typeof UNSEEN | undefined;
}

/** A timer with its name. */
export type StoredTimer = SetTimer & TimerName;

/** There may be something, and nothing of it was read. */
export const UNSEEN: unique symbol = Symbol('unseen');

/** The order in which timers fire: by time, then by the bytes of their names. */
export const firesBefore = (a: FiringOrder, b: FiringOrder): boolean =>
  a.timestamp !== b.timestamp ? a.timestamp < b.timestamp : a.owner !== b.owner ? a.owner < b.owner : a.name < b.name;

/** What the order of timers looks at. */
export type FiringOrder = TimerName & Pick<TimerTimes, 'timestamp'>;

/** The same order, for sorting. */
export const inOrder = (a: FiringOrder, b: FiringOrder): number =>
  a.timestamp !== b.timestamp ? a.timestamp - b.timestamp : firesBefore(a, b) ? -1 : 1;

/** Writes who a timer belongs to and what it is called, and remembers the last. */
export class TimerNames {
  readonly #keys: KeyEncoder;
  readonly #writer = new ByteWriter(256);
  /** There are few families, and often no tags: each name is kept once. */
  readonly #names = new Map<string, Map<string, string>>();
  #last: { readonly key: unknown; readonly window: BoundedWindow; readonly owner: string } | undefined;

  constructor(codegen: boolean) {
    this.#keys = keyEncoder({ codegen });
  }

  ownerOf(key: unknown, window: BoundedWindow): string {
    const last = this.#last;
    if (last !== undefined && last.key === key && last.window === window) return last.owner;
    this.#writer.reset();
    writeKey(tableKey(key, this.#keys.encode), this.#writer);
    writeWindow(window, this.#writer);
    const owner = textOf(this.#writer);
    this.#last = { key, window, owner };
    return owner;
  }

  nameOf(family: string, tag: string): string {
    let tags = this.#names.get(family);
    if (tags === undefined) {
      tags = new Map();
      this.#names.set(family, tags);
    }
    const known = tags.get(tag);
    if (known !== undefined) return known;
    this.#writer.reset();
    this.#writer.writeString(family);
    this.#writer.writeString(tag);
    const name = textOf(this.#writer);
    // Tags may be without end.
    if (tags.size < MOST_TAGS) tags.set(tag, name);
    return name;
  }
}

const MOST_TAGS = 64;

/** Writes a timer as {@link readTimer} reads it: its times, its name, and what the name does not say of key and window. */
export function writeTimer(timer: StoredTimer, writer: ByteWriter): void {
  writer.writeFloat64(timer.timestamp);
  writer.writeFloat64(timer.outputTimestamp);
  const { position } = writer;
  writeText(timer.owner, writer);
  writeText(timer.name, writer);
  writeWindowValue(timer.window, writer);
  form.reset(writer.bytes, position, writer.position);
  writeKeyValue(readKey(form), timer.key, writer);
}

const form = new ByteReader(new Uint8Array(0));

export function readTimer(reader: ByteReader): StoredTimer {
  const timestamp = reader.readFloat64();
  const outputTimestamp = reader.readFloat64();
  const ownerAt = reader.position;
  const keyForm = readKey(reader);
  const plainWindow = readWindow(reader);
  const nameAt = reader.position;
  const family = reader.readString();
  const tag = reader.readString();
  const name = textIn(reader.bytes, nameAt, reader.position);
  const owner = textIn(reader.bytes, ownerAt, nameAt);
  const window = plainWindow ?? readWindowValue(reader);
  const key = readWholeKey(keyForm, reader);
  return { key, window, family, tag, timestamp, outputTimestamp, owner, name };
}

/** The name of a timer, where {@link writeTimer} has written it; the reader is behind it then. */
export function readName(reader: ByteReader): TimerName {
  const ownerAt = reader.position;
  readKey(reader);
  readWindow(reader);
  const nameAt = reader.position;
  reader.readString();
  reader.readString();
  return {
    owner: textIn(reader.bytes, ownerAt, nameAt),
    name: textIn(reader.bytes, nameAt, reader.position),
  };
}

/** A number of 32 bits for a name: timers that are the same have the same one. */
export function hashOf({ owner, name }: TimerName): number {
  let hash = 0;
  for (let i = 0; i < owner.length; i++) hash = Math.imul(hash ^ owner.charCodeAt(i), 0x01000193);
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  // Its lowest bits are to depend on all of it.
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** Writes the bytes that a string stands for. */
function writeText(text: string, writer: ByteWriter): void {
  const { length } = text;
  writer.reserve(length);
  const { bytes, position } = writer;
  for (let i = 0; i < length; i++) bytes[position + i] = text.charCodeAt(i);
  writer.position = position + length;
}

const textOf = (writer: ByteWriter): string => textIn(writer.bytes, 0, writer.position);

/** Bytes as a string of as many characters. */
const textIn = (bytes: Uint8Array, start: number, end: number = bytes.length): string =>
  Buffer.isBuffer(bytes)
    ? bytes.toString('latin1', start, end)
    : Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
