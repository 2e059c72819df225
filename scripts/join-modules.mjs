// How the modules that the compiler made are joined; build.mjs says where they are and where the result goes.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './node-version.mjs';

const modules = process.env.VIGA_MODULES ?? path.join(root, 'dist');
const { exports, dependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const entries = [...Object.values(exports), './cli/main.ts'].filter((file) => file.endsWith('.ts'));
const PACKAGES = ['node:', ...Object.keys(dependencies), 'hyparquet', 'echarts'];
const nameOf = (file) => file.slice('./'.length, -'.ts'.length);

export default {
  input: Object.fromEntries(entries.map((file) => [nameOf(file), path.join(modules, `${nameOf(file)}.js`)])),
  platform: 'node',
  // Packages stay imports: the user's own copies are used, and optional ones are only loaded where they are needed.
  external: (id) => PACKAGES.some((name) => id.startsWith(name)),
  // Nothing is left out or renamed: what is thrown and printed names functions as the sources do.
  treeshake: false,
  output: {
    dir: process.env.VIGA_JOINED,
    format: 'esm',
    entryFileNames: '[name].js',
    // One folder deep, as the modules of cli/ are: they look for the package's root above their own folder.
    chunkFileNames: 'chunks/[name].js',
  },
};
