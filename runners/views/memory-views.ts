import {
  type Multimap,
  type PCollectionView,
  PipelineError,
  type PrimitiveKey,
  showValue,
  tableKey,
} from '../../model/index.ts';
import type { Pair } from '../shuffle/index.ts';

/** The elements of a side window as the function that reads them wants them. */
export function viewOf(
  what: string,
  { kind, defaultValue }: PCollectionView<unknown>,
  values: readonly unknown[],
): unknown {
  switch (kind) {
    case 'iterable':
    case 'list':
      return values;
    case 'singleton':
      if (values.length === 1) return values[0];
      if (values.length === 0 && defaultValue) return defaultValue.value;
      throw noSingleton(what, values.length);
    // The two below are views of key-value pairs by the types of asMap and asMultimap.
    case 'map':
      return mapView(what, values as readonly Pair[]);
    case 'multimap':
      return new MultimapView(values as readonly Pair[]);
    default:
      return kind satisfies never;
  }
}

/** Why a view is no singleton. */
export const noSingleton = (what: string, count: number): PipelineError =>
  new PipelineError(
    undefined,
    `${what} has ${count} elements in this window and is read as a singleton. It stands for exactly one. ${count === 0 ? 'Pass asSingleton(collection, { defaultValue })' : 'Combine it to one element first, or use asIterable'}.`,
  );

function mapView(what: string, pairs: readonly Pair[]): ReadonlyMap<unknown, unknown> {
  const map = new KeyedMap(pairs);
  if (map.size === pairs.length) return map;
  const seen = new KeyedMap([]);
  const again = pairs.find(({ key }) => seen.has(key) || !seen.set(key, true));
  throw repeatedKey(what, again?.key);
}

/** Why a view is no map. */
export const repeatedKey = (what: string, key: unknown): PipelineError =>
  new PipelineError(
    undefined,
    `${what} has the key ${showValue(key)} more than once in this window and is read as a map. Which of the values is meant is not known. Use asMultimap, or combine the values of each key first.`,
  );

/** A Map whose keys are equal when Viga's are: objects by content. */
class KeyedMap extends Map<unknown, unknown> {
  // `declare`d so that the base constructor, which calls `set`, does not meet a field that is not there yet.
  declare private byKey: Map<PrimitiveKey, unknown> | undefined;

  constructor(pairs: readonly Pair[]) {
    super();
    for (const { key, value } of pairs) this.set(key, value);
  }

  #own(key: unknown): unknown {
    if (typeof key !== 'object' || key === null) return key;
    this.byKey ??= new Map();
    const at = tableKey(key);
    const known = this.byKey.get(at);
    if (known !== undefined) return known;
    return key;
  }

  override set(key: unknown, value: unknown): this {
    const own = this.#own(key);
    if (typeof own === 'object' && own !== null) this.byKey?.set(tableKey(own), own);
    return super.set(own, value);
  }

  override get(key: unknown): unknown {
    return super.get(this.#own(key));
  }

  override has(key: unknown): boolean {
    return super.has(this.#own(key));
  }
}

class MultimapView implements Multimap<unknown, unknown> {
  readonly #values = new Map<PrimitiveKey, unknown[]>();

  constructor(pairs: readonly Pair[]) {
    for (const { key, value } of pairs) {
      const at = tableKey(key);
      const values = this.#values.get(at);
      if (values === undefined) this.#values.set(at, [value]);
      else values.push(value);
    }
  }

  get size(): number {
    return this.#values.size;
  }

  get(key: unknown): readonly unknown[] {
    return this.#values.get(tableKey(key)) ?? [];
  }

  has(key: unknown): boolean {
    return this.#values.has(tableKey(key));
  }
}
