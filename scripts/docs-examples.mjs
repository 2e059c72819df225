// Every @example of a docstring is a program: it is written to a file of its own, type checked, and run.
//
//   node scripts/docs-examples.mjs [PATH...]    all of the library, or of the files whose path starts so
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root, toolFile } from './node-version.mjs';

const LIBRARY = ['model', 'transforms', 'io', 'runners', 'host', 'testing', 'ui', 'cli'];
const AT_ONCE = 2;
const LONGEST_RUN = 60_000;
// A folder of its own for each process, within the repository: there 'viga' is this package.
const output = path.join(root, '.cache', `docs-examples-${process.pid}`);

/** The examples in a source: where each starts, and its text. */
export function examplesOf(source) {
  const examples = [];
  for (const { 0: comment, index } of source.matchAll(/\/\*\*[\s\S]*?\*\//g)) {
    const lines = comment.slice(3, -2).split('\n');
    const firstLine = source.slice(0, index).split('\n').length;
    let example;
    for (const [number, raw] of lines.entries()) {
      const line = raw.replace(/^\s*\* ?/, '');
      if (/^@\w/.test(line)) example = undefined;
      if (line.startsWith('@example')) {
        example = { line: firstLine + number, text: '' };
        examples.push(example);
      } else if (example !== undefined && !line.startsWith('```')) example.text += `${line}\n`;
    }
  }
  return examples;
}

async function main(prefixes) {
  mkdirSync(output, { recursive: true });
  const examples = [...sources()]
    .filter((file) => prefixes.length === 0 || prefixes.some((prefix) => file.startsWith(prefix)))
    .flatMap((file) =>
      examplesOf(readFileSync(path.join(root, file), 'utf8')).map((example) => written(file, example)),
    );
  if (examples.length === 0) throw new Error('there is no @example at all.');
  checkTypes();
  let failed = 0;
  const queue = [...examples];
  const worker = async () => {
    for (let example = queue.shift(); example !== undefined; example = queue.shift()) {
      const words = await failureOf(example.program);
      if (words === undefined) continue;
      failed++;
      console.error(`${example.place}: the example fails when it is run.\n${words}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  console.log(`docs-examples: ${examples.length - failed} of ${examples.length} examples run`);
  return failed;
}

function* sources(folder = '') {
  for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
    const file = path.posix.join(folder, entry.name);
    if (entry.isDirectory() && (folder !== '' || LIBRARY.includes(entry.name))) yield* sources(file);
    else if (folder !== '' && entry.name.endsWith('.ts')) yield file;
  }
}

function written(file, { line, text }) {
  const program = path.join(output, `${file.replace(/\.ts$/, '').replaceAll('/', '--')}-${line}.ts`);
  // A program without imports and exports would be a script, where `await` may not stand at the top.
  writeFileSync(program, `${text}export {};\n`);
  return { program, place: `${file}:${line}` };
}

function checkTypes() {
  // Examples show a value by naming it, so unused names are no fault here.
  const compilerOptions = { noUnusedLocals: false, noUnusedParameters: false };
  const config = { extends: '../../tsconfig.json', compilerOptions, include: ['*.ts'], exclude: [] };
  writeFileSync(path.join(output, 'tsconfig.json'), JSON.stringify(config));
  const { status, stdout } = spawnSync(process.execPath, [toolFile('tsc'), '-p', output], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status === 0) return;
  const placed = stdout.replace(/^.*?([\w-]+)-(\d+)\.ts\((\d+),\d+\)/gm, (_, file, line, inner) => {
    return `${file.replaceAll('--', '/')}.ts:${Number(line) + Number(inner)}`;
  });
  throw new Error(`examples with wrong types:\n${placed}`);
}

/** Runs a program; its words if it fails. */
function failureOf(program) {
  return new Promise((resolve) => {
    const folder = `${program.slice(0, -'.ts'.length)}.run`;
    mkdirSync(folder);
    const args = ['--disable-warning=ExperimentalWarning', program];
    const child = spawn(process.execPath, args, {
      cwd: folder,
      timeout: LONGEST_RUN,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let words = '';
    child.stdout.on('data', (data) => (words += data));
    child.stderr.on('data', (data) => (words += data));
    child.on('close', (status, signal) => {
      if (status === 0) resolve(undefined);
      else resolve(signal === null ? words : `${words}It was ended by ${signal} after ${LONGEST_RUN / 1000} s.`);
    });
  });
}

if (import.meta.filename === path.resolve(process.argv[1] ?? '')) {
  try {
    process.exitCode = (await main(process.argv.slice(2))) > 0 ? 1 : 0;
  } catch (error) {
    console.error(`docs-examples: ${error.message}`);
    process.exitCode = 1;
  } finally {
    rmSync(output, { recursive: true, force: true });
  }
}
