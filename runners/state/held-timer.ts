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
  readWholeWindow,
  readWindow,
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
export interface HeldTimer extends SetTimer, TimerName {
  /** Whether it will fire; false once it has fired, was cleared, or was set again. */
  isSet: boolean;
  /** Whether its rows are not what it is. */
  isChanged: boolean;
  /** What its rows say; undefined if it has none. */
  stored: TimerTimes | undefined;
}

/** The order in which timers fire: by time, then as the bytes of their rows. */
export const firesBefore = (a: HeldTimer, b: HeldTimer): boolean =>
  a.timestamp !== b.timestamp ? a.timestamp < b.timestamp : a.owner !== b.owner ? a.owner < b.owner : a.name < b.name;

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

/** Reads the end of a row's key. */
export function readName(key: ByteReader): TimerName {
  const start = key.position;
  readKey(key);
  readWindow(key);
  return { owner: textIn(key.bytes, start, key.position), name: textIn(key.bytes, key.position) };
}

/** Reads what a name stands for; the row's value says of the key and window what the name does not. */
export function readId({ owner, name }: TimerName, value: ByteReader): TimerId {
  const ownerReader = new ByteReader(bytesOf(owner));
  const form = readKey(ownerReader);
  const window = readWholeWindow(ownerReader, value);
  const key = readWholeKey(form, value);
  const nameReader = new ByteReader(bytesOf(name));
  const family = nameReader.readString();
  return { key, window, family, tag: nameReader.readString() };
}

/** Writes what {@link readId} reads from a row's value. */
export function writeIdValue({ owner, key, window }: HeldTimer, writer: ByteWriter): void {
  writeWindowValue(window, writer);
  writeKeyValue(readKey(new ByteReader(bytesOf(owner))), key, writer);
}

const textOf = (writer: ByteWriter): string => textIn(writer.bytes, 0, writer.position);

/** Bytes as a string of as many characters. */
export const textIn = (bytes: Uint8Array, start: number, end: number = bytes.length): string =>
  Buffer.isBuffer(bytes)
    ? bytes.toString('latin1', start, end)
    : Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');

/** The bytes of such a string. */
export const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'latin1');
