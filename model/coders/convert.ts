import type { Coder } from '../coder.ts';
import { CoderError } from '../errors.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';

/**
 * Encodes one value by itself.
 *
 * @throws CoderError for a value that the coder does not take.
 */
export function toBytes<T>(coder: Coder<T>, value: T): Uint8Array {
  const writer = new ByteWriter(64);
  coder.encode(value, writer);
  return writer.toBytes();
}

/**
 * Decodes one value that takes up all of the bytes.
 *
 * @throws CoderError if the bytes end too early or too late.
 */
export function fromBytes<T>(coder: Coder<T>, bytes: Uint8Array): T {
  const reader = new ByteReader(bytes);
  const value = coder.decode(reader);
  if (!reader.isAtEnd()) {
    throw new CoderError(
      undefined,
      `${coder.name}: ${reader.end - reader.position} of ${bytes.length} bytes are left over. They were damaged, hold more than one value, or were written by another coder. Read them with the coder that wrote them.`,
    );
  }
  return value;
}
