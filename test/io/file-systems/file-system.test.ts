import { expect, test } from 'vitest';
import { type FileSystem, fileSource, fileSink, registerFileSystem } from '../../../io/files/index.ts';
import { locate } from '../../../io/file-systems/file-system.ts';
import { ConnectorError, type DiskFile } from '../../../model/index.ts';
import { bytesFormat, wholeFormat } from '../files/formats.ts';
import { hostWith, readAll, sinkContext, writeAll } from '../files/support.ts';

/** A store of objects by name, as S3 has them: no directories, no positions of writes but the end. */
function objectStore(objects: Map<string, Buffer>): FileSystem {
  const below = (directory: string): string[] => [...objects.keys()].filter((key) => key.startsWith(`${directory}/`));
  const file = (key: string): DiskFile => ({
    async read(into, offset, length, position) {
      return (objects.get(key) ?? Buffer.alloc(0)).copy(into, offset, position, position + length);
    },
    async write(bytes, position) {
      const before = objects.get(key) ?? Buffer.alloc(0);
      if (position !== before.length) throw new Error('an object is written from front to back');
      objects.set(key, Buffer.concat([before, bytes]));
    },
    sync: async () => undefined,
    close: async () => undefined,
  });
  return {
    async open(key, mode) {
      if (mode !== 'read') objects.set(key, Buffer.alloc(0));
      return file(key);
    },
    async stat(key) {
      const object = objects.get(key);
      if (object !== undefined) return { kind: 'file', size: object.length, modified: 0 };
      return below(key).length > 0 ? { kind: 'directory', size: 0, modified: 0 } : undefined;
    },
    list: async (directory) => [
      ...new Set(below(directory).map((key) => key.slice(directory.length + 1).split('/')[0] as string)),
    ],
    async rename(from, to) {
      objects.set(to, objects.get(from) as Buffer);
      objects.delete(from);
    },
    async remove(key) {
      for (const one of [key, ...below(key)]) objects.delete(one);
    },
    makeDirectory: async () => undefined,
    syncDirectory: async () => undefined,
    realPath: async (key) => key,
  };
}

test('a registered scheme serves writes, patterns and reads', async () => {
  const objects = new Map<string, Buffer>();
  registerFileSystem('mem', () => objectStore(objects));
  await writeAll(fileSink(bytesFormat, { files: 'mem://bucket/out/{shard}.bin', shards: 2 }), [['a', 'b', 'c']]);
  expect([...objects.keys()].sort()).toEqual([
    'mem://bucket/out/.viga/manifest-{shard}.bin.json',
    'mem://bucket/out/00000.bin',
    'mem://bucket/out/00001.bin',
  ]);
  const { values } = await readAll(fileSource(wholeFormat, 'mem://bucket/*/*.bin'), undefined);
  expect(values).toEqual(['ac', 'b']);
});

test('a scheme that nobody registered is named with those that are known', () => {
  expect(() => locate('gopher://host/file', hostWith())).toThrow(ConnectorError);
  expect(() => locate('gopher://host/file', hostWith())).toThrow(
    /^gopher:\/\/host\/file: no file system has the scheme gopher:\. Nothing can be found there\. Use a plain path or one of file:.*registerFileSystem/,
  );
});

test('a path with a drive letter or a colon is a path', () => {
  expect(locate('C:/data/x.txt', hostWith()).path).toBe('C:/data/x.txt');
  expect(locate('report:final.csv', hostWith()).path).toBe('report:final.csv');
});

test('a file: URL of another machine, or with a bad escape, is refused', () => {
  expect(() => locate('file://server/share/x', hostWith())).toThrow(/names the machine "server".*three slashes/);
  expect(() => locate('file:///a%2', hostWith())).toThrow(/a % that is not followed by two hex digits.*%25/);
});

test('a scheme has two or more letters and is not file', () => {
  for (const scheme of ['file', 's', 'S3', 's3:', '']) {
    expect(() => registerFileSystem(scheme, () => hostWith().disk)).toThrow(/can't be the scheme of a file system/);
  }
});

test('a write to a scheme that is not known fails before anything is read', async () => {
  const sink = fileSink(bytesFormat, { files: 'gopher://host/file' });
  await expect(sink.open(sinkContext())).rejects.toThrow(/no file system has the scheme gopher:/);
});
