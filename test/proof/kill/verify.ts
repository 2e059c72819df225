import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { zstdDecompressSync } from 'node:zlib';
import { parquetReadObjects } from 'hyparquet';
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

/** Read by the package alone, and nothing of ours. */
async function parquetRows({ parquet }: Places): Promise<readonly Found[]> {
  if (!existsSync(parquet)) return [];
  const names = readdirSync(parquet, { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => name.endsWith('.parquet') && !/(?:^|\/)\./.test(name));
  const found: Found[] = [];
  for (const name of files) {
    const bytes = readFileSync(join(parquet, name));
    const file = {
      byteLength: bytes.length,
      slice: (from: number, to?: number) => new Uint8Array(bytes.subarray(from, to)).buffer,
    };
    const rows = await parquetReadObjects({ file, compressors: { ZSTD: (page) => zstdDecompressSync(page) } });
    found.push(...rows.map(({ id, key }) => ({ id: Number(id), place: String(key) })));
  }
  return found;
}
