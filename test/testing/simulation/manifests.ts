import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Files } from '../../../testing/simulation/index.ts';

/** What manifests say of a file. */
interface Named {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
}

/** How the visible files of an output differ from what its manifests name, with their sizes and checksums. */
export function manifestProblems(files: Files, output: string, visible: readonly string[]): readonly string[] {
  const named = new Map(namedIn(files, `${output}.viga`).map((one) => [one.path, one]));
  const unnamed = visible.filter((name) => !named.has(name)).map((name) => `${output}${name} is named by no manifest`);
  const broken = documentsIn(files, `${output}.viga`).filter((path) => documentAt(files, path) === undefined);
  const missing = [...named.keys()].filter((name) => !visible.includes(name));
  const damaged = visible.filter((name) => {
    const bytes = files.bytes(`${output}${name}`);
    const said = named.get(name);
    return said !== undefined && (said.size !== bytes.length || said.sha256 !== sha256Of(bytes));
  });
  return [
    ...broken.map((path) => `${path} is not what its checksum says`),
    ...unnamed,
    ...missing.map((name) => `${output}${name} is named by a manifest and not there`),
    ...damaged.map((name) => `${output}${name} is not what its manifest says`),
  ];
}

/** All files that the documents beside an output name. */
const namedIn = (files: Files, kept: string): readonly Named[] =>
  documentsIn(files, kept).flatMap((path) => documentAt(files, path)?.files ?? []);

/** The documents beside an output: one for a whole, or one for each epoch that published panes. */
const documentsIn = (files: Files, kept: string): readonly string[] =>
  files.below(kept).filter((path) => /\/(?:manifest|panes=[^/]*\/\d+)\.json$/.test(path));

/** What a document says; undefined if it is not what its checksum says. */
function documentAt(files: Files, path: string): { readonly files: readonly Named[] } | undefined {
  try {
    const { crc32: said, ...rest } = JSON.parse(files.read(path)) as { crc32: string; files: readonly Named[] };
    return crc32(JSON.stringify(rest)) === Number.parseInt(said, 16) ? rest : undefined;
  } catch {
    return undefined;
  }
}

const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
