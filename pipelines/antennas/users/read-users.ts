import {
  impulse,
  type PBegin,
  type PCollection,
  type PTransform,
  ptransform,
  type Source,
  splittableParDo,
} from 'viga';
import { csvReadFormat } from 'viga/io/csv';
import { fileSource } from 'viga/io/files';
import { sqliteSource } from 'viga/io/sqlite';
import { readWhole } from './read-whole.ts';
import { columns, type UserRow, type UserTable, userTableOf } from './user-table.ts';
import { nameOf, type UsersPlace } from './users-place.ts';

/** Reads the table of users; gives one element. */
export function readUsers(place: UsersPlace): PTransform<PBegin, PCollection<UserTable>> {
  return ptransform('ReadUsers', (pipeline: PBegin) => pipeline.apply(impulse()).apply(readTable(place)));
}

/** Reads the table of users for each element. */
function readTable(place: UsersPlace): PTransform<PCollection<unknown>, PCollection<UserTable>> {
  return ptransform('ReadTable', (asked: PCollection<unknown>) =>
    asked
      .apply(splittableParDo(readWhole(rowsOf(place))))
      // Both sources give objects with these columns.
      .map((rows) => userTableOf(rows as readonly UserRow[], nameOf(place)), { name: 'Users' }),
  );
}

function rowsOf(place: UsersPlace): Source<unknown> {
  const source =
    place.kind === 'csv'
      ? fileSource(csvReadFormat({ columns, ignoreCase: true, skipEmptyLines: true }), place.file)
      : sqliteSource({ database: place.database, table: place.table, columns, bigints: ['quota'] });
  // Its restrictions and positions are only given back to it.
  return source as unknown as Source<unknown>;
}
