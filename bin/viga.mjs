#!/usr/bin/env -S node --disable-warning=ExperimentalWarning
// The `viga` command. Plain JavaScript that an old Node can run, so that it can say in one line that it is too old.
import { existsSync } from 'node:fs';

const minimumNode = '22.18';
const [major, minor] = process.versions.node.split('.').map(Number);
const [neededMajor, neededMinor] = minimumNode.split('.').map(Number);

if (major < neededMajor || (major === neededMajor && minor < neededMinor)) {
  console.error(
    `viga needs Node ${minimumNode} or newer and this is Node ${process.versions.node}. Install one from https://nodejs.org (or: nvm install 24).`,
  );
  process.exitCode = 1;
} else {
  // The published package has JavaScript beside this folder; a clone has the sources, which this Node runs as they are.
  const built = new URL('../cli/main.js', import.meta.url);
  const { main } = await import(existsSync(built) ? built.href : new URL('../cli/main.ts', import.meta.url).href);
  process.exitCode = await main(process.argv.slice(2));
}
