import { StateError } from '../../model/index.ts';
import type { Shape } from './shapes.ts';

/** What becomes of what a step kept. */
export interface UpgradeRow {
  readonly step: string;
  /**
   * `same`; `compatible`: something new is kept besides; `needs migration`: what is there means something else now;
   * `orphaned`: no step wants it; `dropped`: that is meant.
   */
  readonly verdict: 'same' | 'compatible' | 'needs migration' | 'orphaned' | 'dropped';
  readonly why: string;
}

/** Compares what is kept with what a program would read of it. */
export function upgradeRows(
  saved: ReadonlyMap<string, Shape>,
  now: ReadonlyMap<string, Shape>,
  dropped: ReadonlySet<string>,
): readonly UpgradeRow[] {
  const paths = new Set([...saved.keys(), ...now.keys()]);
  return [...paths].map((step) => {
    const row = rowOf(step, saved.get(step), now.get(step));
    const isLost = row.verdict === 'orphaned' || row.verdict === 'needs migration';
    return isLost && dropped.has(step) ? { ...row, verdict: 'dropped' } : row;
  });
}

function rowOf(step: string, saved: Shape | undefined, now: Shape | undefined): UpgradeRow {
  if (saved === undefined) return { step, verdict: 'compatible', why: 'it is new and starts empty' };
  if (now === undefined) return { step, verdict: 'orphaned', why: 'the program has no such step' };
  const changed = Object.keys(saved).find((part) => !part.startsWith('~') && saved[part] !== now[part]);
  if (changed !== undefined) {
    const is = now[changed] === undefined ? 'is gone' : `is ${now[changed]} now`;
    return { step, verdict: 'needs migration', why: `${changed} was ${saved[changed]} and ${is}` };
  }
  const added = Object.keys(now).filter((part) => !(part in saved));
  const differs = Object.keys(now).filter((part) => part in saved && saved[part] !== now[part]);
  if (added.length > 0) return { step, verdict: 'compatible', why: `new: ${added.join(', ')}` };
  if (differs.length > 0) {
    return { step, verdict: 'compatible', why: `changed: ${differs.map((part) => part.slice(1)).join(', ')}` };
  }
  return { step, verdict: 'same', why: '' };
}

/** @throws StateError where something that is kept would be lost, with all steps in a table. */
export function refuseLoss(directory: string, rows: readonly UpgradeRow[]): void {
  const lost = rows.filter(({ verdict }) => verdict === 'orphaned' || verdict === 'needs migration');
  const [first, ...others] = lost;
  if (first === undefined) return;
  const width = Math.max(...rows.map(({ step }) => step.length));
  const table = rows.map(({ step, verdict, why }) => `\n  ${step.padEnd(width)}  ${verdict}${why && `: ${why}`}`);
  const more = others.length === 0 ? '' : `, and ${others.length} more`;
  const names = lost.map(({ step }) => `'${step}'`).join(', ');
  throw new StateError(
    directory,
    'foreign',
    `the program is not the one that made this state: ${first.step}: ${first.why}${more}. What ${others.length === 0 ? 'it has' : 'they have'} kept would be lost. Run the program that made it, or drop what is lost with --drop-state (dropState: [${names}]), or begin a new job with an empty directory.${table.join('')}`,
  );
}

/** What has changed, in one line; undefined where nothing has. */
export function changesOf(rows: readonly UpgradeRow[]): string | undefined {
  const changed = rows.filter(({ verdict }) => verdict !== 'same');
  if (changed.length === 0) return undefined;
  return changed
    .map(({ step, verdict, why }) => `${step}: ${why}${verdict === 'dropped' ? '; what it has kept is dropped' : ''}`)
    .join('. ');
}
