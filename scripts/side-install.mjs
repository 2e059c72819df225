// Packages that only some checks need have a manifest of their own below scripts/, so that a plain install stays small. They
// are installed into .cache when they are asked for.
import { cpSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { ensureInstalled } from './install.mjs';
import { bundledNode, root } from './node-version.mjs';

/** The folder where the packages of `scripts/NAME` are, after installing what is missing. */
function installed(name) {
  const folder = path.join(root, '.cache', name);
  mkdirSync(folder, { recursive: true });
  for (const file of ['package.json', 'package-lock.json']) {
    cpSync(path.join(root, 'scripts', name, file), path.join(folder, file));
  }
  ensureInstalled(folder);
  return folder;
}

/** The oldest Node that Viga supports. */
export const oldestNode = () => bundledNode(installed('node22'));

/** The compilers of the two TypeScript versions before the present one. */
export function olderCompilers() {
  const folder = installed('older-typescript');
  return ['6.0', '5.9'].map((version) => path.join(folder, 'node_modules', `typescript-${version}`, 'bin', 'tsc'));
}
