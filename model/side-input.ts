import type { PCollection } from './pcollection.ts';
import type { KV } from './values.ts';

/** How a collection is seen as a side input. */
export type ViewKind = 'singleton' | 'iterable' | 'list' | 'map' | 'multimap';

/** All values of each key. */
export interface Multimap<in K, out V> {
  /** The values of a key; empty where there is none. */
  get(key: K): readonly V[];
  has(key: K): boolean;
  readonly size: number;
}

/** A collection as a side input; `View` is the type that functions get to see, per window. */
export interface PCollectionView<out View> {
  readonly kind: ViewKind;
  // oxlint-disable-next-line typescript/no-explicit-any -- the element type is folded into View.
  readonly collection: PCollection<any>;
  readonly defaultValue?: { readonly value: unknown } | undefined;
  /** Carries the type of the view; never present at run time. */
  readonly view?: View;
}

/** The side inputs that a step declares, by name. */
// oxlint-disable-next-line typescript/no-explicit-any -- any view type; SideValues recovers each.
export type SideInputs = Record<string, PCollectionView<any>>;

/** The views of declared side inputs. */
export type SideValues<V> = { readonly [N in keyof V]: V[N] extends PCollectionView<infer View> ? View : never };

/**
 * The only element of a collection, per window.
 *
 * Reading it fails where the window has no element and no `defaultValue`, or more than one.
 */
export const asSingleton = <T>(
  collection: PCollection<T>,
  options?: { readonly defaultValue: T },
): PCollectionView<T> => ({ kind: 'singleton', collection, defaultValue: options && { value: options.defaultValue } });

/** All elements of a collection, per window, in no order; may be iterated again. */
export const asIterable = <T>(collection: PCollection<T>): PCollectionView<Iterable<T>> => ({
  kind: 'iterable',
  collection,
});

/** All elements of a collection as an array, per window; its order is stable within a run but has no meaning. */
export const asList = <T>(collection: PCollection<T>): PCollectionView<readonly T[]> => ({ kind: 'list', collection });

/** The value of each key, per window. Reading fails where a key has two values: use {@link asMultimap} there. */
export const asMap = <K, V>(collection: PCollection<KV<K, V>>): PCollectionView<ReadonlyMap<K, V>> => ({
  kind: 'map',
  collection,
});

/** All values of each key, per window. */
export const asMultimap = <K, V>(collection: PCollection<KV<K, V>>): PCollectionView<Multimap<K, V>> => ({
  kind: 'multimap',
  collection,
});
