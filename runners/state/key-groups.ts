import {
  type BoundedWindow,
  ByteReader,
  ByteWriter,
  type KeyEncoder,
  keyEncoder,
  type PrimitiveKey,
  type StateSpace,
  tableKey,
  windowKey,
} from '../../model/index.ts';
import type { CollectionSpec } from './collection-spec.ts';
import { type HeldCosts, HeldSizes, LEAST_TO_SPILL } from './held-sizes.ts';
import { endOf, readTimestamp, writeKey, writeTimestamp, writeWindow } from './row-keys.ts';

/** What all keys of a window begin with, and what is in memory of them. */
interface WindowGroups<G> {
  readonly prefix: Uint8Array;
  readonly groups: Map<PrimitiveKey, G>;
}

/** What a collection has in memory, by window, then key, and about how much that takes. */
export class KeyGroups<G> {
  /** Its groups are counted here; whoever fills them counts their entries. */
  readonly sizes: HeldSizes;
  readonly #space: StateSpace | undefined;
  readonly #keys: KeyEncoder;
  readonly #create: (prefix: Uint8Array) => G;
  #hasCold: boolean;
  readonly #windows = new Map<string, WindowGroups<G>>();
  readonly #writer = new ByteWriter(256);
  #last: { readonly window: BoundedWindow; readonly groups: WindowGroups<G> } | undefined;

  /** `create` makes what a key has in memory, from what its rows begin with. */
  constructor(
    { space, codegen }: Pick<CollectionSpec<unknown>, 'space' | 'codegen'>,
    costs: Required<HeldCosts>,
    create: (prefix: Uint8Array) => G,
  ) {
    this.#space = space;
    this.#keys = keyEncoder({ codegen });
    this.#create = create;
    this.sizes = new HeldSizes(costs);
    this.#hasCold = !isEmpty(space);
  }

  /** Whether there may be rows that are not in memory. */
  get hasCold(): boolean {
    return this.#hasCold;
  }

  get canSpill(): boolean {
    return this.#space !== undefined && this.sizes.bytes() >= LEAST_TO_SPILL;
  }

  find(window: BoundedWindow, key: unknown): G | undefined {
    return this.#ofWindow(window)?.groups.get(tableKey(key, this.#keys.encode));
  }

  /** What is in memory of a key, made if there is nothing. */
  make(window: BoundedWindow, key: unknown): G {
    const of = this.#ofWindow(window) ?? this.#addWindow(window);
    const form = tableKey(key, this.#keys.encode);
    let group = of.groups.get(form);
    if (group === undefined) {
      group = this.#create(this.#prefixOf(of, form));
      of.groups.set(form, group);
      this.sizes.groups += 1;
    }
    return group;
  }

  /** Lets go of a key that has nothing any more. That it has no rows is worth keeping where some do: none is looked for. */
  release(window: BoundedWindow, key: unknown): void {
    if (this.#hasCold) return;
    const isGone = this.#ofWindow(window)?.groups.delete(tableKey(key, this.#keys.encode));
    if (isGone === true) this.sizes.groups -= 1;
  }

  /** Takes a window away, with all its rows; gives what was in memory. */
  deleteWindow(window: BoundedWindow): Iterable<G> {
    const of = this.#ofWindow(window);
    const prefix = of?.prefix ?? this.#windowPrefix(window);
    this.#space?.deleteRange(prefix, endOf(prefix));
    this.#windows.delete(windowKey(window));
    this.#last = undefined;
    if (of === undefined) return [];
    this.sizes.groups -= of.groups.size;
    return of.groups.values();
  }

  /** Gives all memory back; what is not to be lost has been written before. */
  forget(): void {
    this.#windows.clear();
    this.#last = undefined;
    this.sizes.clear();
    this.#hasCold = true;
  }

  #ofWindow(window: BoundedWindow): WindowGroups<G> | undefined {
    if (this.#last?.window === window) return this.#last.groups;
    const groups = this.#windows.get(windowKey(window));
    if (groups !== undefined) this.#last = { window, groups };
    return groups;
  }

  #addWindow(window: BoundedWindow): WindowGroups<G> {
    const groups = { prefix: this.#windowPrefix(window), groups: new Map<PrimitiveKey, G>() };
    this.#windows.set(windowKey(window), groups);
    this.#last = { window, groups };
    return groups;
  }

  #windowPrefix(window: BoundedWindow): Uint8Array {
    this.#writer.reset();
    writeWindow(window, this.#writer);
    return this.#writer.toBytes();
  }

  #prefixOf({ prefix }: WindowGroups<G>, form: PrimitiveKey): Uint8Array {
    this.#writer.reset();
    this.#writer.writeRaw(prefix);
    writeKey(form, this.#writer);
    return this.#writer.toBytes();
  }
}

/** No window begins with this byte. */
const COUNTER = Uint8Array.of(255);

/** Numbers rows in the order in which they were made, across restarts. */
export class RowCounter {
  readonly #space: StateSpace | undefined;
  #saved: number;
  #next: number;

  constructor(space: StateSpace | undefined) {
    this.#space = space;
    const saved = space?.get(COUNTER);
    this.#saved = saved === undefined ? 0 : readTimestamp(new ByteReader(saved));
    this.#next = this.#saved;
  }

  /** The number that comes next: rows that are there have lower ones. */
  get upcoming(): number {
    return this.#next;
  }

  take(): number {
    this.#next += 1;
    return this.#next - 1;
  }

  save(): void {
    if (this.#next === this.#saved) return;
    const writer = new ByteWriter(64);
    writeTimestamp(this.#next, writer);
    this.#space?.put(COUNTER, writer.toBytes());
    this.#saved = this.#next;
  }
}

function isEmpty(space: StateSpace | undefined): boolean {
  for (const _ of space?.scan() ?? []) return false;
  return true;
}
