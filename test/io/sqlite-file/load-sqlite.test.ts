import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { databaseOf } from '../sqlite/temporary-database.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const node22 = path.join(root, '.cache/node22/node_modules/node/bin/node');

/** A pipeline that reads SQLite, in a process of its own. */
const program = (database: string): string => `
  import { Pipeline } from '${root}/model/index.ts';
  import { readSqlite } from '${root}/io/sqlite/index.ts';
  import { directRunner } from '${root}/runners/direct/index.ts';
  const p = new Pipeline();
  p.apply(readSqlite({ database: ${JSON.stringify(database)}, table: 't' })).map((row) => console.log(row.n));
  await p.run(directRunner());
  process.emitWarning('mine');
`;

function outputOf(node: string, database: string): { readonly stdout: string; readonly stderr: string } {
  const { stdout, stderr } = spawnSync(node, ['--input-type=module', '--eval', program(database)], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  return { stdout, stderr };
}

test('no warning of Node about SQLite reaches the user, and those of others do', () => {
  const { stdout, stderr } = outputOf(process.execPath, databaseOf('CREATE TABLE t (n); INSERT INTO t VALUES (42)'));
  expect(stdout).toBe('42\n');
  expect(stderr).toContain('Warning: mine');
  expect(stderr).not.toContain('Experimental');
});

test.skipIf(!existsSync(node22))(
  'nor on Node 22, where it would be one (skipped where no Node 22 was installed by npm run check)',
  () => {
    expect(execFileSync(node22, ['--version'], { encoding: 'utf8' })).toMatch(/^v22/);
    const { stdout, stderr } = outputOf(node22, databaseOf('CREATE TABLE t (n); INSERT INTO t VALUES (42)'));
    expect(stdout).toBe('42\n');
    expect(stderr).toContain('Warning: mine');
    expect(stderr).not.toMatch(/SQLite/);
  },
);

test('the module is loaded when it is used, not on import', () => {
  const script = `
    import '${root}/io/sqlite/index.ts';
    console.log(process.moduleLoadList.some((name) => name === 'NativeModule sqlite' || name === 'Internal Binding sqlite'));
  `;
  expect(execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' })).toBe(
    'false\n',
  );
});
