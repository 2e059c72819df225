import { Coverage } from '../../testing/simulation/index.ts';
import { CRASHED, DAMAGED } from '../../test/testing/simulation/exhausted-shapes.ts';
import { exhaust, exhaustDamage } from '../../test/testing/simulation/exhaustive.ts';
import { shownWear } from './shown.ts';

/**
 * Runs jobs of three epochs, one for each class of sinks and some more, through a crash at every point, and through damage of
 * what they keep after it. Prints what each has come by, and returns how many problems there were.
 */
export async function printExhaustive(): Promise<number> {
  const coverage = new Coverage();
  let problems = 0;
  for (const [what, shape] of CRASHED) {
    const all = await exhaust(1, shape);
    coverage.add(all.coverage);
    problems += shown(`${what}, ${all.epochs} epochs: ${all.calmPoints} points, ${all.runs} crashes`, all.problems);
  }
  for (const [what, shape] of DAMAGED) {
    const all = await exhaustDamage(1, shape);
    problems += shown(
      `${what}, damaged after a kill at each of ${all.calmPoints} points, ${all.runs} runs`,
      all.problems,
    );
    for (const line of shownWear(all.wear)) console.log(`  ${line}`);
  }
  for (const line of coverage.table()) console.log(line);
  return problems;
}

function shown(what: string, problems: readonly string[]): number {
  console.log(`${what}: ${problems.length === 0 ? 'all came out the same' : `${problems.length} did not`}`);
  for (const problem of problems.slice(0, 5)) console.log(`  ${problem}`);
  return problems.length;
}
