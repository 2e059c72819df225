// Builds what is published into dist/: JavaScript and declarations by the compiler, the modules of each entry joined into a
// few files, and the manifest. docs/decisions/0014-joined-modules.md says why they are joined.
//
// The repository runs its sources as they are. Node strips no types below node_modules, so a package needs JavaScript.
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { root, toolFile } from './node-version.mjs';

const dist = path.join(root, 'dist');
const DOCUMENTS = ['README.md', 'CHANGELOG.md', 'LICENSE', 'NOTICE'];

/** Builds dist/ anew. Throws with the compiler's words if it can't. With `mayHaveErrors` wrong types do not matter. */
export function build({ mayHaveErrors = false } = {}) {
  // Built beside it and renamed, so that a build that fails, or two at once, leave no half of a package.
  const fresh = path.join(root, '.cache', `build-${process.pid}`);
  rmSync(fresh, { recursive: true, force: true });
  const args = [toolFile('tsc'), '-p', path.join(root, 'scripts/build.tsconfig.json'), '--outDir', fresh];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  if (status !== 0 && !mayHaveErrors) {
    rmSync(fresh, { recursive: true, force: true });
    throw new Error(`${stdout}${stderr}The compiler refused the sources, so nothing was built. Repair what it names.`);
  }
  joinModules(fresh);
  cpSync(path.join(root, 'bin'), path.join(fresh, 'bin'), { recursive: true });
  for (const name of DOCUMENTS) copyFileSync(path.join(root, name), path.join(fresh, name));
  writeFileSync(path.join(fresh, 'package.json'), `${JSON.stringify(publishedManifest(), null, 2)}\n`);
  rmSync(dist, { recursive: true, force: true });
  renameSync(fresh, dist);
}

/** Replaces the modules in a folder by the entries and what these share, a file for each. */
function joinModules(folder) {
  const joined = `${folder}-joined`;
  const args = [toolFile('rolldown'), '--config', path.join(root, 'scripts/join-modules.mjs'), '--log-level', 'warn'];
  const env = { ...process.env, VIGA_MODULES: folder, VIGA_JOINED: joined };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', env });
  if (status !== 0) throw new Error(`${stdout}${stderr}The modules could not be joined, so nothing was built.`);
  for (const file of readdirSync(folder, { recursive: true })) {
    if (file.endsWith('.js')) rmSync(path.join(folder, file));
  }
  cpSync(joined, folder, { recursive: true });
  rmSync(joined, { recursive: true });
}

/** Builds dist/ if a source is newer. The benchmarks do not wait for types: `npm run -s check` is there for them. */
export function ensureBuilt() {
  const manifest = path.join(dist, 'package.json');
  if (!existsSync(manifest) || newest(root) > statSync(manifest).mtimeMs) build({ mayHaveErrors: true });
}

function newest(folder) {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name.startsWith('.') || ['node_modules', 'dist', 'out', 'test', 'docs'].includes(entry.name)) continue;
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) latest = Math.max(latest, newest(file));
    else if (/\.(?:ts|mjs|json|md)$/.test(entry.name)) latest = Math.max(latest, statSync(file).mtimeMs);
  }
  return latest;
}

/** The manifest of the published package: JavaScript in place of sources, and only what a user installs. */
function publishedManifest() {
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const { name, version, description, keywords, license, type, sideEffects, engines, bin, dependencies } = manifest;
  const exports = Object.fromEntries(
    Object.entries(manifest.exports).map(([entry, file]) => {
      if (!file.endsWith('.ts')) return [entry, file];
      const stem = file.slice(0, -'.ts'.length);
      return [entry, { types: `${stem}.d.ts`, default: `${stem}.js` }];
    }),
  );
  // Libraries that a user brings along for the formats and systems that need them; exactly those that were tested, as
  // io/parquet uses two of hyparquet's inner modules.
  const peers = ['hyparquet', 'hyparquet-writer'];
  return {
    name,
    version,
    description,
    keywords,
    license,
    type,
    sideEffects,
    engines,
    bin,
    exports,
    files: ['**/*.js', '**/*.d.ts', 'bin', ...DOCUMENTS],
    dependencies,
    peerDependencies: Object.fromEntries(peers.map((peer) => [peer, manifest.devDependencies[peer]])),
    peerDependenciesMeta: Object.fromEntries(peers.map((peer) => [peer, { optional: true }])),
  };
}

if (import.meta.filename === path.resolve(process.argv[1] ?? '')) {
  try {
    build();
    console.log(`built ${path.relative(process.cwd(), dist) || '.'}`);
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
