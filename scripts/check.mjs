// What a tool can say about the sources: `npm run -s check` asks all, `npm run -s check:lint` one of them.
//
//   types       the compiler over every file, type tests included
//   type-tests  the files of test/types alone, with the present TypeScript and the two versions before
//   lint        oxlint with rules that know types; .oxlintrc.json says which and why
//   format      Biome; `npm run -s format` repairs
import { spawnSync } from 'node:child_process';
import { root, toolFile } from './node-version.mjs';
import { olderCompilers } from './side-install.mjs';

const checks = {
  types: () => [[toolFile('tsc'), '--noEmit', '-p', 'tsconfig.json']],
  'type-tests': () =>
    [toolFile('tsc'), ...olderCompilers()].map((tsc) => [tsc, '--noEmit', '-p', 'scripts/type-tests.tsconfig.json']),
  lint: () => [[toolFile('oxlint'), '--type-aware', '--deny-warnings']],
  format: () => [[toolFile('biome'), 'format']],
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
  const isClean = commandsOf(name).every((args) => {
    return spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status === 0;
  });
  console.log(`check ${name}: ${isClean ? 'ok' : 'failed'}`);
  if (!isClean) failed++;
}
process.exit(failed > 0 ? 1 : 0);

function commandsOf(name) {
  try {
    return checks[name]();
  } catch (error) {
    console.error(`check ${name}: ${error.message}`);
    process.exit(1);
  }
}
