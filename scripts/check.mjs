// What a tool can say about the sources: `npm run -s check` asks all, `npm run -s check:lint` one of them.
//
//   types       the compiler over every file, type tests included
//   type-tests  the files of test/types alone
//   lint        oxlint with rules that know types; .oxlintrc.json says which and why
//   format      Biome; `npm run -s format` repairs
import { spawnSync } from 'node:child_process';
import { root, toolFile } from './node-version.mjs';

const checks = {
  types: ['tsc', '--noEmit', '-p', 'tsconfig.json'],
  'type-tests': ['tsc', '--noEmit', '-p', 'scripts/type-tests.tsconfig.json'],
  lint: ['oxlint', '--type-aware', '--deny-warnings'],
  format: ['biome', 'format'],
};

const asked = process.argv.slice(2);
const unknown = asked.find((name) => !Object.hasOwn(checks, name));
if (unknown !== undefined) {
  const known = Object.keys(checks).join(', ');
  console.error(`check: there is no check "${unknown}". Pass none for all of them, or some of: ${known}.`);
  process.exit(2);
}

let failed = 0;
for (const name of asked.length > 0 ? asked : Object.keys(checks)) {
  const [tool, ...args] = checks[name];
  const { status } = spawnSync(process.execPath, [toolFile(tool), ...args], { cwd: root, stdio: 'inherit' });
  console.log(`check ${name}: ${status === 0 ? 'ok' : 'failed'}`);
  if (status !== 0) failed++;
}
process.exit(failed > 0 ? 1 : 0);
