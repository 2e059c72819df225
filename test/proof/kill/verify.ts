import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { Pipeline } from '../../../index.ts';
import { readParquet } from '../../../io/parquet/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import type { Event } from './input.ts';
import { type JobName, type Places, TABLE } from './places.ts';

/** How the output of a job differs from what its input says. */
export interface Verdict {
  readonly lost: number;
  readonly duplicate: number;
  readonly phantom: number;
  readonly elements: number;
}

/** Compares the output of a finished job with its input, element by element: none may be in a wrong place either. */
export async function verify(job: JobName, places: Places, events: readonly Event[]): Promise<Verdict> {
  const expected = new Map(events.map((event) => [event.id, placeOf(job, event)]));
  const found = job === 'windows' ? tableRows(places) : await parquetRows(places);
  const counts = new Map<number, number>();
  let phantom = 0;
  for (const { id, place } of found) {
    if (expected.get(id) === place) counts.set(id, (counts.get(id) ?? 0) + 1);
    else phantom++;
  }
  const duplicate = [...counts.values()].reduce((sum, count) => sum + count - 1, 0);
  return { lost: expected.size - counts.size, duplicate, phantom, elements: expected.size };
}

interface Found {
  readonly id: number;
  readonly place: string;
}

const MINUTE = 60_000;

const placeOf = (job: JobName, { key, at }: Event): string =>
  job === 'windows' ? `${key} ${at - (at % MINUTE)}` : key;

function tableRows({ database }: Places): readonly Found[] {
  if (!existsSync(database)) return [];
  const db = new DatabaseSync(database);
  const rows = db.prepare(`SELECT key, start, ids FROM ${TABLE}`).all();
  db.close();
  return rows.flatMap(({ key, start, ids }) =>
    // Written by the job as a list of ids.
    (JSON.parse(String(ids)) as readonly number[]).map((id) => ({ id, place: `${key} ${start}` })),
  );
}

async function parquetRows({ parquet }: Places): Promise<readonly Found[]> {
  const found: Found[] = [];
  const pipeline = new Pipeline();
  pipeline
    .apply(readParquet({ files: `${parquet}**/*.parquet` }))
    .map(({ id, key }) => void found.push({ id: Number(id), place: String(key) }), { name: 'Collect' });
  await pipeline.run(directRunner());
  return found;
}
