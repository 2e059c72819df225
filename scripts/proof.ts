// npm run -s proof -- [PART]...: runs what takes too long for each change, one after another, and keeps what it printed in
// docs/proof/PART.txt, without dates, times and machines. Default: all parts. It takes the better part of an hour.
//
// Exits with 1 if one of them failed; its output is kept too.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { kept, PARTS, type Part } from './proof/parts.ts';

const root = path.dirname(import.meta.dirname);

/** Runs a script of package.json; shows what it prints, and gives that back. */
function run({ script, args }: Part): Promise<{ readonly succeeded: boolean; readonly printed: string }> {
  const launcher = path.join(root, 'scripts/with-node.mjs');
  const child = spawn(process.execPath, [launcher, ...wordsOf(script), ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    process.stdout.write(text);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (code) => resolve({ succeeded: code === 0, printed }));
  });
}

/** The words behind `node scripts/with-node.mjs` in a script of package.json. */
function wordsOf(name: string): readonly string[] {
  // The manifest of this repository.
  const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  const words = scripts[name]?.split(' ').slice(2);
  if (words === undefined) throw new Error(`proof: package.json has no script "${name}".`);
  return words;
}

const asked = process.argv.slice(2);
const unknown = asked.find((name) => PARTS.every((part) => part.name !== name));
if (unknown !== undefined) {
  console.error(
    `proof: there is no part "${unknown}". Name some of ${PARTS.map(({ name }) => name).join(', ')}, or none.`,
  );
  process.exit(2);
}

const folder = path.join(root, 'docs/proof');
mkdirSync(folder, { recursive: true });
const failed: string[] = [];
for (const part of PARTS) {
  if (asked.length > 0 && !asked.includes(part.name)) continue;
  console.log(`== ${part.name}`);
  const { succeeded, printed } = await run(part);
  writeFileSync(path.join(folder, `${part.name}.txt`), kept(part, printed, process.version, succeeded));
  if (!succeeded) failed.push(part.name);
}
console.log(failed.length === 0 ? 'proof: all parts succeeded' : `proof: failed: ${failed.join(', ')}`);
process.exit(failed.length === 0 ? 0 : 1);
