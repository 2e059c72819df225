import {
  afterCount,
  type Duration,
  globalWindows,
  impulse,
  type PBegin,
  type PCollection,
  type PTransform,
  ptransform,
  repeatedly,
  type Source,
  splittableParDo,
} from 'viga';
import { csvReadFormat } from 'viga/io/csv';
import { fileSource } from 'viga/io/files';
import { sqliteSource } from 'viga/io/sqlite';
import { readWhole } from './read-whole.ts';
import { refreshes } from './refreshes.ts';
import { columns, type UserRow, type UserTable, userTableOf } from './user-table.ts';
import { nameOf, type UsersPlace } from './users-place.ts';

/** Reads the table of users; gives one element. */
export function readUsers(place: UsersPlace): PTransform<PBegin, PCollection<UserTable>> {
  return ptransform('ReadUsers', (pipeline: PBegin) =>
    pipeline
      .apply(impulse())
      .map(() => 0, { name: 'Once' })
      .apply(splittableParDo(tableReader(place))),
  );
}

/**
 * Reads the table of users at once and every so often again, for as long as the collection that it is applied to goes on. As
 * a side input it is what was read last.
 */
export function rereadUsers(
  place: UsersPlace,
  every: Duration,
): PTransform<PCollection<unknown>, PCollection<UserTable>> {
  return ptransform('ReadUsers', (collection: PCollection<unknown>) =>
    collection
      .apply(refreshes(every))
      .apply(splittableParDo(tableReader(place)))
      .windowInto(globalWindows(), { trigger: repeatedly(afterCount(1)), accumulationMode: 'discarding' }),
  );
}

function tableReader(place: UsersPlace) {
  // Both sources give objects with these columns.
  return readWhole(rowsOf(place), (rows) => userTableOf(rows as readonly UserRow[], nameOf(place)));
}

function rowsOf(place: UsersPlace): Source<unknown> {
  const source =
    place.kind === 'csv'
      ? fileSource(csvReadFormat({ columns, ignoreCase: true, skipEmptyLines: true }), place.file)
      : sqliteSource({ database: place.database, table: place.table, columns, bigints: ['quota'] });
  // Its restrictions and positions are only given back to it.
  return source as unknown as Source<unknown>;
}
