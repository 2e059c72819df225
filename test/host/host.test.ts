import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { nodeHost } from '../../host/index.ts';
import { ConnectorError } from '../../model/index.ts';

const directory = mkdtempSync(join(tmpdir(), 'viga-test-host-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const take = (seed: number, count: number): number[] => {
  const { random } = nodeHost({ seed });
  return Array.from({ length: count }, () => random.next());
};

test('the same seed gives the same numbers, in [0, 1)', () => {
  expect(take(42, 100)).toEqual(take(42, 100));
  expect(take(42, 10_000).every((number) => number >= 0 && number < 1)).toBe(true);
});

test('seeds that differ only above 32 bits give other numbers', () => {
  const seeds = [0, 1, -1, 2 ** 32, 2 ** 33, 2 ** 52];
  expect(new Set(seeds.map((seed) => take(seed, 4).join())).size).toBe(seeds.length);
});

test('random numbers fill the range evenly', () => {
  const tenths = new Array<number>(10).fill(0);
  for (const number of take(7, 100_000)) tenths[Math.floor(number * 10)]! += 1;
  for (const count of tenths) expect(Math.abs(count - 10_000)).toBeLessThan(500);
});

test('a seed that is not a whole number is refused', () => {
  expect(() => nodeHost({ seed: 1.5 })).toThrow(/the seed is 1.5.*Pass an integer/);
});

test('without a seed each host has its own', () => {
  const seeds = new Set(Array.from({ length: 20 }, () => nodeHost().random.seed));
  expect(seeds.size).toBe(20);
});

test('a timer fires once, and not after it was taken back', async () => {
  const { clock } = nodeHost();
  let fired = 0;
  const cancel = clock.setTimer(0, () => {
    fired += 10;
  });
  cancel();
  // Node alone would fire this one at once.
  const cancelLong = clock.setTimer(2 ** 40, () => {
    fired += 100;
  });
  await new Promise<void>((resolve) => clock.setTimer(5, resolve));
  cancelLong();
  expect(fired).toBe(0);
});

test('memory is at most what the machine has', () => {
  const { memory } = nodeHost();
  expect(memory.heapUsed()).toBeGreaterThan(0);
  expect(memory.rss()).toBeGreaterThan(memory.heapUsed() / 2);
  expect(memory.total()).toBeGreaterThan(memory.rss());
});

test('code generation is off where VIGA_CODEGEN says so or the platform forbids it', () => {
  const ask = (flags: string[], value: string | undefined): string => {
    const program = `import(${JSON.stringify(join(import.meta.dirname, '../../host/index.ts'))}).then((m) => console.log(m.nodeHost().codegen))`;
    const env = { ...process.env, VIGA_CODEGEN: value ?? '' };
    return spawnSync(process.execPath, [...flags, '-e', program], { env, encoding: 'utf8' }).stdout.trim();
  };
  expect(ask([], undefined)).toBe('true');
  expect(ask([], 'off')).toBe('false');
  expect(ask(['--disallow-code-generation-from-strings'], undefined)).toBe('false');
});

test('a warning reaches who listens to the process', async () => {
  const heard = new Promise<Error>((resolve) => process.once('warning', resolve));
  nodeHost().warn('out/x: odd');
  expect(await heard).toMatchObject({ name: 'VigaWarning', message: 'out/x: odd' });
});

test('a scope follows the promises of its call', async () => {
  const scope = nodeHost().asyncScope<string>();
  const seen = await Promise.all(
    ['a', 'b'].map((name) => scope.run(name, async () => [await Promise.resolve(name), scope.get()])),
  );
  expect(seen).toEqual([
    ['a', 'a'],
    ['b', 'b'],
  ]);
  expect(scope.get()).toBeUndefined();
});

test('the disk writes, syncs, reads, lists, renames and removes', async () => {
  const { disk } = nodeHost();
  const folder = join(directory, 'a/b');
  await disk.makeDirectory(folder);
  const file = await disk.open(join(folder, 'one'), 'create-new');
  await file.write(Buffer.from('world'), 6);
  await file.write(Buffer.from('hello '), 0);
  await file.sync();
  await file.close();
  await disk.rename(join(folder, 'one'), join(folder, 'two'));
  await disk.syncDirectory(folder);
  expect(await disk.list(folder)).toEqual(['two']);
  expect(await disk.stat(join(folder, 'two'))).toMatchObject({ kind: 'file', size: 11 });
  const again = await disk.open(join(folder, 'two'), 'read');
  const bytes = Buffer.alloc(20);
  expect(await again.read(bytes, 2, 18, 6)).toBe(5);
  expect(await again.read(bytes, 0, 20, 11)).toBe(0);
  expect(bytes.toString('latin1', 2, 7)).toBe('world');
  await again.close();
  await disk.remove(folder);
  expect(await disk.stat(folder)).toBeUndefined();
  await disk.remove(folder);
});

test('directories are made with all above them, also when they are there', async () => {
  const { disk } = nodeHost();
  const deep = join(directory, 'deep/er/est');
  await Promise.all([disk.makeDirectory(deep), disk.makeDirectory(deep), disk.makeDirectory(join(deep, '../other'))]);
  await disk.makeDirectory(deep);
  expect(await disk.stat(deep)).toMatchObject({ kind: 'directory' });
  const file = join(directory, 'a-file');
  writeFileSync(file, '');
  await expect(disk.makeDirectory(file)).rejects.toMatchObject({ code: 'EEXIST' });
  await expect(disk.makeDirectory(join(file, 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  // A place where the system lets nobody make anything, and says that the parent is missing.
  if (existsSync('/proc'))
    await expect(disk.makeDirectory('/proc/viga/below')).rejects.toMatchObject({ code: 'ENOENT' });
});

test('nothing is found below a file, and create-new refuses what is there', async () => {
  const { disk } = nodeHost();
  const path = join(directory, 'plain');
  writeFileSync(path, 'x');
  expect(await disk.stat(join(path, 'below'))).toBeUndefined();
  await expect(disk.open(path, 'create-new')).rejects.toMatchObject({ code: 'EEXIST' });
});

test('a temporary file is appended to and read back, and all are gone after dispose', () => {
  const scratch = nodeHost({ scratchDirectory: directory }).disk.scratch();
  expect(scratch.path.startsWith(directory)).toBe(true);
  const file = scratch.file();
  file.append(Buffer.from('abcXX'), 3);
  file.append(Buffer.from('defgh'), 5);
  expect(file.size).toBe(8);
  const into = Buffer.alloc(10);
  expect(file.read(into, 10, 2)).toBe(6);
  expect(into.toString('latin1', 0, 6)).toBe('cdefgh');
  file.remove();
  file.remove();
  const other = scratch.file();
  other.append(Buffer.from('x'), 1);
  scratch.dispose();
  scratch.dispose();
  expect(existsSync(scratch.path)).toBe(false);
});

test('a temporary directory that cannot be made says what to set', () => {
  const file = join(directory, 'not-a-directory');
  writeFileSync(file, '');
  chmodSync(file, 0o600);
  const { disk } = nodeHost({ scratchDirectory: file });
  expect(() => disk.scratch()).toThrow(ConnectorError);
  expect(() => disk.scratch()).toThrow(/no temporary directory could be made here \(ENOTDIR\).*Set TMPDIR/);
});

test('a temporary file that finds no room is named, with what to do', () => {
  const program = `
    const { nodeHost } = await import(${JSON.stringify(join(import.meta.dirname, '../../host/index.ts'))});
    const file = nodeHost({ scratchDirectory: ${JSON.stringify(directory)} }).disk.scratch().file();
    try { for (;;) file.append(Buffer.alloc(1000), 1000); } catch (error) { console.log(error.name, error.message); }`;
  // The limit of the shell is in blocks of 512 or 1024 bytes; either way it ends the file.
  const command = 'ulimit -f 8; exec "$0" --input-type=module -e "$1"';
  const ran = spawnSync('sh', ['-c', command, process.execPath, program], { encoding: 'utf8' });
  expect(ran.stdout).toMatch(
    /^ConnectorError .*viga-.*: there is no room after (4096|8192) bytes of this temporary file \(EFBIG\)\. .*TMPDIR/,
  );
});

test.each([
  ['ends', '', 0, null],
  ['calls process.exit', 'process.exit(3);', 3, null],
  ['dies of an error', 'setTimeout(() => { throw new Error("boom"); }, 1);', 1, null],
  ['gets SIGINT', 'process.kill(process.pid, "SIGINT"); setInterval(() => {}, 1000);', null, 'SIGINT'],
  ['gets SIGTERM', 'process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1000);', null, 'SIGTERM'],
])('a process that %s leaves no temporary directory', (_how, end, status, signal) => {
  const program = `
    const { nodeHost } = await import(${JSON.stringify(join(import.meta.dirname, '../../host/index.ts'))});
    const scratch = nodeHost({ scratchDirectory: ${JSON.stringify(directory)} }).disk.scratch();
    scratch.file().append(Buffer.from('x'), 1);
    console.log(scratch.path);
    ${end}`;
  const ran = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  expect([ran.status, ran.signal]).toEqual([status, signal]);
  expect(ran.stdout.trim()).toContain('viga-');
  expect(existsSync(ran.stdout.trim())).toBe(false);
});

test('who listens to a signal decides; the clean-up waits for the end', () => {
  const program = `
    const { nodeHost } = await import(${JSON.stringify(join(import.meta.dirname, '../../host/index.ts'))});
    const { existsSync } = await import('node:fs');
    const scratch = nodeHost({ scratchDirectory: ${JSON.stringify(directory)} }).disk.scratch();
    process.once('SIGINT', () => { console.log(existsSync(scratch.path)); console.log(scratch.path); process.exit(130); });
    process.kill(process.pid, 'SIGINT');
    setInterval(() => {}, 1000);`;
  const ran = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  const [wasThere, path] = ran.stdout.trim().split('\n');
  expect([ran.status, wasThere]).toEqual([130, 'true']);
  expect(existsSync(path as string)).toBe(false);
});

test('no listener stays once nothing is left to clean up', () => {
  const count = (): number => process.listenerCount('exit') + process.listenerCount('SIGINT');
  const before = count();
  const { onExit } = nodeHost();
  const takeBack = [onExit(() => {}), onExit(() => {})];
  expect(count()).toBe(before + 2);
  for (const undo of takeBack) undo();
  expect(count()).toBe(before);
});
