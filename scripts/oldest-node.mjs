// Runs the tests on the oldest Node that Viga supports. It is installed into .cache, from a manifest of its own, so that a
// plain install stays small.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { ensureInstalled } from './install.mjs';
import { bundledNode, root, toolFile } from './node-version.mjs';

const folder = path.join(root, '.cache', 'node22');

try {
  mkdirSync(folder, { recursive: true });
  for (const name of ['package.json', 'package-lock.json']) {
    cpSync(path.join(root, 'scripts', 'node22', name), path.join(folder, name));
  }
  ensureInstalled(root);
  ensureInstalled(folder);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

const node = bundledNode(folder);
const { stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' });
console.log(`the suite on Node ${String(stdout).trim()}`);
const args = ['--disable-warning=ExperimentalWarning', toolFile('vitest'), 'run', ...process.argv.slice(2)];
process.exit(spawnSync(node, args, { cwd: root, stdio: 'inherit' }).status ?? 1);
