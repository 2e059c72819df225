import { crc32 } from 'node:zlib';
import { type FileSystem, onDisk, splitPath } from '../file-systems/index.ts';

// Journals and manifests are JSON with a checksum of the rest as their last field. What they say is acted on, files are
// renamed and removed by it, so one that a disk has changed is taken for none.

/** A document; undefined where there is none, and one of an unknown format where it is not as it was written. */
export async function readDocument(fileSystem: FileSystem, path: string): Promise<unknown> {
  const stat = await onDisk(path, 'read', fileSystem.stat(path));
  if (stat === undefined) return undefined;
  const file = await onDisk(path, 'read', fileSystem.open(path, 'read'));
  try {
    const bytes = Buffer.alloc(stat.size);
    let length = 0;
    while (length < bytes.length) {
      const count = await onDisk(path, 'read', file.read(bytes, length, bytes.length - length, length));
      if (count === 0) break;
      length += count;
    }
    return parse(bytes.toString('utf8', 0, length)) ?? { format: 'unreadable' };
  } finally {
    await file.close();
  }
}

/** What a text says; undefined if it is no document, or its checksum is another. */
function parse(text: string): unknown {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof read !== 'object' || read === null) return undefined;
  const { crc32: said, ...rest } = read as Readonly<Record<string, unknown>>;
  if (said === undefined && isOlder(rest)) return rest;
  return said === checksumOf(rest) ? rest : undefined;
}

/** Documents once had no checksum. One that only stands under another name was changed. */
const isOlder = (rest: object): boolean => !/^[0-9a-f]{8}$/.test(String(Object.values(rest).at(-1)));

/** Writes a document so that its path has the old one or the new one, whole, at any moment and after a power cut. */
export async function writeDocument(fileSystem: FileSystem, path: string, value: object): Promise<void> {
  const half = `${path}.half`;
  const text = JSON.stringify({ ...value, crc32: checksumOf(value) }, undefined, 1);
  const file = await onDisk(half, 'write', fileSystem.open(half, 'create'));
  try {
    await onDisk(half, 'write', file.write(Buffer.from(`${text}\n`), 0));
    await onDisk(half, 'write', file.sync());
  } finally {
    await file.close();
  }
  await onDisk(path, 'write', fileSystem.rename(half, path));
  const { directory } = splitPath(path);
  await onDisk(directory, 'write', fileSystem.syncDirectory(directory));
}

/** Of what it says, not of how it is spaced: fields keep their order when they are read. */
const checksumOf = (value: object): string => crc32(JSON.stringify(value)).toString(16).padStart(8, '0');
