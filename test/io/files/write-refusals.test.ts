import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fileSink, type FileWriteOptions, writeFiles } from '../../../io/files/index.ts';
import { GLOBAL_WINDOW, NO_FIRING, Pipeline, PipelineError } from '../../../model/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { create } from '../../../transforms/index.ts';
import { bytesFormat } from './formats.ts';
import { contentOf, diskFault, directoryWith, hostWith, sinkContext, writeAll } from './support.ts';

const sinkIn = (
  root: string,
  files: string,
  options: Omit<FileWriteOptions<string>, 'files' | 'name' | 'deadLetters'> = {},
) => fileSink(bytesFormat, { files: `${root}/${files}`, ...options });

test("with ifExists 'fail' a file that is there is not replaced, and the run says so before it works", async () => {
  const root = directoryWith({ 'w.bin': 'old' });
  await expect(sinkIn(root, 'w.bin', { ifExists: 'fail' }).open(sinkContext())).rejects.toThrow(
    `${root}/w.bin: this exists already. ifExists is 'fail', so it is not replaced. Remove it, or write elsewhere. A program that replaces it passes ifExists: 'overwrite'.`,
  );
  await writeAll(sinkIn(root, 'out/', { ifExists: 'fail', shards: 2 }), [['a', 'b']]);
  await expect(sinkIn(root, 'out/', { ifExists: 'fail', shards: 2 }).open(sinkContext())).rejects.toThrow(
    /this exists already/,
  );
  // What comes while the run works is found before anything is published.
  const sink = sinkIn(root, 'late/', { ifExists: 'fail', shards: 2 });
  const writer = await sink.open(sinkContext());
  const prepared = await writer.prepare();
  writeFileSync(`${root}/late/part-00001-of-00002.bin`, 'theirs');
  await expect(sink.commit(prepared, sinkContext())).rejects.toThrow(/part-00001-of-00002\.bin: this exists already/);
  await writer.abort();
  expect(contentOf(`${root}/late`)).toEqual({ 'part-00001-of-00002.bin': 'theirs' });
});

test('a directory where a file should be is refused before anything is changed', async () => {
  const root = directoryWith({
    'w.bin/x': 'x',
    'p/part-00001-of-00002.bin/x': 'x',
    'p/part-00000-of-00002.bin': 'old',
  });
  await expect(sinkIn(root, 'w.bin').open(sinkContext())).rejects.toThrow(
    `${root}/w.bin: this is a directory, and a file is to be written here. It can't be replaced. Write ${root}/w.bin/ to put files into it, or name another file.`,
  );
  await expect(writeAll(sinkIn(root, 'p/', { shards: 2 }), [['a', 'b']])).rejects.toThrow(
    /part-00001-of-00002\.bin: a directory is there where a file is to be written/,
  );
  expect(contentOf(`${root}/p`)['part-00000-of-00002.bin']).toBe('old');
});

test('a file where a directory should be, or a directory that may not be written, is named', async () => {
  const root = directoryWith({ out: 'a file' });
  await expect(sinkIn(root, 'out/x/w.bin').open(sinkContext())).rejects.toThrow(
    /out\/x: this can't be written: a part of the path before its last is a file \(ENOTDIR\)\. .* Remove that file/,
  );
  const host = hostWith(() => ({ makeDirectory: () => Promise.reject(diskFault('EACCES')) }));
  await expect(sinkIn(root, 'no/w.bin').open(sinkContext(host))).rejects.toThrow(
    `${root}/no: this can't be written: permission is denied (EACCES). The output would be incomplete, so nothing of it is published. Give the user of this process the right with chmod or chown, or use another path.`,
  );
});

test('a full disk ends the run, and earlier output is as it was', async () => {
  const root = directoryWith();
  await writeAll(sinkIn(root, 'w.bin'), [['old']]);
  const before = contentOf(root, { manifests: true });
  for (const compression of ['none', 'gzip', 'zstd', 'brotli'] as const) {
    const host = hostWith((disk) => ({
      async open(path, mode) {
        const file = await disk.open(path, mode);
        return { ...file, write: () => Promise.reject(diskFault('ENOSPC')) };
      },
    }));
    await expect(
      writeAll(sinkIn(root, 'w.bin', { compression }), [['x'.repeat(300_000)]], sinkContext(host)),
    ).rejects.toThrow(
      /: this can't be written: the disk is full \(ENOSPC\)\. .*nothing of it is published\. Free space, or write to another disk\.$/,
    );
    expect(contentOf(root, { manifests: true })).toEqual(before);
  }
});

