import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { findFiles, type NoMatch } from '../../../io/file-systems/find-files.ts';
import { ConnectorError } from '../../../model/index.ts';
import { diskFault, directoryWith, hostWith } from '../files/support.ts';

const tree = (): string =>
  directoryWith({
    'a.txt': '1',
    'b.txt': '22',
    'b.csv': '',
    'c1.txt': '',
    'c2.txt': '',
    'cx.txt': '',
    'd-1.txt': '',
    '.hidden.txt': '',
    'x/a.txt': '',
    'x/y/a.txt': '',
    'x/y/z/b.txt': '',
    'dia=1/p.txt': '',
    'dia=2/p.txt': '',
    'we[i]rd.txt': '',
    '_under.txt': '{}',
    '_temporary/a.txt': '',
    '_year=1/q.txt': '',
  });

async function relative(root: string, pattern: string, noMatch: NoMatch = 'error') {
  const found = await findFiles(path.posix.join(root, pattern), noMatch, hostWith());
  return found.map((file) => path.relative(root, file.path));
}

test.each([
  ['a.txt', ['a.txt']],
  ['*.csv', ['b.csv']],
  ['?.txt', ['a.txt', 'b.txt']],
  ['c[0-9].txt', ['c1.txt', 'c2.txt']],
  ['c[!0-9].txt', ['cx.txt']],
  ['c[^x].txt', ['c1.txt', 'c2.txt']],
  ['{a,b}.txt', ['a.txt', 'b.txt']],
  ['{x/a,x/y/a}.txt', ['x/a.txt', 'x/y/a.txt']],
  ['{a,{b,c1}}.txt', ['a.txt', 'b.txt', 'c1.txt']],
  ['**/a.txt', ['a.txt', 'x/a.txt', 'x/y/a.txt']],
  ['x/**', ['x/a.txt', 'x/y/a.txt', 'x/y/z/b.txt']],
  ['x/**/b.txt', ['x/y/z/b.txt']],
  ['x/**/**/b.txt', ['x/y/z/b.txt']],
  ['*/p.txt', ['dia=1/p.txt', 'dia=2/p.txt']],
  ['.h*', ['.hidden.txt']],
  ['we[i]rd.txt', ['we[i]rd.txt']],
  ['we[[]i]rd.txt', ['we[i]rd.txt']],
  ['_u*', ['_under.txt']],
  ['*/q.txt', ['_year=1/q.txt']],
  ['x/../a.txt', ['a.txt']],
  ['d-?.tx*', ['d-1.txt']],
])('the pattern %s finds %j', async (pattern, expected) => {
  expect(await relative(tree(), pattern)).toEqual(expected);
});

test('a wildcard finds neither hidden files, nor directories, nor what Viga keeps', async () => {
  expect(await relative(tree(), '*')).toEqual([
    'a.txt',
    'b.csv',
    'b.txt',
    'c1.txt',
    'c2.txt',
    'cx.txt',
    'd-1.txt',
    'we[i]rd.txt',
  ]);
});

test('a file knows its size and its path below the fixed part of the pattern', async () => {
  const root = tree();
  const one = async (pattern: string) => (await findFiles(path.posix.join(root, pattern), 'error', hostWith()))[0];
  expect(await one('b.txt')).toMatchObject({ size: 2, relativePath: 'b.txt' });
  expect(await one('*/p.txt')).toMatchObject({ relativePath: 'dia=1/p.txt' });
  expect(await one('dia=1/*.txt')).toMatchObject({ relativePath: 'p.txt' });
  expect(await one('{x,y}/a.txt')).toMatchObject({ relativePath: 'x/a.txt' });
});

test('a file: URL is a path, with its escapes undone', async () => {
  const root = directoryWith({ 'a b.txt': '', 'a?b.txt': '' });
  const names = async (url: string) =>
    (await findFiles(url, 'error', hostWith())).map((file) => path.basename(file.path));
  expect(await names(`file://${root}/a%20b.txt`)).toEqual(['a b.txt']);
  expect(await names(`file://localhost${root}/a?b.txt`)).toEqual(['a?b.txt']);
  expect(await names(`file:${root}/*`)).toEqual(['a b.txt', 'a?b.txt']);
});

test('links to directories are followed, in a circle only once', async () => {
  const root = directoryWith({ 'd/a.txt': '' });
  symlinkSync(path.join(root), path.join(root, 'd/up'));
  expect(await relative(root, '**/*.txt')).toEqual(['d/a.txt']);
});

test('a link to nothing that matches is an error, one that does not is none', async () => {
  const root = directoryWith({ 'a.txt': '' });
  symlinkSync(path.join(root, 'nowhere'), path.join(root, 'b.txt'));
  expect(await relative(root, 'a*')).toEqual(['a.txt']);
  expect(await refusal(`${root}/*.txt`)).toMatch(/b\.txt: this matches the pattern and is a link to nothing/);
});

test('two slashes are one', async () => {
  const root = directoryWith({ 'd/x=1/a.txt': '' });
  const [file] = await findFiles(`${root}//d///*//a.txt`, 'error', hostWith());
  expect(file).toMatchObject({ path: `${root}/d/x=1/a.txt`, relativePath: 'x=1/a.txt' });
});

const refusal = async (pattern: string, host = hostWith()): Promise<string> => {
  const error = await findFiles(pattern, 'error', host).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ConnectorError);
  return (error as Error).message;
};

test('a pattern without a match says what is there instead', async () => {
  const root = directoryWith({ 'a.csv': '', 'b.csv': '', 'c.csv': '', 'd.csv': '' });
  expect(await refusal(`${root}/*.txt`)).toBe(
    `${root}/*.txt: no file matches this pattern. The directory ${root} has a.csv, b.csv, c.csv and 1 more. Correct the name, or put there what is to be read. A program that may find none passes noMatch: 'allow'.`,
  );
  expect(await refusal(`${root}/a.txt`)).toMatch(/there is no such file\./);
  expect(await refusal(`${root}/no/*.txt`)).toContain(`The directory ${root}/no does not exist.`);
  mkdirSync(path.join(root, 'empty'));
  expect(await refusal(`${root}/empty/*`)).toContain(`The directory ${root}/empty is empty.`);
  expect(await relative(root, '*.txt', 'allow')).toEqual([]);
});

test('a directory where a file should be is named, with the pattern to write', async () => {
  const root = directoryWith({ 'd/a.txt': '' });
  expect(await refusal(`${root}/d`)).toBe(
    `${root}/d: this is a directory, and a file is read here. Which of its files are meant is not known. Write ${root}/d/* for its files, or ${root}/d/** for those of its subdirectories too.`,
  );
  expect(await refusal('/dev/null')).toMatch(/a pipe, a device or a socket/);
  expect(await refusal('')).toMatch(/a file name is empty/);
});

test('a directory that may not be listed is named', async () => {
  const root = directoryWith({ 'd/a.txt': '' });
  const host = hostWith(() => ({ list: () => Promise.reject(diskFault('EACCES')) }));
  expect(await refusal(`${root}/d/*.txt`, host)).toBe(
    `${root}/d: this can't be read: permission is denied (EACCES). Its records would be missing. Give the user of this process the right with chmod or chown, or use another path.`,
  );
  if (process.getuid?.() === 0) return;
  chmodSync(path.join(root, 'd'), 0);
  expect(await refusal(`${root}/d/*.txt`)).toMatch(/permission is denied \(EACCES\)/);
  chmodSync(path.join(root, 'd'), 0o700);
});
