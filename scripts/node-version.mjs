// Which Node may run Viga, and the one line to say when there is none. Plain JavaScript: this runs on any Node.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** The oldest Node that runs the sources without a flag: type stripping is on by default from here. */
export const minimumNode = '22.18';

/** True if a version such as `24.21.0` is at least `minimumNode`. */
export function isCurrent(version) {
  const [major, minor] = version.split('.').map(Number);
  const [neededMajor, neededMinor] = minimumNode.split('.').map(Number);
  return major > neededMajor || (major === neededMajor && minor >= neededMinor);
}

/** The `node` that the devDependency of that name puts into node_modules. */
export function bundledNode(folder = root) {
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  return path.join(folder, 'node_modules', 'node', 'bin', file);
}

/** The Node to run the sources with: this one if it is new enough, else the bundled one, else undefined. */
export function findNode({ folder = root, version = process.versions.node, execPath = process.execPath } = {}) {
  if (isCurrent(version)) return execPath;
  const bundled = bundledNode(folder);
  return existsSync(bundled) ? bundled : undefined;
}

/** One line: what is needed, what is here, how to get it. */
export function tooOldMessage(version = process.versions.node) {
  return `Viga needs Node ${minimumNode} or newer and this is Node ${version}. Install one from https://nodejs.org (or: nvm install 24), or in a clone of Viga run: npm rebuild node --ignore-scripts=false`;
}

/** The file that a tool's command in node_modules/.bin runs, e.g. vitest -> node_modules/vitest/vitest.mjs. */
export function toolFile(name, folder = root) {
  const require = createRequire(path.join(folder, 'package.json'));
  const packages = { tsc: 'typescript', biome: '@biomejs/biome' };
  const manifestFile = path.join(folder, 'node_modules', packages[name] ?? name, 'package.json');
  const { bin } = require(manifestFile);
  return path.join(path.dirname(manifestFile), typeof bin === 'string' ? bin : bin[name]);
}
