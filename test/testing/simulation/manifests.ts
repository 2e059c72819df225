import { createHash } from 'node:crypto';
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
  const missing = [...named.keys()].filter((name) => !visible.includes(name));
  const damaged = visible.filter((name) => {
    const bytes = files.bytes(`${output}${name}`);
    const said = named.get(name);
    return said !== undefined && (said.size !== bytes.length || said.sha256 !== sha256Of(bytes));
  });
  return [
    ...unnamed,
    ...missing.map((name) => `${output}${name} is named by a manifest and not there`),
    ...damaged.map((name) => `${output}${name} is not what its manifest says`),
  ];
}

/** All files that the documents beside an output name: one for a whole, or one for each epoch that published panes. */
function namedIn(files: Files, kept: string): readonly Named[] {
  if (files.stat(kept) === undefined) return [];
  const documents = files.list(kept).flatMap((name) => {
    if (name === 'manifest.json') return [`${kept}/${name}`];
    return name.startsWith('panes=') ? files.list(`${kept}/${name}`).map((epoch) => `${kept}/${name}/${epoch}`) : [];
  });
  return documents
    .filter((path) => path.endsWith('.json'))
    .flatMap((path) => (JSON.parse(files.read(path)) as { readonly files: readonly Named[] }).files);
}

const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
