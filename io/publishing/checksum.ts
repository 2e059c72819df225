import { createHash } from 'node:crypto';
import { type FileSystem, onDisk } from '../file-systems/index.ts';
import type { ManifestFile } from './manifest.ts';

/** Whether a file holds what a manifest says of it. One of another size is not read. */
export async function hasContent(
  fileSystem: FileSystem,
  path: string,
  { size, sha256 }: Pick<ManifestFile, 'size' | 'sha256'>,
): Promise<boolean> {
  const stat = await onDisk(path, 'read', fileSystem.stat(path));
  if (stat?.kind !== 'file' || stat.size !== size) return false;
  return (await checksumOf(fileSystem, path)) === sha256;
}

/** The SHA-256 of a file, in hexadecimal digits. */
export async function checksumOf(fileSystem: FileSystem, path: string): Promise<string> {
  const file = await onDisk(path, 'read', fileSystem.open(path, 'read'));
  try {
    const hash = createHash('sha256');
    const buffer = Buffer.allocUnsafe(256 * 1024);
    for (let position = 0; ; ) {
      const count = await onDisk(path, 'read', file.read(buffer, 0, buffer.length, position));
      if (count === 0) return hash.digest('hex');
      hash.update(buffer.subarray(0, count));
      position += count;
    }
  } finally {
    await file.close();
  }
}
