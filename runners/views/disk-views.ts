import type { Multimap, PCollectionView } from '../../model/index.ts';
import type { Pair } from '../shuffle/index.ts';
import { DiskIndex, type DiskIndexSpec } from './disk-index.ts';
import type { DiskValues } from './disk-values.ts';
import { noSingleton, repeatedKey } from './memory-views.ts';

/** What a function that reads a side input sees of elements that lie on disk. */
export function diskViewOf(
  what: string,
  { kind }: PCollectionView<unknown>,
  values: DiskValues,
  spec: DiskIndexSpec,
): unknown {
  switch (kind) {
    case 'iterable':
      return values;
    case 'list':
      return listOf(values);
    case 'singleton':
      // A single element stays in memory.
      throw noSingleton(what, values.length);
    case 'map': {
      const index = new DiskIndex(values, spec);
      if (index.repeated !== undefined) throw repeatedKey(what, index.repeated.key);
      return new DiskMap(values, index);
    }
    case 'multimap':
      return new DiskMultimap(new DiskIndex(values, spec));
    default:
      return kind satisfies never;
  }
}

const indexOf = (name: string | symbol): number | undefined =>
  typeof name === 'string' && /^(?:0|[1-9]\d{0,15})$/.test(name) ? Number(name) : undefined;

/** An array to all who look at it. Going through it reads block by block. */
function listOf(values: DiskValues): readonly unknown[] {
  const propertyOf = (name: string | symbol): PropertyDescriptor | undefined => {
    if (name === 'length') return { value: values.length, writable: true, enumerable: false, configurable: false };
    const index = indexOf(name);
    if (index === undefined || index >= values.length) return undefined;
    return { value: values.at(index), writable: true, enumerable: true, configurable: true };
  };
  return new Proxy([] as unknown[], {
    get(target, name, receiver) {
      if (name === Symbol.iterator) return () => values[Symbol.iterator]();
      if (name === 'length') return values.length;
      const index = indexOf(name);
      return index === undefined ? Reflect.get(target, name, receiver) : values.at(index);
    },
    has(target, name) {
      const index = indexOf(name);
      return index === undefined ? Reflect.has(target, name) : index < values.length;
    },
    getOwnPropertyDescriptor: (_target, name) => propertyOf(name),
    ownKeys: () => [...Array.from({ length: values.length }, (_, index) => String(index)), 'length'],
    set: refuse,
    defineProperty: refuse,
    deleteProperty: refuse,
  });
}

const refuse = (): never => {
  throw new TypeError(
    'A side input was to be changed. All elements that see it share it. Make a copy, and change that.',
  );
};

/** A Map of pairs on disk, in the order in which they came. */
class DiskMap extends Map<unknown, unknown> {
  readonly #pairs: DiskValues;
  readonly #index: DiskIndex;

  constructor(pairs: DiskValues, index: DiskIndex) {
    super();
    this.#pairs = pairs;
    this.#index = index;
  }

  override get size(): number {
    return this.#index.size;
  }

  override get(key: unknown): unknown {
    return this.#found(key)[0];
  }

  override has(key: unknown): boolean {
    return this.#found(key).length > 0;
  }

  /** A Map may be asked for what can't be a key. */
  #found(key: unknown): readonly unknown[] {
    return key === undefined || typeof key === 'function' || typeof key === 'symbol' ? [] : this.#index.get(key);
  }

  override *entries(): MapIterator<[unknown, unknown]> {
    for (const pair of this.#pairs) {
      const { key, value } = pair as Pair; // by the types of asMap
      yield [key, value];
    }
  }

  override *keys(): MapIterator<unknown> {
    for (const [key] of this.entries()) yield key;
  }

  override *values(): MapIterator<unknown> {
    for (const [, value] of this.entries()) yield value;
  }

  override [Symbol.iterator](): MapIterator<[unknown, unknown]> {
    return this.entries();
  }

  override forEach(each: (value: unknown, key: unknown, map: Map<unknown, unknown>) => void, self?: unknown): void {
    for (const [key, value] of this.entries()) each.call(self, value, key, this);
  }

  override set(): never {
    return refuse();
  }

  override delete(): never {
    return refuse();
  }

  override clear(): never {
    return refuse();
  }
}

class DiskMultimap implements Multimap<unknown, unknown> {
  readonly #index: DiskIndex;

  constructor(index: DiskIndex) {
    this.#index = index;
  }

  get size(): number {
    return this.#index.size;
  }

  get(key: unknown): readonly unknown[] {
    return this.#index.get(key);
  }

  has(key: unknown): boolean {
    return this.#index.get(key).length > 0;
  }
}
