import { zstdDecompressSync } from 'node:zlib';
import { parquetReadObjects } from 'hyparquet';
import type { World } from '../../../testing/simulation/index.ts';
import type { Expected } from './expected.ts';
import { manifestProblems } from './manifests.ts';
import { OUTPUTS } from './pipeline.ts';
import { IdSets } from './rows.ts';
import type { Shape } from './shapes.ts';

type FileClass = keyof typeof OUTPUTS;

/** What is wrong with the files of a job. At any moment each visible file is whole; in the end all are there. */
export async function fileProblems(
  world: World,
  shape: Shape,
  expected: Expected | undefined,
): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const what of fileClasses(shape)) problems.push(...(await problemsOf(world, shape, what, expected?.[what])));
  return problems;
}

/** The ids in all files of a job. */
export async function idsInFiles(world: World, shape: Shape): Promise<readonly number[]> {
  const ids: number[] = [];
  for (const what of fileClasses(shape)) {
    for (const name of namesIn(world, what)) ids.push(...((await idsOf(world, what, name)) ?? []));
  }
  return ids;
}

const fileClasses = ({ sinks }: Shape): readonly FileClass[] =>
  (['files', 'parquet'] as const).filter((one) => sinks.includes(one));

function namesIn({ files }: World, what: FileClass): readonly string[] {
  const output = OUTPUTS[what];
  return files.stat(output) === undefined ? [] : files.list(output).filter((name) => !name.startsWith('.'));
}

async function problemsOf(
  world: World,
  shape: Shape,
  what: FileClass,
  expected: IdSets | undefined,
): Promise<readonly string[]> {
  const found = new IdSets();
  const problems: string[] = [];
  for (const name of namesIn(world, what)) {
    const ids = await idsOf(world, what, name);
    if (ids === undefined) problems.push(`${what}: ${name} is torn`);
    else found.add(ownerOf(name, shape, what), ids);
  }
  if (expected === undefined) return problems;
  const manifests = manifestProblems(world.files, OUTPUTS[what], namesIn(world, what));
  return [...problems, ...found.differences(expected, what), ...leftOver(world, what), ...manifests];
}

/** What is kept beside the output and should be gone when the job has finished. */
function leftOver({ files, powerLosses }: World, what: FileClass): readonly string[] {
  const kept = `${OUTPUTS[what]}.viga`;
  if (files.stat(kept) === undefined) return [];
  // What was removed and not synced comes back with a power loss; nobody takes it for anything.
  return files
    .list(kept)
    .filter((name) => powerLosses === 0 && !/^(?:manifest|panes)/.test(name))
    .map((name) => `${what}: ${name} is left over in .viga`);
}

/** By the window in the name, where there is one. */
function ownerOf(name: string, { windows, isBounded }: Shape, what: FileClass): string {
  if ((isBounded && what === 'files') || windows === 'sessions') return 'all';
  const [, date, time] = /(\d{4}-\d\d-\d\d)T([\d.-]+)Z/.exec(name) ?? [];
  return time === undefined ? name : String(Date.parse(`${date}T${time.replaceAll('-', ':')}Z`));
}

/** The ids of files that were looked at, by their bytes: most are as they were. */
const known = new WeakMap<Uint8Array, readonly number[] | undefined>();

async function idsOf({ files }: World, what: FileClass, name: string): Promise<readonly number[] | undefined> {
  const bytes = files.bytes(`${OUTPUTS[what]}${name}`);
  if (!known.has(bytes)) known.set(bytes, what === 'files' ? idsOfLines(bytes) : await idsOfParquet(bytes));
  return known.get(bytes);
}

function idsOfLines(bytes: Uint8Array): readonly number[] | undefined {
  const text = Buffer.from(bytes).toString();
  if (text !== '' && !text.endsWith('\n')) return undefined;
  try {
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => (JSON.parse(line) as { readonly id: number }).id);
  } catch {
    return undefined;
  }
}

/** Read by the package alone, and nothing of ours. */
async function idsOfParquet(bytes: Uint8Array): Promise<readonly number[] | undefined> {
  const file = {
    byteLength: bytes.length,
    slice: (from: number, to?: number) => new Uint8Array(bytes.slice(from, to)).buffer,
  };
  try {
    const rows = await parquetReadObjects({ file, compressors: { ZSTD: (page) => zstdDecompressSync(page) } });
    return rows.map((row) => Number(row['id']));
  } catch {
    return undefined;
  }
}
