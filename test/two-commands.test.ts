import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { read, root } from './house/tree.ts';

// Plain JavaScript that an old Node can run, so without declarations.
const versions = (await import(path.join(root, 'scripts/node-version.mjs'))) as {
  isCurrent(version: string): boolean;
  findNode(options: { folder?: string; version?: string; execPath?: string }): string | undefined;
  tooOldMessage(version: string): string;
};
const installing = (await import(path.join(root, 'scripts/install.mjs'))) as {
  missingPackages(folder: string): readonly string[];
};

describe('which Node runs Viga', () => {
  test.each([
    ['20.20.2', false],
    ['22.17.9', false],
    ['22.18.0', true],
    ['22.23.1', true],
    ['23.0.0', true],
    ['24.21.0', true],
  ])('%s: %s', (version, isCurrent) => {
    expect(versions.isCurrent(version)).toBe(isCurrent);
  });

  test('a Node that is new enough runs Viga itself, an older one the Node of the packages', () => {
    expect(versions.findNode({ version: '22.18.0', execPath: '/usr/bin/node' })).toBe('/usr/bin/node');
    expect(versions.findNode({ version: '20.0.0', folder: root })).toContain(path.join('node_modules', 'node', 'bin'));
    expect(versions.findNode({ version: '20.0.0', folder: path.join(root, 'docs') })).toBeUndefined();
  });

  test('the message for a Node that is too old is one line with the version needed and how to get it', () => {
    const message = versions.tooOldMessage('20.1.0');
    expect(message).not.toContain('\n');
    expect(message).toMatch(/needs Node 22\.18 or newer.*is Node 20\.1\.0.*nvm install/);
  });

  test('the manifest, the launcher and the command name the same version', () => {
    const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } };
    expect(engines.node).toBe('>=22.18');
    expect(read('scripts/node-version.mjs')).toContain("minimumNode = '22.18'");
    expect(read('bin/viga.mjs')).toContain("minimumNode = '22.18'");
    expect(read('scripts/node22/package.json')).toContain('"node": "22.18.');
  });

  const old = oldNode();
  test.skipIf(old === undefined)('the viga command on an old Node says so in one line and ends with 1', () => {
    const { status, stderr, stdout } = spawnSync(old ?? '', [path.join(root, 'bin/viga.mjs'), '--help'], {
      encoding: 'utf8',
    });
    expect(stderr.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^viga needs Node 22\.18 or newer and this is Node \d/),
    ]);
    expect(stdout).toBe('');
    expect(status).toBe(1);
  });
});

/** A Node on the search path that is too old, where the machine has one. */
function oldNode(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).map((folder) => path.join(folder, 'node'));
  return folders.find((file) => {
    const { status, stdout } = spawnSync(file, ['--version'], { encoding: 'utf8' });
    return status === 0 && !versions.isCurrent(stdout.trim().slice(1));
  });
}

describe('what is missing', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'viga-install-'));
    const packages = {
      '': { name: 'x' },
      'node_modules/a': { version: '1.0.0' },
      'node_modules/b': { version: '2.0.0' },
      'node_modules/other-platform': { version: '1.0.0', optional: true },
    };
    writeFileSync(path.join(folder, 'package-lock.json'), JSON.stringify({ packages }));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const installed = (...packages: readonly (readonly [string, string])[]) => {
    const entries = packages.map(([name, version]) => [`node_modules/${name}`, { version }]);
    for (const [name] of packages) {
      mkdirSync(path.join(folder, 'node_modules', name), { recursive: true });
      writeFileSync(path.join(folder, 'node_modules', name, 'package.json'), '{}');
    }
    const lock = JSON.stringify({ packages: Object.fromEntries(entries) });
    writeFileSync(path.join(folder, 'node_modules/.package-lock.json'), lock);
  };

  test('all, in a fresh clone', () => {
    expect(installing.missingPackages(folder)).toEqual(['a', 'b']);
  });

  test('nothing after an install; binaries of other platforms do not count', () => {
    installed(['a', '1.0.0'], ['b', '2.0.0']);
    expect(installing.missingPackages(folder)).toEqual([]);
  });

  test('what an older lockfile had in another version', () => {
    installed(['a', '1.0.0'], ['b', '1.9.0']);
    expect(installing.missingPackages(folder)).toEqual(['b']);
  });

  test('what somebody removed by hand', () => {
    installed(['a', '1.0.0'], ['b', '2.0.0']);
    rmSync(path.join(folder, 'node_modules/a'), { recursive: true });
    expect(installing.missingPackages(folder)).toEqual(['a']);
  });

  test('all, after an install that was cut short', () => {
    installed(['a', '1.0.0'], ['b', '2.0.0']);
    rmSync(path.join(folder, 'node_modules/.package-lock.json'));
    expect(installing.missingPackages(folder)).toEqual(['a', 'b']);
  });
});

test('no warning of Node reaches the user', () => {
  const launcher = path.join(root, 'scripts/with-node.mjs');
  const program = "import 'node:sqlite'; import('node:process').then(() => console.log('done'));";
  mkdirSync(path.join(root, '.cache'), { recursive: true });
  const folder = mkdtempSync(path.join(root, '.cache', 'quiet-'));
  try {
    writeFileSync(path.join(folder, 'program.ts'), program);
    const file = path.relative(root, path.join(folder, 'program.ts'));
    expect(execFileSync(process.execPath, [launcher, file], { encoding: 'utf8', stdio: 'pipe' })).toBe('done\n');
    const { stderr } = spawnSync(process.execPath, [launcher, file], { encoding: 'utf8' });
    expect(stderr).toBe('');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('no manifest or lockfile names a registry', () => {
  for (const file of ['package-lock.json', 'scripts/node22/package-lock.json', '.npmrc', 'package.json']) {
    expect(read(file)).not.toMatch(/https?:\/\/[^"\s]*registry|"resolved"/);
  }
});