test('a run that fails leaves earlier output as it was and nothing staged', async () => {
  const root = directoryWith();
  await writeAll(sinkIn(root, 'w.bin'), [['old']]);
  const p = new Pipeline();
  p.apply(create([1, 2, 3]))
    .map((number) => {
      if (number === 3) throw new Error('no');
      return String(number);
    })
    .apply(writeFiles(bytesFormat, { files: `${root}/w.bin` }));
  await expect(p.run(directRunner())).rejects.toThrow(/no/);
  expect(readdirSync(root).sort()).toEqual(['.viga', 'w.bin']);
  expect(contentOf(root)).toEqual({ 'w.bin': 'old' });
});

test('what a killed run staged is removed by the next', async () => {
  const root = directoryWith();
  const killed = await sinkIn(root, 'w.bin').open(sinkContext());
  await killed.write({
    values: ['x'],
    timestamps: 0,
    windows: [GLOBAL_WINDOW],
    panes: NO_FIRING,
  });
  await writeAll(sinkIn(root, 'w.bin'), [['new']]);
  expect(readdirSync(root).sort()).toEqual(['.viga', 'w.bin']);
  // The one that was overtaken says so.
  await expect(killed.prepare()).rejects.toThrow(/another write to the same files began after this one/);
  await killed.abort();
});

test('a link out of the output is not followed', async () => {
  const root = directoryWith({ 'elsewhere/keep': '' });
  mkdirSync(`${root}/out`);
  symlinkSync(`${root}/elsewhere`, `${root}/out/of=a`);
  await expect(writeAll(sinkIn(root, 'out/', { partitionBy: (of: string) => ({ of }) }), [['a']])).rejects.toThrow(
    /of=a: a symbolic link leads from here to .*elsewhere, out of .*Remove the link/,
  );
  expect(readdirSync(`${root}/elsewhere`)).toEqual(['keep']);
});

test('a manifest that somebody changed is refused, with what to do', async () => {
  const root = directoryWith({ '.viga/manifest-w.bin.json': '' });
  for (const content of ['{', '[]', '{"format":"viga-manifest-1","runId":"r","files":[{"path":"../x","size":1}]}']) {
    writeFileSync(`${root}/.viga/manifest-w.bin.json`, content);
    await expect(writeAll(sinkIn(root, 'w.bin'), [['a']])).rejects.toThrow(
      /\.viga\/manifest-w\.bin\.json: this is not a manifest of Viga, or it was changed\. .* Remove it/,
    );
  }
  expect(existsSync(`${root}/w.bin`)).toBe(false);
});

test.each([
  [{ files: '' }, /files is ""\. It names no file/],
  [{ files: 'a\0b' }, /It names no file/],
  [{ files: 'out/x-*.bin' }, /files is "out\/x-\*\.bin"\. A \* stands for .* pass shards/],
  [
    { files: 'out/{day}.bin' },
    /files has \{day\}, which is no placeholder\. .* Known are \{shard\}, \{shards\}, \{window\}, \{pane\}, \{partition\}/,
  ],
  [{ files: 'out/{partition}/x.bin' }, /files has \{partition\}, and there is no partitionBy/],
  [{ files: 'x.bin', shards: 0 }, /shards is 0 but must be a whole number from 1 to 100000/],
  [{ files: 'x.bin', shards: 1.5 }, /shards is 1\.5/],
  [{ files: 'x.bin', maxOpenFiles: 0 }, /maxOpenFiles is 0 but must be/],
])('%o is refused when the pipeline is built', (options, message) => {
  expect(() => fileSink(bytesFormat, options)).toThrow(PipelineError);
  expect(() => fileSink(bytesFormat, options)).toThrow(message);
});
