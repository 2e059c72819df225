import { type SqliteWriteOptions, writeSqlite } from '../../../io/sqlite/index.ts';
import { type DeadLetter, type PCollection, Pipeline } from '../../../model/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { create } from '../../../transforms/index.ts';

/** Writes rows by a pipeline of its own. */
export async function run(rows: readonly object[], spec: SqliteWriteOptions<never>): Promise<void> {
  const p = new Pipeline();
  p.apply(create<object>(rows)).apply(writeSqlite<object>(spec), { name: 'Customers' });
  await p.run(directRunner());
}

/** Writes rows and gives those that became dead letters, with their messages. */
export async function runWithDeadLetters(
  rows: readonly object[],
  spec: SqliteWriteOptions<never>,
): Promise<Map<unknown, string>> {
  const p = new Pipeline();
  const letters = new Map<unknown, string>();
  const dead: PCollection<DeadLetter<object>>[] = [];
  p.apply(create<object>(rows)).apply(writeSqlite<object>({ ...spec, deadLetters: (failed) => dead.push(failed) }));
  dead[0]?.map(({ element, error }) => void letters.set(element, error.message));
  await p.run(directRunner());
  return letters;
}
