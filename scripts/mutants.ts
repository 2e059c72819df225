// npm run -s mutants -- [--only ID]... [--rotate N [--seed S]] [--json]: plants the bugs of test/mutants, one after another, in a
// copy of the sources, and runs the suite there until a test fails. With --rotate N it takes N of them, others with each seed.
//
// Prints which test has seen which bug. Exits with 1 if one was seen by none.
import path from 'node:path';
import { FAILURES, MUTANTS } from '../test/mutants/index.ts';
import { chosen, mutantArguments } from './mutants/arguments.ts';
import { Hunt, type Verdict } from './mutants/hunt.ts';
import { Workspace } from './mutants/workspace.ts';

const root = path.dirname(import.meta.dirname);

/** Exits with 2 where it was called wrongly. */
function asked() {
  try {
    const words = mutantArguments(process.argv.slice(2));
    return { json: words.json, mutants: chosen(MUTANTS, words) };
  } catch (error) {
    console.error((error as Error).message);
    process.exit(2);
  }
}

const seenBy = ({ caughtBy, isHung }: Verdict): string =>
  caughtBy === undefined
    ? isHung
      ? 'kept the tests from ending'
      : 'SEEN BY NONE'
    : `${caughtBy.file}: ${caughtBy.test}`;

function print(verdict: Verdict): void {
  const { id, title, row } = verdict.mutant;
  console.log(`${id}: ${title}`);
  if (row !== undefined) console.log(`  as in ${row}: ${FAILURES[row]}`);
  console.log(`  ${seenBy(verdict)}`);
}

const asData = ({ mutant: { id, title, row }, caughtBy, isHung }: Verdict) => ({ id, title, row, caughtBy, isHung });

const { json, mutants } = asked();
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
const workspace = new Workspace(root);
const verdicts: Verdict[] = [];
try {
  const hunt = new Hunt(workspace, stop.signal);
  for (const mutant of mutants) {
    const verdict = await hunt.find(mutant);
    verdicts.push(verdict);
    if (!json) print(verdict);
  }
  for (const file of hunt.unreliable) console.error(`${file} fails without any bug planted, and counts for nothing.`);
} catch (error) {
  if (!stop.signal.aborted) throw error;
} finally {
  workspace.remove();
}

const missed = verdicts.filter(({ caughtBy, isHung }) => caughtBy === undefined && !isHung);
if (json) console.log(JSON.stringify(verdicts.map(asData)));
else {
  const names = missed.map(({ mutant }) => mutant.id).join(', ');
  console.log(
    `${verdicts.length} planted, ${verdicts.length - missed.length} seen${names && `; seen by none: ${names}`}`,
  );
}
process.exit(stop.signal.aborted ? 130 : missed.length > 0 ? 1 : 0);
