import {
  type BoundedWindow,
  ByteReader,
  ByteWriter,
  type KeyEncoder,
  keyEncoder,
  type PrimitiveKey,
  tableKey,
} from '../../model/index.ts';
import type { CellCollection, CollectionSpec } from './collection-spec.ts';
import { KeyGroups } from './key-groups.ts';
import { endOf, readKey, readWholeKey, writeKey, writeKeyValue } from './row-keys.ts';

/** An entry in memory. */
interface Entry<V> {
  readonly of: Entries<V>;
  readonly form: PrimitiveKey;
  readonly key: unknown;
  value: V;
  isStored: boolean;
  isChanged: boolean;
}

/** What one key has in one window. */
interface Entries<V> {
  readonly prefix: Uint8Array;
  readonly held: Map<PrimitiveKey, Entry<V>>;
  /** Whether there may be rows of entries that are not in memory. */
  hasCold: boolean;
  /** Whether there may be rows at all. */
  hasRows: boolean;
}

/**
 * A map for each key and window; with values of nothing, a set.
 *
 * Its keys are equal when their canonical texts are, as those of groupings. Each entry has a row: one is read and written
 * by itself, and a map that is larger than memory is read some entries at a time. Entries have no order.
 */
export class MapCells<V> implements CellCollection {
  readonly #spec: CollectionSpec<V>;
  readonly #maps: KeyGroups<Entries<V>>;
  readonly #keys: KeyEncoder;
  readonly #key = new ByteWriter(256);
  readonly #value = new ByteWriter();
  #changed: Entry<V>[] = [];
  /** Counts writes to the space: a scan reads ahead, and does not see them. */
  #writes = 0;

