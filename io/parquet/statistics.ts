import { leafDecoder } from './leaf-values.ts';
import type { FooterChunk } from './metadata.ts';
import { asBuffer, decodePlain } from './plain.ts';
import type { LeafNode } from './read-schema.ts';

/**
 * What a file says of the values of a column in one row group.
 *
 * `min` and `max` are bounds in the form of the column's values; bounds of texts and bytes may be cut short, so no value
 * need be equal to them.
 */
export interface ColumnStatistics {
  readonly min: unknown;
  readonly max: unknown;
  readonly nulls: number | undefined;
}

/** The statistics of a chunk; undefined where it has none. */
export function statisticsOf({ statistics }: FooterChunk, node: LeafNode): ColumnStatistics | undefined {
  if (statistics === undefined) return undefined;
  const { min, max, nullCount } = statistics;
  return { min: boundValue(min, node), max: boundValue(max, node), nulls: nullCount };
}

function boundValue(bytes: Uint8Array | undefined, node: LeafNode): unknown {
  if (bytes === undefined) return undefined;
  const decoder = leafDecoder(node);
  try {
    // The plain form, only that a byte array stands without its length.
    if (decoder.physical === 'BYTE_ARRAY') return decoder.fromBytes(asBuffer(bytes), 0, bytes.length);
    return decodePlain(bytes, 1, decoder)[0];
  } catch (error) {
    // A bound may be cut within a character; RangeError is what the decoders throw.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
