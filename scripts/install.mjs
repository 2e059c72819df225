// Decides in a few milliseconds whether the packages of the lockfile are installed, and installs them if not.
//
// npm writes what it installed into node_modules/.package-lock.json, last of all. So an install that was cut short, one
// made from an older lockfile, and a folder that somebody removed by hand all show up when the two files are compared.
// The whole set is installed at once: the pipelines and the tests share the large part (Node itself), the rest costs
// 4 seconds once (9 s against 13 s with an empty npm cache on 2 cores), less than a second install for the tests would.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './node-version.mjs';

/** Names of packages that the lockfile of `folder` asks for and node_modules lacks or has in another version. */
export function missingPackages(folder = root) {
  const wanted = JSON.parse(readFileSync(path.join(folder, 'package-lock.json'), 'utf8')).packages;
  const installed = installedPackages(folder);
  const missing = [];
  for (const [location, wantedPackage] of Object.entries(wanted)) {
    // Optional packages are the binaries of other platforms. Only npm knows which of them fit this one.
    if (location === '' || wantedPackage.optional) continue;
    const name = location.slice('node_modules/'.length);
    if (installed[location]?.version !== wantedPackage.version) missing.push(name);
    else if (!existsSync(path.join(folder, location, 'package.json'))) missing.push(name);
  }
  return missing;
}

function installedPackages(folder) {
  try {
    return JSON.parse(readFileSync(path.join(folder, 'node_modules', '.package-lock.json'), 'utf8')).packages;
  } catch {
    return {};
  }
}

// Not `npm ci`: it refuses a lockfile without the optional binaries of other platforms, which some registries do not list.
// The lockfile decides the versions all the same, and --no-save leaves it as it is.
/** Runs `npm install` in `folder` and shows one line. Throws with npm's own words if it fails. */
export function install(folder = root) {
  process.stderr.write('Installing dependencies (once, about 15 seconds) ...');
  const started = Date.now();
  try {
    npm(['install', '--no-save', '--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'], folder);
  } catch (error) {
    process.stderr.write(' failed\n');
    throw new Error(`${error.message}\nSo nothing can run. Check the network and npm's settings, then try again.`);
  }
  process.stderr.write(` done in ${((Date.now() - started) / 1000).toFixed(0)} s\n`);
}

/** Runs npm and returns what it printed. Throws with its words if it fails. */
export function npm(args, cwd) {
  // Without the project's own node_modules/.bin: npm must not run on the very Node that it is about to replace.
  const searchPath = (process.env.PATH ?? '')
    .split(path.delimiter)
    .filter((entry) => path.resolve(entry) !== path.join(root, 'node_modules', '.bin'))
    .join(path.delimiter);
  const { status, error, stdout, stderr } = spawnSync('npm', args, {
    cwd,
    env: { ...process.env, PATH: searchPath },
    encoding: 'utf8',
    shell: process.platform === 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (status === 0) return stdout;
  const words = error ? `npm could not be started: ${error.message}` : `${stdout}${stderr}`.trim();
  throw new Error(`${words}\nnpm ${args[0]} failed in ${cwd}.`);
}

/** Installs what is missing, if anything is. */
export function ensureInstalled(folder = root) {
  if (missingPackages(folder).length > 0) install(folder);
}
