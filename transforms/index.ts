// One transform per file, each written with the methods of PCollection and the primitives of the model: what takes a
// collection by `apply`, the combiners that `combineGlobally` and `combinePerKey` take, and the functions that join several
// collections. May import model/ only. Start with create.ts and count.ts.
export * from './co-group-by-key.ts';
export * from './combine-all.ts';
export * from './combine-grouped-values.ts';
export * from './count.ts';
export * from './create.ts';
export * from './deduplicate.ts';
export * from './distinct.ts';
export * from './flat-map-values.ts';
export * from './flatten.ts';
export * from './generate.ts';
export * from './generate-stream.ts';
export * from './group-into-batches.ts';
export * from './hash-join.ts';
export * from './join.ts';
export * from './keys.ts';
export * from './latest.ts';
export * from './log.ts';
export * from './map-concurrently.ts';
export * from './map-keys.ts';
export type { Comparable, Comparator } from './natural-order.ts';
export * from './partition.ts';
export * from './periodic.ts';
export * from './quantiles.ts';
export * from './regex.ts';
export * from './reify.ts';
export * from './reshuffle.ts';
export * from './sample.ts';
export * from './swap.ts';
export * from './to-list.ts';
export * from './to-strings.ts';
export * from './top.ts';
export * from './values.ts';
export * from './wait-on.ts';
export * from './with-keys.ts';
