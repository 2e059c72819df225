// Runs the tests on the oldest Node that Viga supports: node scripts/oldest-node.mjs [FILTER...]
import { spawnSync } from 'node:child_process';
import { ensureInstalled } from './install.mjs';
import { root, toolFile } from './node-version.mjs';
import { oldestNode } from './side-install.mjs';

try {
  ensureInstalled();
  const node = oldestNode();
  console.log(`the suite on Node ${spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim()}`);
  const args = ['--disable-warning=ExperimentalWarning', toolFile('vitest'), 'run', ...process.argv.slice(2)];
  process.exitCode = spawnSync(node, args, { cwd: root, stdio: 'inherit' }).status ?? 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
