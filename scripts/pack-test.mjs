// Shows that what is published works where nothing of the repository is: packs the build, installs the tarball into an
// empty folder, imports every entry, runs a pipeline, checks the types with the strict compiler and no skipLibCheck.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from './build.mjs';
import { npm } from './install.mjs';
import { root, toolFile } from './node-version.mjs';
import { olderCompilers } from './side-install.mjs';

const MOST_BYTES = 5e6;
const MOST_PACKAGES = 20;

const folder = mkdtempSync(path.join(realpathSync(tmpdir()), 'viga-pack-'));
try {
  build();
  const tarball = pack();
  installAlone(tarball);
  const entries = importEntries();
  checkTypes(entries);
  run('the consumer', [path.join(folder, 'consumer.js')]);
  run('viga --version', [path.join(folder, 'node_modules/viga/bin/viga.mjs'), '--version']);
  console.log(`pack-test: ${entries.length} entries import, run and have sound types`);
} catch (error) {
  console.error(`pack-test: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function pack() {
  const [{ filename, unpackedSize, files }] = JSON.parse(
    npm(['pack', '--json', '--pack-destination', folder], path.join(root, 'dist')),
  );
  const sources = files.map((file) => file.path).filter((file) => /(?<!\.d)\.ts$/.test(file));
  if (sources.length > 0) throw new Error(`the tarball holds sources: ${sources.slice(0, 3).join(', ')}.`);
  console.log(`pack-test: ${files.length} files, ${(unpackedSize / 1e6).toFixed(1)} MB unpacked`);
  return path.join(folder, filename);
}

/** Installs the tarball and its dependencies, no peers, into the empty folder; it has to stay small. */
function installAlone(tarball) {
  writeFileSync(path.join(folder, 'package.json'), '{ "name": "consumer", "private": true, "type": "module" }\n');
  npm(['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', tarball], folder);
  const modules = path.join(folder, 'node_modules');
  const { packages } = JSON.parse(readFileSync(path.join(modules, '.package-lock.json'), 'utf8'));
  const count = Object.keys(packages).length;
  const bytes = sizeOf(modules);
  console.log(`pack-test: ${count} packages, ${(bytes / 1e6).toFixed(1)} MB installed`);
  if (count > MOST_PACKAGES || bytes > MOST_BYTES) {
    throw new Error(`an install has to stay within ${MOST_PACKAGES} packages and ${MOST_BYTES / 1e6} MB.`);
  }
}

function sizeOf(file) {
  if (!statSync(file).isDirectory()) return statSync(file).size;
  return readdirSync(file).reduce((sum, name) => sum + sizeOf(path.join(file, name)), 0);
}

/** Imports each entry in a process of its own, so that none leans on another. */
function importEntries() {
  const { exports } = JSON.parse(readFileSync(path.join(folder, 'node_modules/viga/package.json'), 'utf8'));
  const entries = Object.keys(exports)
    .filter((entry) => entry !== './package.json')
    .map((entry) => `viga${entry.slice(1)}`);
  for (const entry of entries) {
    run(`import ${entry}`, ['--input-type=module', '-e', `await import('${entry}')`]);
  }
  return entries;
}

/**
 * Compiles imports of all entries, and a program, as a user's strict project on Node would, with the present TypeScript and
 * the two versions before. Entries of formats whose
 * libraries are peers come second: who imports them has the peers.
 */
function checkTypes(entries) {
  cpSync(path.join(import.meta.dirname, 'pack-test/consumer.ts'), path.join(folder, 'consumer.ts'));
  const compilerOptions = {
    target: 'es2023',
    lib: ['es2024'],
    module: 'nodenext',
    typeRoots: [path.join(root, 'node_modules/@types')],
    types: ['node'],
    strict: true,
    skipLibCheck: false,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
  };
  writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
  compile(entries.filter((entry) => entry !== 'viga/io/parquet'));
  for (const peer of ['hyparquet', 'hyparquet-writer']) {
    symlinkSync(path.join(root, 'node_modules', peer), path.join(folder, 'node_modules', peer));
  }
  compile(entries);
}

function compile(entries) {
  const imports = entries.map((entry, index) => `export * as entry${index} from '${entry}';\n`);
  writeFileSync(path.join(folder, 'entries.ts'), imports.join(''));
  for (const tsc of [...olderCompilers(), toolFile('tsc')]) run('tsc', [tsc, '-p', folder]);
}

function run(what, args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${what} failed:\n${stdout}${stderr}`);
  return stdout;
}
