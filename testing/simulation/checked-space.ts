import { crc32 } from 'node:zlib';
import { StateError, type StateSpace } from '../../model/index.ts';

const CRC = 4;

/**
 * Rows with a checksum each, as those of the real store have: a row that is not as it was written is told when it is read,
 * and to `broken`.
 */
export function checkedSpace(space: StateSpace, place: string, broken: (error: StateError) => void): StateSpace {
  const opened = (stored: Uint8Array): Uint8Array => {
    const value = stored.subarray(0, stored.length - CRC);
    if (Buffer.from(stored).readUInt32BE(value.length) === crc32(value)) return value;
    const error = new StateError(
      place,
      'damaged',
      'a value is not as it was written. The disk has changed it. Restore the directory from a backup.',
    );
    broken(error);
    throw error;
  };
  return {
    get(key) {
      const stored = space.get(key);
      return stored && opened(stored);
    },
    put(key, value) {
      const stored = Buffer.alloc(value.length + CRC);
      stored.set(value);
      stored.writeUInt32BE(crc32(value), value.length);
      space.put(key, stored);
    },
    delete: (key) => space.delete(key),
    *scan(from, to) {
      for (const { key, value } of space.scan(from, to)) yield { key, value: opened(value) };
    },
    deleteRange: (from, to) => space.deleteRange(from, to),
  };
}