  constructor(spec: CollectionSpec<V>) {
    this.#spec = spec;
    this.#keys = keyEncoder({ codegen: spec.codegen });
    this.#maps = new KeyGroups(spec, { entry: 210, group: 420 }, (prefix) => {
      const { hasCold } = this.#maps;
      return { prefix, held: new Map(), hasCold, hasRows: hasCold };
    });
  }

  get(window: BoundedWindow, key: unknown, mapKey: unknown): V | undefined {
    return this.#find(window, key, mapKey)?.value;
  }

  has(window: BoundedWindow, key: unknown, mapKey: unknown): boolean {
    return this.#find(window, key, mapKey) !== undefined;
  }

  set(window: BoundedWindow, key: unknown, mapKey: unknown, value: V): void {
    const of = this.#maps.make(window, key);
    const form = tableKey(mapKey, this.#keys.encode);
    let entry = of.held.get(form);
    if (entry === undefined) {
      entry = { of, form, key: mapKey, value, isStored: of.hasCold, isChanged: false };
      this.#hold(entry);
    }
    entry.value = value;
    this.#maps.sizes.sample(value, this.#spec.codec);
    if (entry.isChanged || this.#spec.space === undefined) return;
    entry.isChanged = true;
    this.#changed.push(entry);
  }

  delete(window: BoundedWindow, key: unknown, mapKey: unknown): void {
    const of = this.#maps.make(window, key);
    const form = tableKey(mapKey, this.#keys.encode);
    const entry = of.held.get(form);
    if (entry !== undefined) {
      entry.isChanged = false;
      of.held.delete(form);
      this.#maps.sizes.count -= 1;
    }
    if (entry?.isStored ?? of.hasCold) {
      this.#spec.space?.delete(this.#rowKey(of, form));
      this.#writes += 1;
    }
  }

  /** The entries; they may be changed and deleted meanwhile. One that is added meanwhile may come or not. */
  entries(window: BoundedWindow, key: unknown): Iterable<readonly [unknown, V]> {
    return { [Symbol.iterator]: () => this.#entries(window, key) };
  }

  isEmpty(window: BoundedWindow, key: unknown): boolean {
    for (const _ of this.entries(window, key)) return false;
    return true;
  }

  clear(window: BoundedWindow, key: unknown): void {
    const of = this.#maps.make(window, key);
    if (of.hasRows) this.#spec.space?.deleteRange(of.prefix, endOf(of.prefix));
    this.#writes += 1;
    this.#letGo(of);
    of.hasCold = false;
    of.hasRows = false;
    this.#maps.release(window, key);
  }

  deleteWindow(window: BoundedWindow): void {
    for (const of of this.#maps.deleteWindow(window)) this.#letGo(of);
    this.#writes += 1;
  }

  save(): void {
    const changed = this.#changed;
    this.#changed = [];
    for (const entry of changed) if (entry.isChanged) this.#write(entry);
  }

  bytes(): number {
    return this.#maps.sizes.bytes();
  }

  get canSpill(): boolean {
    return this.#maps.canSpill;
  }

  spill(): void {
    if (this.#spec.space === undefined) return;
    this.save();
    this.#maps.forget();
  }

  #find(window: BoundedWindow, key: unknown, mapKey: unknown): Entry<V> | undefined {
    const of = this.#maps.hasCold ? this.#maps.make(window, key) : this.#maps.find(window, key);
    if (of === undefined) return undefined;
    const form = tableKey(mapKey, this.#keys.encode);
    const held = of.held.get(form);
    if (held !== undefined || !of.hasCold) return held;
    const value = this.#spec.space?.get(this.#rowKey(of, form));
    if (value === undefined) return undefined;
    const entry = this.#read(of, form, value);
    this.#hold(entry);
    return entry;
  }

  *#entries(window: BoundedWindow, key: unknown): Generator<readonly [unknown, V]> {
    const of = this.#maps.find(window, key) ?? (this.#maps.hasCold ? this.#maps.make(window, key) : undefined);
    if (of === undefined) return;
    const forms = new Set(of.held.keys());
    for (const form of forms) {
      const entry = this.#now(window, key, form);
      if (entry !== undefined) yield [entry.key, entry.value];
    }
    if (!of.hasCold || this.#spec.space === undefined) return;
    const writes = this.#writes;
    for (const row of this.#spec.space.scan(of.prefix, endOf(of.prefix))) {
      const form = readKey(new ByteReader(row.key, of.prefix.length));
      if (forms.has(form)) continue;
      const isAsRead = writes === this.#writes && !of.held.has(form);
      const entry = isAsRead ? this.#read(of, form, row.value) : this.#now(window, key, form);
      if (entry !== undefined) yield [entry.key, entry.value];
    }
  }

  /** An entry as it is now, in memory or on disk. */
  #now(window: BoundedWindow, key: unknown, form: PrimitiveKey): Entry<V> | undefined {
    const of = this.#maps.make(window, key);
    const held = of.held.get(form);
    if (held !== undefined || !of.hasCold) return held;
    const value = this.#spec.space?.get(this.#rowKey(of, form));
    return value && this.#read(of, form, value);
  }

  #hold(entry: Entry<V>): void {
    entry.of.held.set(entry.form, entry);
    this.#maps.sizes.count += 1;
  }

  #letGo(of: Entries<V>): void {
    for (const entry of of.held.values()) entry.isChanged = false;
    this.#maps.sizes.count -= of.held.size;
    of.held.clear();
  }

  #read(of: Entries<V>, form: PrimitiveKey, row: Uint8Array): Entry<V> {
    const reader = new ByteReader(row);
    const key = readWholeKey(form, reader);
    return { of, form, key, value: this.#spec.codec.decode(reader), isStored: true, isChanged: false };
  }

  #write(entry: Entry<V>): void {
    const writer = this.#value;
    writer.reset();
    writeKeyValue(entry.form, entry.key, writer);
    this.#spec.codec.encode(entry.value, writer);
    this.#maps.sizes.see(writer.position);
    this.#spec.space?.put(this.#rowKey(entry.of, entry.form), writer.bytes.subarray(0, writer.position));
    this.#writes += 1;
    entry.isChanged = false;
    entry.isStored = true;
    entry.of.hasRows = true;
  }

  /** Good until the next one is made. */
  #rowKey({ prefix }: Entries<V>, form: PrimitiveKey): Uint8Array {
    const key = this.#key;
    key.reset();
    key.writeRaw(prefix);
    writeKey(form, key);
    return key.bytes.subarray(0, key.position);
  }
}
