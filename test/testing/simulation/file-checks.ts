import type { World } from '../../../testing/simulation/index.ts';
import type { Expected } from './expected.ts';
import { OUTPUT } from './pipeline.ts';
import { IdSets } from './rows.ts';
import type { Shape } from './shapes.ts';

/** What is wrong with the files of a job. At any moment each visible file is whole; in the end all are there. */
export function fileProblems(world: World, shape: Shape, expected: Expected, isFinal: boolean): string[] {
  const { files } = world;
  if (!shape.sinks.includes('files') || files.stat(OUTPUT) === undefined)
    return isFinal && shape.sinks.includes('files') ? ['files: nothing was written'] : [];
  const names = files.list(OUTPUT).filter((name) => !name.startsWith('.'));
  const found = new IdSets();
  const problems: string[] = [];
  for (const name of names) {
    const lines = world.files.read(`${OUTPUT}${name}`);
    const ids = idsOf(lines);
    if (ids === undefined) problems.push(`files: ${name} is torn: ${JSON.stringify(lines.slice(0, 80))}`);
    else found.add(ownerOf(name, shape), ids);
  }
  if (!isFinal) return problems;
  // What was removed and not synced comes back with a power loss; nobody takes it for anything.
  const isLeftBehind = (name: string): boolean => world.powerLosses === 0 && !/^(?:manifest|panes)/.test(name);
  const kept = files.list(`${OUTPUT}.viga`).filter(isLeftBehind);
  return [
    ...problems,
    ...found.differences(expected.files, 'files'),
    ...kept.map((name) => `files: ${name} is left over in .viga`),
  ];
}

/** By the window in the name, where there is one. */
function ownerOf(name: string, { windows, isBounded }: Shape): string {
  if (isBounded || windows === 'sessions') return 'all';
  const [, date, time] = /(\d{4}-\d\d-\d\d)T([\d.-]+)Z/.exec(name) ?? [];
  return time === undefined ? name : String(Date.parse(`${date}T${time.replaceAll('-', ':')}Z`));
}

function idsOf(text: string): readonly number[] | undefined {
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
