// Runs a file or a tool of this repository on a Node that is new enough, after installing what is missing:
//
//   node scripts/with-node.mjs pipelines/covid.ts --runner=direct
//   node scripts/with-node.mjs vitest run
//
// The npm scripts go through here. This file must run on Node 20, as that is what many machines have.
import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { ensureInstalled } from './install.mjs';
import { findNode, root, toolFile, tooOldMessage } from './node-version.mjs';

const [target, ...args] = process.argv.slice(2);
if (target === undefined) {
  console.error('with-node: no file and no tool given. Usage: node scripts/with-node.mjs FILE|TOOL [arguments]');
  process.exit(2);
}

try {
  ensureInstalled();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

const node = findNode();
const isUsable = node === process.execPath || (node !== undefined && spawnSync(node, ['--version']).status === 0);
if (!isUsable) {
  console.error(tooOldMessage());
  process.exit(1);
}

const file = target.includes('/') ? path.join(root, target) : toolFile(target);
const child = spawn(node, ['--disable-warning=ExperimentalWarning', file, ...args], { stdio: 'inherit' });

// A terminal sends Ctrl-C to the child as well; sent twice it would mean "stop at once". Without a terminal (a
// supervisor, `kill`) only this process is told, so it passes the signal on.
const hasTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
process.on('SIGINT', () => {
  if (!hasTerminal) child.kill('SIGINT');
});
process.on('SIGTERM', () => child.kill('SIGTERM'));
process.on('SIGHUP', () => child.kill('SIGHUP'));

child.on('error', (error) => {
  console.error(`with-node: ${node} did not start: ${error.message}. ${tooOldMessage()}`);
  process.exit(1);
});
child.on('exit', (code, signal) => {
  if (signal === null) process.exit(code ?? 1);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
});
